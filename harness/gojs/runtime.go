package gojs

import (
	"fmt"
	"io"
	"time"
)

// func wasmExit(code int32)
//
// Go leaves WebAssembly by itself after this call.
func (p *Program) wasmExit(sp uint32) {
	code := int(int32(p.u32(sp + 8)))
	p.exited = true
	if p.host.Exit == nil {
		return
	}
	if ex := p.rt.Try(func() { p.host.Exit(code) }); ex != nil {
		panic(&abortError{ex})
	}
}

// func wasmWrite(fd uintptr, p unsafe.Pointer, n int32)
func (p *Program) wasmWrite(sp uint32) {
	fd, ptr, n := p.i64(sp+8), p.i64(sp+16), int64(int32(p.u32(sp+24)))
	p.host.Output(int(fd), p.mem[ptr:ptr+n])
}

// func resetMemoryDataView()
//
// Go calls it whenever it has grown its memory.
func (p *Program) resetMemoryDataView(uint32) { p.refreshMemory() }

// func nanotime1() int64
func (p *Program) nanotime1(sp uint32) { p.setI64(sp+8, p.host.Clock.Nanotime()) }

// func walltime() (sec int64, nsec int32)
func (p *Program) walltime(sp uint32) {
	t := p.host.Clock.Walltime()
	p.setI64(sp+8, t.Unix())
	p.setU32(sp+16, uint32(t.Nanosecond()))
}

// maxMissed bounds how often a timer enters the program in vain before it waits
// another millisecond.
const maxMissed = 8

// func scheduleTimeoutEvent(delay int64) int32
func (p *Program) scheduleTimeoutEvent(sp uint32) {
	id := p.nextTimer
	p.nextTimer++
	p.armTimer(id, time.Duration(p.i64(sp+8))*time.Millisecond)
	p.setU32(sp+16, uint32(id))
}

func (p *Program) armTimer(id int32, delay time.Duration) {
	p.timers[id] = p.host.Timers.AfterFunc(delay, func() { p.fire(id) })
}

// fire enters the program because a timer is due. Go clears the timer when it
// has taken notice; a scheduler that did not is entered again.
func (p *Program) fire(id int32) {
	for range maxMissed {
		if _, waiting := p.timers[id]; !waiting || p.exited {
			return
		}
		if err := p.Resume(); err != nil {
			if p.host.Uncaught != nil {
				p.host.Uncaught(err)
			}
			return
		}
	}
	if _, waiting := p.timers[id]; waiting && !p.exited {
		p.armTimer(id, time.Millisecond)
	}
}

// func clearTimeoutEvent(id int32)
func (p *Program) clearTimeoutEvent(sp uint32) {
	id := int32(p.u32(sp + 8))
	if stop, ok := p.timers[id]; ok {
		stop()
		delete(p.timers, id)
	}
}

// func getRandomData(r []byte)
func (p *Program) getRandomData(sp uint32) {
	if _, err := io.ReadFull(p.host.Random, p.slice(sp+8)); err != nil {
		panic(&abortError{fmt.Errorf("gojs: random data: %w", err)})
	}
}
