package gojs

import (
	_ "embed"
	"fmt"
	"sync"

	"github.com/grafana/sobek"
)

//go:embed globals.js
var globalsSource string

var compileGlobals = sync.OnceValues(func() (*sobek.Program, error) {
	return sobek.Compile("gojs/globals.js", globalsSource, true)
})

// InstallGlobals sets globalThis.fs, process and path where they are missing.
// output gets what programs write to standard files by way of package os.
func InstallGlobals(rt *sobek.Runtime, output func(fd int, data []byte)) error {
	program, err := compileGlobals()
	if err != nil {
		return fmt.Errorf("gojs: %w", err)
	}
	install, err := rt.RunProgram(program)
	if err != nil {
		return fmt.Errorf("gojs: %w", err)
	}
	writeSync := func(call sobek.FunctionCall) sobek.Value {
		data, ok := Bytes(call.Argument(1))
		if !ok {
			panic(rt.NewTypeError("fs.writeSync: the second argument must be a Uint8Array"))
		}
		output(int(call.Argument(0).ToInteger()), data)
		return rt.ToValue(len(data))
	}
	f, _ := sobek.AssertFunction(install)
	_, err = f(sobek.Undefined(), rt.ToValue(writeSync))
	return err
}

// Lines turns the writes to a standard file into messages: everything up to the
// last newline is one, the rest waits for more.
type Lines struct{ buffer []byte }

// Write adds data and returns the finished lines without the last newline, and
// whether there are any.
func (l *Lines) Write(data []byte) (text string, ok bool) {
	l.buffer = append(l.buffer, data...)
	for i := len(l.buffer) - 1; i >= 0; i-- {
		if l.buffer[i] == '\n' {
			text = DecodeUTF8(l.buffer[:i])
			l.buffer = append(l.buffer[:0], l.buffer[i+1:]...)
			return text, true
		}
	}
	return "", false
}
