package bench

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"runtime"
	"slices"
)

// Units of a measurement.
const (
	unitTime = "ms"  // less is better
	unitRate = "1/s" // more is better
)

// Report is what a run found.
type Report struct {
	Machine      Machine       `json:"machine"`
	Module       Module        `json:"module"`
	Rounds       int           `json:"rounds"`
	Measurements []Measurement `json:"measurements"`
	Counts       []Count       `json:"counts,omitempty"`
	Growth       []Growth      `json:"growth,omitempty"`
	Rates        []Rate        `json:"rates,omitempty"`
	Memory       []Memory      `json:"memory"`

	Instances     []InstanceMemory `json:"instances,omitempty"`
	IsolateMemory *IsolateMemory   `json:"isolate_memory,omitempty"`
	StartCost     *StartCost       `json:"start_cost,omitempty"`

	Verdicts []Verdict `json:"verdicts,omitempty"`
	Command  string    `json:"command,omitempty"`
}

// Machine is where it ran.
type Machine struct {
	System     string `json:"system"`
	Processors int    `json:"processors"`
	Go         string `json:"go"`
}

// Module is what ran.
type Module struct {
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
	Gzip   int    `json:"gzip"` // bytes, by gzip -9
}

// Measurement is one kind of request over runtimes.
type Measurement struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`
	Unit    string `json:"unit"`
	Rows    []Row  `json:"rows"`
}

// Row is a runtime in a measurement.
type Row struct {
	Runtime  string    `json:"runtime"`
	Figure   Figure    `json:"figure"` // over rounds
	P99      float64   `json:"p99"`    // of all requests, ms
	Requests int       `json:"requests"`
	CPU      float64   `json:"cpu_ms"` // of the service per request, 0 when it is not known
	Ratio    Figure    `json:"ratio"`  // to the first row, within each round
	Rounds   []float64 `json:"rounds"`
}

// Memory is what a service holds at the end of the run.
type Memory struct {
	Runtime string  `json:"runtime"`
	MiB     float64 `json:"mib"` // resident, 0 where the system does not tell
}

func newReport(o Options) *Report {
	r := &Report{Rounds: o.Rounds, Machine: Machine{runtime.GOOS + "/" + runtime.GOARCH, runtime.NumCPU(), runtime.Version()}}
	if code, err := os.ReadFile(o.Wasm); err == nil {
		sum := sha256.Sum256(code)
		r.Module = Module{hex.EncodeToString(sum[:]), len(code), compressed(code)}
	}
	return r
}

// compressed is the size that `make wasm` prints, by gzip -9. Where there is no gzip it is that of Go's own, which makes one
// per cent more of the same code.
func compressed(code []byte) int {
	command := exec.Command("gzip", "-9c")
	command.Stdin = bytes.NewReader(code)
	if out, err := command.Output(); err == nil {
		return len(out)
	}
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level exists
	_, _ = z.Write(code)                                       // into memory
	_ = z.Close()
	return packed.Len()
}

// add summarises a measurement.
func (r *Report) add(name, summary, unit string, list []Series) {
	m := Measurement{Name: name, Summary: summary, Unit: unit}
	for _, s := range list {
		sorted := slices.Sorted(slices.Values(s.All))
		m.Rows = append(m.Rows, Row{
			Runtime: s.Runtime, Figure: figure(s.Rounds), P99: milliseconds(quantile(sorted, 0.99)), Requests: len(s.All),
			CPU:   milliseconds(s.CPU) / float64(max(1, len(s.All))),
			Ratio: figure(ratios(s.Rounds, list[0].Rounds)), Rounds: s.Rounds,
		})
	}
	r.Measurements = append(r.Measurements, m)
}

// ratio compares two runtimes of a measurement within each round.
func (r *Report) ratio(measurement, over, under string) (Figure, bool) {
	for _, m := range r.Measurements {
		if m.Name != measurement {
			continue
		}
		a, b := m.row(over), m.row(under)
		if a == nil || b == nil {
			return Figure{}, false
		}
		return figure(ratios(a.Rounds, b.Rounds)), true
	}
	return Figure{}, false
}

func (m Measurement) row(runtime string) *Row {
	for i := range m.Rows {
		if m.Rows[i].Runtime == runtime {
			return &m.Rows[i]
		}
	}
	return nil
}
