package gojs_test

import "testing"

// BenchmarkCallback is a call from JavaScript into a js.Func and back.
func BenchmarkCallback(b *testing.B) {
	w := newWorld(b)
	if err := w.start("serve"); err != nil {
		b.Fatal(err)
	}
	before := w.program.Calls()
	for b.Loop() {
		if _, err := w.rt.RunString("add(1, 2)"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(w.program.Calls()-before)/float64(b.N), "hostcalls/op")
}

// BenchmarkStart is a program from its instantiation until it waits for events.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		w := newWorld(b)
		if err := w.start("serve"); err != nil {
			b.Fatal(err)
		}
		w.program.Close()
	}
}
