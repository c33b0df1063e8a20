package isolate

import (
	"embed"
	"fmt"
	"sync"

	"github.com/grafana/sobek"
)

//go:embed prelude/*.js
var preludeFiles embed.FS

// preludeOrder is the order in which the files of the prelude run. Each is a
// function of the host object, which carries what Go offers to JavaScript and
// what the files share.
var preludeOrder = []string{
	"base", "unemulated", "clone", "events", "encoding", "url", "streams", "writable", "body", "fetch",
	"kv", "objects", "worker", "wasm",
}

// compilePrelude compiles the prelude once per process.
var compilePrelude = sync.OnceValues(func() ([]*sobek.Program, error) {
	var programs []*sobek.Program
	for _, name := range preludeOrder {
		file := "prelude/" + name + ".js"
		source, err := preludeFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		program, err := sobek.Compile(file, string(source), true)
		if err != nil {
			return nil, fmt.Errorf("isolate: %w", err)
		}
		programs = append(programs, program)
	}
	return programs, nil
})

// runPrelude gives a runtime its globals.
func (i *isolate) runPrelude() error {
	for _, program := range i.program.prelude {
		f, err := i.rt.RunProgram(program)
		if err != nil {
			return fmt.Errorf("isolate: prelude: %w", err)
		}
		if ex := i.rt.Try(func() { i.invoke(f, sobek.Undefined(), i.host) }); ex != nil {
			return fmt.Errorf("isolate: prelude: %w", ex)
		}
	}
	return nil
}
