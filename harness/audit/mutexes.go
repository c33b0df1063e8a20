package audit

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// mutexes finds locks that are held across something that waits.
func (c *code) mutexes(r *Report) {
	for _, f := range c.functions {
		for _, b := range f.Blocks {
			for i, in := range b.Instrs {
				if call, ok := in.(*ssa.Call); ok && lock(call, "Lock", "RLock", "TryLock", "TryRLock") {
					r.Locks++
					h := holding{c, f, call.Call.Args[0], make(map[*ssa.BasicBlock]bool), r}
					h.follow(b, i+1)
				}
			}
		}
	}
}

// holding is one lock from where it is taken.
type holding struct {
	*code
	in    *ssa.Function
	mutex ssa.Value
	seen  map[*ssa.BasicBlock]bool
	*Report
}

// follow goes through the instructions after a lock until it is released. A deferred release holds to the end.
func (h holding) follow(b *ssa.BasicBlock, from int) {
	for _, in := range b.Instrs[from:] {
		if call, ok := in.(*ssa.Call); ok && lock(call, "Unlock", "RUnlock") && same(call.Call.Args[0], h.mutex) {
			return
		}
		if what := h.waits(in, make(map[*ssa.Function]bool)); what != "" {
			h.find("mutex", h.at(in.Pos()), what+" while a mutex is held, in "+name(h.in))
		}
	}
	for _, next := range b.Succs {
		if !h.seen[next] {
			h.seen[next] = true
			h.follow(next, 0)
		}
	}
}

// same tells whether two values are the same mutex as far as the function shows: the same variable, or the same field of
// the same.
func same(a, b ssa.Value) bool {
	if a == b {
		return true
	}
	switch x := a.(type) {
	case *ssa.FieldAddr:
		y, ok := b.(*ssa.FieldAddr)
		return ok && x.Field == y.Field && same(x.X, y.X)
	case *ssa.UnOp:
		y, ok := b.(*ssa.UnOp)
		return ok && x.Op == y.Op && same(x.X, y.X)
	case *ssa.IndexAddr:
		y, ok := b.(*ssa.IndexAddr)
		return ok && same(x.X, y.X) && same(x.Index, y.Index)
	}
	return false
}

func lock(call *ssa.Call, names ...string) bool {
	f := call.Call.StaticCallee()
	return f != nil && pathOf(f) == "sync" && slices.Contains(names, f.Name())
}

// waits says what an instruction waits for outside, itself or in what it calls: the store, a back end, the world, a
// channel. It is "" for nothing. Seen are the functions that are known not to, or are being looked at.
func (c *code) waits(in ssa.Instruction, seen map[*ssa.Function]bool) string {
	switch in.(type) {
	case *ssa.Go, *ssa.MakeChan:
		return "" // what is started waits by itself
	}
	if what := concurrent(in); what != "" {
		return what
	}
	call, ok := in.(ssa.CallInstruction)
	if !ok {
		return ""
	}
	common := call.Common()
	if common.IsInvoke() {
		if what := impureMethod(common.Method); what != "" {
			return what
		}
	}
	callees := c.targets[call]
	if f := common.StaticCallee(); f != nil {
		if _, _, labelled := labelOf(call, f); labelled && !isRow(f) {
			return name(f) + " waits for storage"
		}
		callees = []*ssa.Function{unwrap(f)}
	}
	for _, f := range callees {
		if what := slowCall(f); what != "" {
			return name(f) + " " + what
		}
		if !c.owns(f) || seen[f] {
			continue
		}
		seen[f] = true
		for _, b := range f.Blocks {
			for _, inner := range b.Instrs {
				if what := c.waits(inner, seen); what != "" {
					return name(f) + ", where " + what
				}
			}
		}
	}
	return ""
}

// slowCall says what a function of the standard library waits for, "" for nothing.
func slowCall(f *ssa.Function) string {
	what := slow(f)
	switch p := pathOf(f); {
	case what == doesIO:
		return what
	case p == "time" && f.Name() == "Sleep", p == "sync" && f.Name() == "Wait":
		return "waits"
	}
	return ""
}
