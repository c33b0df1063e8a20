package trace_test

import (
	"testing"

	"tracedge/core/trace"
)

func TestParseParent(t *testing.T) {
	const id, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	good := trace.Parent{TraceID: id, SpanID: span, Sampled: true}
	unsampled := trace.Parent{TraceID: id, SpanID: span}
	for _, c := range []struct {
		name, header string
		want         trace.Parent
		ok           bool
	}{
		{"sampled", "00-" + id + "-" + span + "-01", good, true},
		{"not sampled", "00-" + id + "-" + span + "-00", unsampled, true},
		{"other flags", "00-" + id + "-" + span + "-03", good, true},
		{"higher version", "cc-" + id + "-" + span + "-01-what-comes-later", good, true},
		{"higher version, no separator", "cc-" + id + "-" + span + "-01x", trace.Parent{}, false},
		{"version 00 with more", "00-" + id + "-" + span + "-01-x", trace.Parent{}, false},
		{"version ff", "ff-" + id + "-" + span + "-01", trace.Parent{}, false},
		{"upper case", "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + span + "-01", trace.Parent{}, false},
		{"zero trace", "00-00000000000000000000000000000000-" + span + "-01", trace.Parent{}, false},
		{"zero span", "00-" + id + "-0000000000000000-01", trace.Parent{}, false},
		{"short", "00-" + id + "-" + span + "-0", trace.Parent{}, false},
		{"empty", "", trace.Parent{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := trace.ParseParent(c.header)
			if got != c.want || ok != c.ok {
				t.Fatalf("got %+v, %t", got, ok)
			}
		})
	}
}

func FuzzParseParent(f *testing.F) {
	f.Add("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	f.Add("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x")
	f.Fuzz(func(t *testing.T, header string) {
		if p, ok := trace.ParseParent(header); ok && (len(p.TraceID) != 32 || len(p.SpanID) != 16) {
			t.Fatalf("%q: %+v", header, p)
		}
	})
}
