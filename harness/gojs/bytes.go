package gojs

import (
	"reflect"

	"github.com/grafana/sobek"
)

var bytesType = reflect.TypeFor[[]byte]()

// Bytes returns the memory of a Uint8Array or Uint8ClampedArray, which may be
// read and written as long as the array is not detached, and whether v is one.
func Bytes(v sobek.Value) (b []byte, ok bool) {
	obj, ok := v.(*sobek.Object)
	if !ok || obj.ExportType() != bytesType {
		return nil, false
	}
	defer func() {
		if recover() != nil { // sobek slices the memory of a detached array
			b, ok = nil, false
		}
	}()
	b, ok = obj.Export().([]byte)
	return b, ok
}

// func copyBytesToGo(dst []byte, src ref) (int, bool)
func (p *Program) copyBytesToGo(sp uint32) {
	src, ok := Bytes(p.loadValue(sp + 32))
	if ok {
		p.setI64(sp+40, int64(copy(p.slice(sp+8), src)))
	}
	p.setBool(sp+48, ok)
}

// func copyBytesToJS(dst ref, src []byte) (int, bool)
func (p *Program) copyBytesToJS(sp uint32) {
	dst, ok := Bytes(p.loadValue(sp + 8))
	if ok {
		p.setI64(sp+40, int64(copy(dst, p.slice(sp+16))))
	}
	p.setBool(sp+48, ok)
}
