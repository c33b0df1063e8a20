package breakdown

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// BenchmarkRead tells how fast each form is read.
func BenchmarkRead(b *testing.B) {
	for _, form := range allForms {
		b.Run(form, func(b *testing.B) {
			const size = 32 << 20
			in := newLong(form, size)
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(in.again(size), Filter{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkGigabyte reads 1 GB of what wrangler tail prints, and tells the most memory that the process had. Run it alone,
// with -benchtime 1x.
func BenchmarkGigabyte(b *testing.B) {
	const size = 1 << 30
	in := newLong(prettyForm, size)
	b.SetBytes(size)
	for b.Loop() {
		r, err := Read(in.again(size), Filter{})
		if err != nil {
			b.Fatal(err)
		}
		report := r.Report()
		if report.Requests < 300_000 || report.Input.Bytes != size {
			b.Fatalf("%d requests in %d bytes", report.Requests, report.Input.Bytes)
		}
		b.ReportMetric(float64(report.Requests), "requests")
	}
	b.ReportMetric(peakMemory()/1e6, "MB-peak")
}

// peakMemory is the most memory that this process has had resident, in bytes; where the system does not tell, what the
// runtime has asked for.
func peakMemory() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			if n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB")), 64); err == nil {
				return n * 1024
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys)
}
