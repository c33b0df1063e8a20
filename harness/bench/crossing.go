package bench

import "encoding/binary"

// crossing adds up what passes between the module and its host.
type crossing struct {
	calls   int
	in, out int // bytes of strings and byte arrays, to the module and from it
	room    int // of the text that is being taken
}

// watch sees a host call before it happens, as isolate.Options.WatchHostCall does. The stack begins with the arguments, of
// eight bytes each; a string or a slice is a pointer and a length. Values of other kinds cross as references of a fixed size
// and are not counted.
func (c *crossing) watch(_, name string, stack []byte) error {
	c.calls++
	length := func(offset int) int { return int(binary.LittleEndian.Uint64(stack[offset:])) }
	switch name {
	case "call", "log", "ready": // (text string)
		c.out += length(8)
	case "take": // (to pointer, room int32)
		c.room = length(8)
	case "respond": // (head, body string)
		c.out += length(8) + length(24)
	case "take_body": // (to pointer, size int32)
		c.in += length(8)
	case "syscall/js.valueGet": // (v ref, name string): the runtime's own, for pending events
		c.out += length(16)
	case "runtime.getRandomData": // (r []byte)
		c.in += length(8)
	case "runtime.wasmWrite": // (fd uintptr, p pointer, n int32)
		c.out += int(int32(binary.LittleEndian.Uint32(stack[16:])))
	}
	return nil
}

// returned sees what a host call returned, as isolate.Options.WatchHostResult does.
func (c *crossing) returned(_, name string, result uint64) {
	if n := int(int32(result)); name == "take" && n <= c.room { // a longer text is asked for again
		c.in += n
	}
}

func (c crossing) minus(before crossing) crossing {
	return crossing{calls: c.calls - before.calls, in: c.in - before.in, out: c.out - before.out}
}
