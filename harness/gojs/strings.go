package gojs

import "github.com/grafana/sobek"

// func finalizeRef(v ref)
func (p *Program) finalizeRef(sp uint32) { p.values.release(p.u32(sp + 8)) }

// func stringVal(value string) ref
func (p *Program) stringVal(sp uint32) { p.store(sp+24, p.rt.ToValue(p.text(sp+8))) }

// func valuePrepareString(v ref) (ref, int)
//
// The first result stands for the UTF-8 bytes, which valueLoadString copies.
func (p *Program) valuePrepareString(sp uint32) {
	v := p.loadValue(sp + 8)
	var s string
	switch v := v.(type) {
	case sobek.String:
		s = v.String()
	default:
		entries := p.entries
		p.try(func() { s = v.String() })
		sp = p.sp(sp, entries)
	}
	p.storeAux(sp+16, s)
	p.setI64(sp+24, int64(len(s)))
}

// func valueLoadString(v ref, b []byte)
func (p *Program) valueLoadString(sp uint32) {
	_, aux := p.load(sp + 8)
	s, _ := aux.(string)
	copy(p.slice(sp+16), s)
}
