package isolate

import (
	"encoding/json"
	"strings"

	"github.com/grafana/sobek"

	"tracedge/harness/gojs"
)

// installConsole defines globalThis.console.
func (i *isolate) installConsole() {
	console := i.rt.NewObject()
	for method, level := range map[string]string{
		"log": "log", "info": "info", "warn": "warn", "error": "error", "debug": "debug", "trace": "debug", "dir": "log",
	} {
		i.defineMethod(console, method, func(call sobek.FunctionCall) sobek.Value {
			i.print(level, call.Arguments)
			return sobek.Undefined()
		})
	}
	i.defineMethod(console, "assert", func(call sobek.FunctionCall) sobek.Value {
		if !call.Argument(0).ToBoolean() {
			i.print("error", append([]sobek.Value{i.rt.ToValue("Assertion failed")}, call.Arguments[min(1, len(call.Arguments)):]...))
		}
		return sobek.Undefined()
	})
	i.defineGlobal("console", console)
}

func (i *isolate) print(level string, args []sobek.Value) {
	message := Message{Level: level, Args: make([]any, len(args))}
	for n, arg := range args {
		message.Args[n] = i.printable(arg)
	}
	i.say(message)
}

// printable is how an argument of console reaches the log: values as they are,
// objects as JSON.
func (i *isolate) printable(v sobek.Value) any {
	obj, ok := v.(*sobek.Object)
	if !ok {
		if symbol, ok := v.(*sobek.Symbol); ok {
			return symbol.String()
		}
		return v.Export()
	}
	var out any
	if ex := i.rt.Try(func() { out = i.printableObject(obj) }); ex != nil {
		return "[object that JSON cannot express: " + ex.Error() + "]"
	}
	return out
}

func (i *isolate) printableObject(obj *sobek.Object) any {
	if i.isError(obj) {
		return i.describe(obj)
	}
	text := i.text(sobek.FunctionCall{Arguments: []sobek.Value{obj}})
	if sobek.IsUndefined(text) {
		return obj.String()
	}
	return json.RawMessage(text.String())
}

func (i *isolate) isError(v sobek.Value) bool {
	return i.rt.InstanceOf(v, i.global("Error"))
}

// describe is a thrown value with the stack when it has one.
func (i *isolate) describe(v sobek.Value) string {
	text := "undefined"
	_ = i.rt.Try(func() {
		if !i.isError(v) {
			text = v.String()
			return
		}
		obj := v.(*sobek.Object)
		text = obj.String()
		stack := strings.TrimRight(obj.Get("stack").String(), "\n")
		if _, frames, ok := strings.Cut(stack, "\n"); ok {
			text += "\n" + frames
		}
	})
	return text
}

// uncaught reports an error that nobody handles.
func (i *isolate) uncaught(text string) {
	i.say(Message{Level: "error", Uncaught: true, Args: []any{text}})
}

// say passes a message on. The receiver is not ours; that it fails must not end
// an isolate that only wanted to say so.
func (i *isolate) say(m Message) {
	defer func() { _ = recover() }()
	m.Isolate, m.Time = i.name, i.loop.clock.Walltime()
	i.options.Console(m)
}

// programOutput is what Go programs write to standard files: lines on standard
// output are logged, those on standard error are errors.
func (i *isolate) programOutput(fd int, data []byte) {
	lines := i.lines[fd]
	if lines == nil {
		lines = &gojs.Lines{}
		i.lines[fd] = lines
	}
	if text, ok := lines.Write(data); ok {
		level := "log"
		if fd == 2 {
			level = "error"
		}
		i.say(Message{Level: level, Args: []any{text}})
	}
}
