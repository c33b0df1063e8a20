package gojs_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tracedge/harness/gojs"
)

// A Go release that adds a function to wasm_exec.js must not go unnoticed: the
// program may not import it today, and the next one will.
func TestImplementsWholeHost(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`"((?:runtime|syscall/js)\.\w+)": \(sp\)`).FindAllSubmatch(source, -1)
	if len(names) < 23 {
		t.Fatalf("found only %d functions in wasm_exec.js", len(names))
	}
	for _, m := range names {
		if !gojs.Implements(string(m[1])) {
			t.Errorf("%s is not implemented", m[1])
		}
	}
}

func TestImports(t *testing.T) {
	var got []string
	for _, imp := range module.Imports() {
		got = append(got, imp.Module+"."+imp.Name)
	}
	if s := strings.Join(got, " "); s != "env.imported env.sum" {
		t.Errorf("imports %q", s)
	}
}

func TestUnknownImport(t *testing.T) {
	// The smallest program that imports something unknown: the module below
	// has the exports of a Go program and one import, gojs.runtime.future.
	wasm := assemble("gojs", "runtime.future")
	_, err := gojs.Compile(context.Background(), wasm, "")
	var unknown *gojs.UnknownImportError
	if !errors.As(err, &unknown) || unknown.Name != "runtime.future" {
		t.Errorf("error %v", err)
	}
	if _, err := gojs.Compile(context.Background(), []byte("\x00asm\x01\x00\x00\x00"), ""); err == nil ||
		!strings.Contains(err.Error(), "not built with GOOS=js GOARCH=wasm") {
		t.Errorf("a module that is not Go: %v", err)
	}
}

// assemble encodes a module with one function import of type (i32) -> () that is
// exported as run, resume and getsp.
func assemble(module, name string) []byte {
	str := func(s string) string { return string(rune(len(s))) + s }
	section := func(id byte, body string) string { return string([]byte{id, byte(len(body))}) + body }
	export := func(name string) string { return str(name) + "\x00\x00" }
	var b bytes.Buffer
	b.WriteString("\x00asm\x01\x00\x00\x00")
	b.WriteString(section(1, "\x01\x60\x01\x7f\x00"))
	b.WriteString(section(2, "\x01"+str(module)+str(name)+"\x00\x00"))
	b.WriteString(section(7, "\x03"+export("run")+export("resume")+export("getsp")))
	return b.Bytes()
}

func TestDecodeUTF8(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                    "plain",
		"\uFEFFmark":               "mark",
		"a\uFEFF":                  "a\uFEFF",
		"\xFF\xFE":                 "\uFFFD\uFFFD",
		"\xE2\x82":                 "\uFFFD",
		"\xE2\x82\xAC":             "€",
		"\xF0\x9F\x98":             "\uFFFD",
		"\xF0\x9F\x98\x80":         "😀",
		"\xF0\x80\x80":             "\uFFFD\uFFFD\uFFFD",
		"\xED\xA0\x80":             "\uFFFD\uFFFD\uFFFD",
		"\xC0\xAF":                 "\uFFFD\uFFFD",
		"\xF4\x90\x80\x80":         "\uFFFD\uFFFD\uFFFD\uFFFD",
		"\xE2\x82x":                "\uFFFDx",
		"ok \xE2\x28\xA1 and \xC3": "ok \uFFFD(\uFFFD and \uFFFD",
	} {
		if got := gojs.DecodeUTF8([]byte(in)); got != want {
			t.Errorf("DecodeUTF8(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	var l gojs.Lines
	var got []string
	for _, s := range []string{"one", "\ntwo\nthr", "ee\n", "", "four"} {
		if text, ok := l.Write([]byte(s)); ok {
			got = append(got, text)
		}
	}
	if s := strings.Join(got, "|"); s != "one\ntwo|three" {
		t.Errorf("lines %q", s)
	}
}
