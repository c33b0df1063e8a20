package audit

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// mutexes finds locks that are held across something that waits, and locks that outlive the function that took them: who
// holds those, and across what, nobody can see.
func (c *code) mutexes() []finding {
	var out []finding
	for _, f := range c.functions {
		for _, b := range f.Blocks {
			for i, in := range b.Instrs {
				call, ok := in.(*ssa.Call)
				if !ok {
					continue
				}
				if mutex := lockedBy(call); mutex != nil {
					h := holding{code: c, lock: call, in: f, mutex: mutex, seen: make(map[*ssa.BasicBlock]bool)}
					h.follow(b, i+1)
					out = append(out, h.found...)
				}
				out = append(out, c.once(call)...)
			}
		}
	}
	return out
}

// locks counts the places where a mutex is taken, by file.
func (c *code) locks() map[string]int {
	out := make(map[string]int)
	for _, f := range c.functions {
		for site := range calls(f) {
			if call, ok := site.(*ssa.Call); ok && lockedBy(call) != nil {
				out[c.file(call.Pos())]++
			}
		}
	}
	return out
}

// lockedBy is the mutex that a call takes, nil when it takes none.
func lockedBy(call *ssa.Call) ssa.Value {
	return mutexOf(call, "Lock", "RLock", "TryLock", "TryRLock")
}

// mutexOf is the mutex of a call of package sync, or of a locker behind an interface.
func mutexOf(call ssa.CallInstruction, methods ...string) ssa.Value {
	common := call.Common()
	if common.IsInvoke() {
		s := common.Method.Signature()
		if slices.Contains(methods, common.Method.Name()) && s.Params().Len() == 0 {
			return common.Value
		}
		return nil
	}
	f := common.StaticCallee()
	if f != nil && pathOf(f) == "sync" && f.Signature.Recv() != nil && slices.Contains(methods, f.Name()) {
		return common.Args[0]
	}
	return nil
}

// holding is one lock from where it is taken.
type holding struct {
	*code
	lock  *ssa.Call
	in    *ssa.Function
	mutex ssa.Value
	seen  map[*ssa.BasicBlock]bool
	found []finding
}

// follow goes through the instructions after a lock until it is released. A deferred release holds to the end.
func (h *holding) follow(b *ssa.BasicBlock, from int) {
	for _, in := range b.Instrs[from:] {
		switch in := in.(type) {
		case *ssa.Call:
			if m := mutexOf(in, "Unlock", "RUnlock"); m != nil && same(m, h.mutex) {
				return
			}
		case *ssa.Return:
			if !h.deferred() && !h.tried() {
				h.found = append(h.found, finding{pos: h.lock.Pos(), message: name(h.in) + " returns while it holds the mutex"})
			}
		}
		if what := h.waits(in, make(map[*ssa.Function]bool)); what != "" {
			h.found = append(h.found, finding{pos: position(in), message: what + " while a mutex is held, in " + name(h.in)})
		}
	}
	for _, next := range b.Succs {
		if !h.seen[next] {
			h.seen[next] = true
			h.follow(next, 0)
		}
	}
}

// deferred tells whether the function releases the mutex when it ends, directly or in a deferred literal.
func (h *holding) deferred() bool {
	for site, callee := range calls(h.in) {
		d, ok := site.(*ssa.Defer)
		if !ok {
			continue
		}
		if m := mutexOf(d, "Unlock", "RUnlock"); m != nil && same(m, h.mutex) {
			return true
		}
		if callee != nil && callee.Parent() == h.in {
			for inner := range calls(callee) {
				if mutexOf(inner, "Unlock", "RUnlock") != nil {
					return true
				}
			}
		}
	}
	return false
}

// tried tells whether the lock may have failed: then returning without it is right.
func (h *holding) tried() bool {
	f := h.lock.Call.StaticCallee()
	return f != nil && (f.Name() == "TryLock" || f.Name() == "TryRLock")
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
	case *ssa.MakeInterface:
		y, ok := b.(*ssa.MakeInterface)
		return ok && same(x.X, y.X)
	}
	return false
}
