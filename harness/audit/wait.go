package audit

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// waits says what an instruction waits for outside, itself or in what it calls: the store, a back end, the world, a
// channel. It is "" for nothing. Seen are the functions that are known not to, or are being looked at.
func (c *code) waits(in ssa.Instruction, seen map[*ssa.Function]bool) string {
	switch in.(type) {
	case *ssa.Go, *ssa.MakeChan:
		return "" // what is started waits by itself
	}
	call, ok := in.(ssa.CallInstruction)
	if !ok {
		return effectOfInstruction(in)
	}
	common := call.Common()
	if common.IsInvoke() {
		if e := effectOfMethod(common.Method); e != "" && e != locks {
			return base(types.TypeString(common.Value.Type(), nil)) + "." + common.Method.Name() + " " + e
		}
	}
	if c.unknown(call) && !isClock(common.Signature()) {
		return "calling a function that comes from outside"
	}
	callees := c.targets[call]
	if f := common.StaticCallee(); f != nil {
		if _, labelled := c.labelledCall(call, f); labelled && f.Name() != "Handle" && !isSend(f) {
			return name(f) + " waits for storage"
		}
		callees = []*ssa.Function{unwrap(f)}
	}
	for _, f := range callees {
		if what := waitsOutside(f); what != "" {
			return name(f) + " " + what
		}
		if what := c.waitsInside(f, seen); what != "" {
			return name(f) + ", where " + what
		}
	}
	return ""
}

// isClock tells a function that only says what time it is, or another number.
func isClock(s *types.Signature) bool {
	return s.Params().Len() == 0 && s.Results().Len() == 1 &&
		(s.Results().At(0).Type().String() == "time.Time" || types.Identical(s.Results().At(0).Type().Underlying(), types.Typ[types.Int64]))
}

// waitsInside says what the body of a function waits for, "" for nothing.
func (c *code) waitsInside(f *ssa.Function, seen map[*ssa.Function]bool) string {
	if !c.owns(f) || seen[f] {
		return ""
	}
	seen[f] = true
	for in := range instructions(f) {
		if what := c.waits(in, seen); what != "" {
			return what
		}
	}
	return ""
}

// waitsOutside says what a function of the standard library waits for, "" for nothing.
func waitsOutside(f *ssa.Function) string {
	switch path := pathOf(f); {
	case effectOf(f) == doesIO:
		return doesIO
	case path == "time" && f.Name() == "Sleep", path == "sync" && f.Name() == "Wait":
		return "waits"
	}
	return ""
}

// once finds what runs under a sync.Once and waits: everybody else who needs it waits as long.
func (c *code) once(call *ssa.Call) (out []finding) {
	f := call.Call.StaticCallee()
	if f == nil || pathOf(f) != "sync" {
		return nil
	}
	if o := f.Origin(); o != nil {
		f = o
	}
	switch f.Name() {
	case "Do", "OnceFunc", "OnceValue", "OnceValues":
	default:
		return nil
	}
	for _, run := range references(call) {
		if what := c.waitsInside(unwrap(run), make(map[*ssa.Function]bool)); what != "" {
			out = append(out, finding{pos: call.Pos(), message: name(run) + ", where " + what + " while a sync.Once is held"})
		}
	}
	return out
}
