//go:build js && wasm

package bridge

import (
	_ "syscall/js" // the runtime hands events to it; without it the first resume would fail
	"unsafe"
)

// The imports of the module beside Go's own, see worker/bridge/port.mjs. None of them enters Go again.

//go:wasmimport workers take
func hostTake(to unsafe.Pointer, room int32) int32

//go:wasmimport workers take_body
func hostTakeBody(to unsafe.Pointer, size int32)

//go:wasmimport workers ready
func hostReady(version string)

//go:wasmimport workers call
func hostCall(text string)

//go:wasmimport workers respond
func hostRespond(head, body string)

//go:wasmimport workers log
func hostLog(json string)

//go:wasmimport workers settled
func hostSettled()

// What JavaScript wakes the program for. The numbers are those of port.mjs.
const (
	wakeServe = iota
	wakeSweep
	wakeReply
)

// connected is who gets what arrives: one program is one instance.
var connected *Platform

// wake tells the program that something has arrived: what, and for a request the bytes of its body, -1 without one. It
// takes what there is and returns; the goroutines that it has made ready run in the resume that follows.
//
//go:wasmexport wake
func wake(what, size int32) {
	switch what {
	case wakeServe:
		connected.arrive(take(), takeBody(size))
	case wakeSweep:
		connected.work <- (*Platform).sweep
	case wakeReply:
		connected.calls.receive(take())
	}
}

var _ = wake // its caller is JavaScript, which no tool that looks for dead code sees

// inboxBytes is room for the texts of most requests and replies.
const inboxBytes = 4096

var inbox [inboxBytes]byte

// take is the text that JavaScript has for the program.
func take() string {
	n := hostTake(unsafe.Pointer(&inbox), inboxBytes)
	if n <= inboxBytes {
		return string(inbox[:n])
	}
	b := make([]byte, n)
	hostTake(unsafe.Pointer(&b[0]), n)
	return asText(b)
}

func takeBody(size int32) []byte {
	if size < 0 {
		return nil
	}
	b := make([]byte, size)
	if size > 0 {
		hostTakeBody(unsafe.Pointer(&b[0]), size)
	}
	return b
}

// asText is bytes that nobody changes any more, as a text.
func asText(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
