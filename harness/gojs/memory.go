package gojs

import (
	"encoding/binary"
	"fmt"
	"math"
)

// All accessors take an address in linear memory. One that lies outside makes
// the slice operation panic, which wazero turns into a trap of the program.

func (p *Program) refreshMemory() {
	m := p.module.Memory()
	p.mem, _ = m.Read(0, m.Size())
}

func (p *Program) u32(addr uint32) uint32 { return binary.LittleEndian.Uint32(p.mem[addr:]) }
func (p *Program) i64(addr uint32) int64  { return int64(binary.LittleEndian.Uint64(p.mem[addr:])) }

func (p *Program) setU32(addr uint32, v uint32) { binary.LittleEndian.PutUint32(p.mem[addr:], v) }
func (p *Program) setI64(addr uint32, v int64) {
	binary.LittleEndian.PutUint64(p.mem[addr:], uint64(v))
}
func (p *Program) setF64(addr uint32, v float64) {
	binary.LittleEndian.PutUint64(p.mem[addr:], math.Float64bits(v))
}

// setBool stores the success flag that follows many results.
func (p *Program) setBool(addr uint32, v bool) {
	p.mem[addr] = 0
	if v {
		p.mem[addr] = 1
	}
}

// slice is the memory behind a Go slice or string header at addr.
func (p *Program) slice(addr uint32) []byte {
	ptr, n := p.i64(addr), p.i64(addr+8)
	return p.mem[ptr : ptr+n : ptr+n]
}

// text decodes the Go string whose header is at addr.
func (p *Program) text(addr uint32) string { return DecodeUTF8(p.slice(addr)) }

// Property names are few and asked for over and over.
const (
	maxNames   = 1024
	maxNameLen = 64
)

// name is text for property names, without an allocation for known ones.
func (p *Program) name(addr uint32) string {
	b := p.slice(addr)
	if s, ok := p.names[string(b)]; ok {
		return s
	}
	s := DecodeUTF8(b)
	if len(b) <= maxNameLen && len(p.names) < maxNames {
		if p.names == nil {
			p.names = make(map[string]string)
		}
		p.names[string(b)] = s
	}
	return s
}

// sp is the stack pointer of the running goroutine. A host call gets it as its
// argument, but when Go ran again during the call, the goroutine may have moved
// to a larger stack; entries is the count of resumes before the call.
func (p *Program) sp(sp uint32, entries uint64) uint32 {
	if p.entries == entries {
		return sp
	}
	var stack [1]uint64
	if err := p.getsp.CallWithStack(p.ctx, stack[:]); err != nil {
		panic(&abortError{err})
	}
	return uint32(stack[0])
}

// Arguments and environment lie between the first page, which Go keeps
// unmapped, and the data that the linker placed. Both bounds are fixed in the
// linker (wasmMinDataAddr).
const (
	argumentsStart = 4096
	argumentsEnd   = 4096 + 8192
)

// writeArguments stores what becomes os.Args and os.Environ and returns the
// arguments of the export "run".
func (p *Program) writeArguments(argv, env []string) (argc int, ptr uint32, err error) {
	offset := uint32(argumentsStart)
	total := 0
	for _, list := range [][]string{argv, env} {
		for _, s := range list {
			total += (len(s)+8)&^7 + 8
		}
	}
	if total += 16; total >= argumentsEnd-argumentsStart {
		return 0, 0, fmt.Errorf("gojs: total length of command line and environment variables exceeds limit: %d bytes", total)
	}
	var ptrs []uint32
	for _, list := range [][]string{argv, env} {
		for _, s := range list {
			ptrs = append(ptrs, offset)
			copy(p.mem[offset:], s)
			p.mem[offset+uint32(len(s))] = 0
			offset += (uint32(len(s)) + 8) &^ 7 // the zero, then up to a multiple of 8
		}
		ptrs = append(ptrs, 0)
	}
	ptr = offset
	for _, v := range ptrs {
		p.setI64(offset, int64(v))
		offset += 8
	}
	return len(argv), ptr, nil
}
