package gojs_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/grafana/sobek"

	"tracedge/harness/gojs"
)

func TestExports(t *testing.T) {
	exports := module.Exports()
	if len(exports) != 1 || exports[0].Name != "put" || len(exports[0].Params) != 2 || len(exports[0].Results) != 1 {
		t.Fatalf("exports %+v", exports)
	}
	w := newWorld(t)
	if err := w.start("exports"); err != nil {
		t.Fatal(err)
	}
	put := func(source string) (sobek.Value, error) {
		args, err := w.rt.RunString(source)
		if err != nil {
			t.Fatal(err)
		}
		list := args.ToObject(w.rt)
		return w.program.Call(exports[0], []sobek.Value{list.Get("0"), list.Get("1")})
	}
	notes := func() string { return fmt.Sprint(w.rt.Get("notes").Export()) }
	if v, err := put("[21, 1n << 40n]"); err != nil || v.ToInteger() != 42 {
		t.Errorf("put returns %v, %v", v, err)
	}
	if got := notes(); got != "[]" {
		t.Errorf("before anything else ran: %s", got)
	}
	if err := w.program.Resume(); err != nil || notes() != "[ticket 1099511627797]" {
		t.Errorf("after a resume: %s, %v", notes(), err)
	}
	if _, err := put("[-1, 0n]"); err != nil || len(w.exit) != 1 || w.exit[0] != 2 {
		t.Errorf("a panic: %v, exit codes %v", err, w.exit)
	}
	if _, err := put("[1, 0n]"); !errors.Is(err, gojs.ErrExited) {
		t.Errorf("entered after its end: %v", err)
	}
	if err := w.program.Resume(); !errors.Is(err, gojs.ErrExited) {
		t.Errorf("resumed after its end: %v", err)
	}
}
