//go:build js && wasm

// Program program runs the scenario named by its first argument and exits with
// 0, or panics. The tests of package gojs run it.
package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"syscall/js"
	"time"
)

var scenarios = map[string]func(){
	"values":    values,
	"identity":  identity,
	"calls":     calls,
	"throws":    throws,
	"bytes":     byteArrays,
	"events":    events,
	"nested":    nested,
	"sleep":     sleep,
	"clock":     clock,
	"random":    random,
	"arguments": arguments,
	"output":    output,
	"churn":     churn,
	"grow":      grow,
	"panic":     func() { panic("the scenario panics") },
	"exit":      func() { os.Exit(3) },
	"getter":    func() { js.Global().Get("throwing").Get("property") },
	"import":    func() { imported(7, 1<<40, 2.5); check(sum(1, 2) == 3, "sum") },
	"nest-exit": nestExit,
	"exports":   exports,
	"serve":     serve,
}

//go:wasmimport env imported
func imported(a int32, b int64, c float64)

//go:wasmimport env sum
func sum(a, b int32) int32

var tickets = make(chan int64, 8)

// put hands a ticket to a goroutine that waits for it; it prints no earlier than the next resume.
//
//go:wasmexport put
func put(a int32, b int64) int32 {
	if a < 0 {
		panic("a negative ticket")
	}
	tickets <- int64(a) + b
	return 2 * a
}

func exports() {
	for ticket := range tickets {
		js.Global().Call("note", "ticket "+fmt.Sprint(ticket))
	}
}

func main() {
	scenario := scenarios[os.Args[1]]
	if scenario == nil {
		panic("no scenario " + os.Args[1])
	}
	scenario()
}

func check(ok bool, format string, args ...any) {
	if !ok {
		panic(fmt.Sprintf(format, args...))
	}
}

func values() {
	for _, v := range []any{true, false, 0, 1, -1, 1 << 40, 0.5, math.Inf(1), "", "text", "ünïcödé 🦊", nil} {
		got := js.Global().Call("identity", v)
		want := js.ValueOf(v)
		check(got.Equal(want), "%v came back as %v", want, got)
		check(got.Type() == want.Type(), "%v has type %v", want, got.Type())
	}
	check(js.Global().Call("identity", math.NaN()).IsNaN(), "NaN")
	check(js.Global().Call("identity", js.Undefined()).IsUndefined(), "undefined")
	check(math.Signbit(js.Global().Call("identity", js.Global().Get("negativeZero")).Float()) == false, "-0 is 0 in Go")
	check(js.Global().Get("symbol").Type() == js.TypeSymbol, "symbol")
	check(js.Global().Get("identity").Type() == js.TypeFunction, "function")
	check(js.Global().Get("ill").String() == "a\uFFFDb", "a lone surrogate is replaced: %q", js.Global().Get("ill").String())
	check(js.ValueOf("\xE2\x82x\xFF").String() == "\uFFFDx\uFFFD", "ill-formed UTF-8: %q", js.ValueOf("\xE2\x82x\xFF").String())
	check(js.ValueOf("\uFEFFx").String() == "x", "a byte order mark is dropped")
	big := strings.Repeat("long ", 100_000)
	check(js.Global().Call("identity", big).String() == big, "a long string")
}

func identity() {
	a, b := js.Global().Get("object"), js.Global().Get("object")
	check(a.Equal(b), "one object has one ref")
	check(!a.Equal(js.Global().Get("Object").New()), "two objects have two refs")
	check(js.ValueOf("x"+fmt.Sprint(1)).Equal(js.ValueOf("x1")), "equal strings are equal")
	check(js.Global().Get("symbol").Equal(js.Global().Get("symbol")), "one symbol has one ref")
	check(!js.Global().Get("ill").Equal(js.Global().Get("ill2")), "strings that look alike in UTF-8")
	check(js.Global().Call("same", js.Global().Get("ill"), js.Global().Get("ill")).Bool(), "lone surrogates survive the round trip")
	check(js.Global().Get("globalThis").Equal(js.Global()), "globalThis")
}

func calls() {
	list := js.Global().Get("Array").New(1, "two", 3.5)
	check(list.Length() == 3 && list.Index(1).String() == "two", "index")
	list.SetIndex(1, "zwei")
	check(list.Call("join", "-").String() == "1-zwei-3.5", "join: %s", list.Call("join", "-"))
	obj := js.Global().Get("Object").New()
	obj.Set("a", 1)
	obj.Set("b", list)
	check(js.Global().Get("JSON").Call("stringify", obj).String() == `{"a":1,"b":[1,"zwei",3.5]}`, "stringify")
	obj.Delete("b")
	check(obj.Get("b").IsUndefined(), "delete")
	check(list.InstanceOf(js.Global().Get("Array")), "instanceof")
	check(!obj.InstanceOf(js.Global().Get("Array")), "not instanceof")
	js.Global().Get("Object").Call("freeze", obj)
	obj.Set("a", 2) // refused without an exception, as by Reflect.set
	check(obj.Get("a").Int() == 1, "frozen")
	check(js.Global().Get("proxy").Invoke(20).Int() == 21, "a proxy is callable")
	check(js.Global().Get("identity").Call("call", nil, 5).Int() == 5, "call of a function")
}

func caught(f func()) (err js.Error) {
	defer func() { err = recover().(js.Error) }()
	f()
	panic("no exception")
}

func throws() {
	err := caught(func() { js.Global().Call("fail", "on purpose") })
	check(err.Error() == "JavaScript error: on purpose", "message: %s", err.Error())
	check(err.Value.Get("code").Int() == 42, "properties of the error")
	caught(func() { js.Global().Get("fail").Invoke("again") })
	caught(func() { js.Global().Get("Promise").New(1) })
	f := js.FuncOf(func(js.Value, []js.Value) any { panic("unreachable") })
	f.Release()
}

func byteArrays() {
	data := []byte("some bytes")
	array := js.Global().Get("Uint8Array").New(len(data))
	check(js.CopyBytesToJS(array, data) == len(data), "length to JavaScript")
	back := make([]byte, 4)
	check(js.CopyBytesToGo(back, array.Call("subarray", 5)) == 4, "length to Go")
	check(string(back) == "byte", "content: %q", back)
	clamped := js.Global().Get("Uint8ClampedArray").New(array)
	check(js.CopyBytesToGo(back, clamped) == 4, "clamped")
	func() {
		defer func() { check(recover() != nil, "an Int8Array is refused") }()
		js.CopyBytesToGo(back, js.Global().Get("Int8Array").New(4))
	}()
}

// events waits for promises, whose reactions come from the event loop.
func events() {
	done := make(chan string)
	then := js.FuncOf(func(this js.Value, args []js.Value) any {
		go func() { done <- args[0].String() }()
		return "for the next"
	})
	defer then.Release()
	next := js.FuncOf(func(this js.Value, args []js.Value) any {
		go func() { done <- args[0].String() }()
		return nil
	})
	defer next.Release()
	js.Global().Get("Promise").Call("resolve", "first").Call("then", then).Call("then", next)
	js.Global().Call("note", "before the reactions")
	check(<-done == "first", "first")
	check(<-done == "for the next", "second")
	check(js.Global().Get("notes").Call("join", ",").String() == "before the reactions",
		"no reaction runs while Go is on the stack")
}

// nested calls back and forth deeply enough to move the stacks of goroutines.
func nested() {
	var f js.Func
	f = js.FuncOf(func(this js.Value, args []js.Value) any {
		n := args[0].Int()
		if n == 0 {
			return 0
		}
		return 1 + deep(func() int { return f.Invoke(n - 1).Int() }, 50)
	})
	defer f.Release()
	check(f.Invoke(40).Int() == 40, "nested")
	check(js.Global().Call("map", f).Get("length").Int() == 3, "a callback of a builtin")
	this := js.Global().Call("bound", js.FuncOf(func(this js.Value, args []js.Value) any { return this.Get("name") }))
	check(this.String() == "receiver", "this")
}

func deep(f func() int, n int) int {
	var pad [64]int
	if n == 0 {
		return f()
	}
	pad[n] = deep(f, n-1)
	return pad[n]
}

func sleep() {
	start := time.Now()
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Go(func() { time.Sleep(time.Duration(i*10) * time.Millisecond) })
	}
	wg.Wait()
	check(time.Since(start) >= 40*time.Millisecond, "slept %v", time.Since(start))
	timer := time.AfterFunc(time.Hour, func() { panic("not in this life") })
	check(timer.Stop(), "stop")
}

func clock() {
	a := time.Now()
	for range 1_000_000 {
		_ = bytes.Count([]byte("x"), nil)
	}
	b := time.Now()
	check(a.Equal(b) && b.Sub(a) == 0, "the clock moved while code ran: %v", b.Sub(a))
	fmt.Println(a.UTC().Format(time.RFC3339Nano))
}

func random() {
	var b [8]byte
	_, _ = rand.Read(b[:])
	fmt.Printf("%x\n", b)
}

func arguments() {
	fmt.Println(strings.Join(os.Args, "|"))
	fmt.Println(os.Getenv("NAME"))
}

func output() {
	fmt.Print("a line\nand a")
	fmt.Print(" half\n")
	fmt.Fprintln(os.Stderr, "an error")
	println("a println")
}

// churn makes many values and lets the garbage collector return them.
func churn() {
	for i := range 20_000 {
		obj := js.Global().Get("Object").New()
		obj.Set("i", i)
		check(obj.Get("i").Int() == i, "churn")
		_ = js.ValueOf(fmt.Sprint("string ", i)).String()
	}
}

func grow() {
	var keep [][]byte
	for range 64 {
		keep = append(keep, bytes.Repeat([]byte{7}, 1<<20))
		v := js.Global().Call("identity", "after growing")
		check(v.String() == "after growing", "string after growing")
	}
	check(keep[63][1<<20-1] == 7, "content")
}

func nestExit() {
	f := js.FuncOf(func(js.Value, []js.Value) any { os.Exit(5); return nil })
	f.Invoke()
}

// serve hands functions to JavaScript and waits for ever.
func serve() {
	js.Global().Set("add", js.FuncOf(func(_ js.Value, args []js.Value) any {
		return args[0].Int() + args[1].Int()
	}))
	js.Global().Set("die", js.FuncOf(func(js.Value, []js.Value) any { panic("asked to die") }))
	js.Global().Set("leave", js.FuncOf(func(js.Value, []js.Value) any { os.Exit(0); return nil }))
	js.Global().Set("stumble", js.FuncOf(func(js.Value, []js.Value) any {
		return js.Global().Get("throwing").Get("property")
	}))
	js.Global().Set("later", js.FuncOf(func(_ js.Value, args []js.Value) any {
		time.AfterFunc(time.Millisecond, func() { panic("in a goroutine") })
		return nil
	}))
	select {}
}
