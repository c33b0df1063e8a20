package audit

import (
	"golang.org/x/tools/go/ssa"
)

// mutexes finds locks that are held across something that waits.
func (c *code) mutexes(r *Report) {
	waits := make(map[*ssa.Function]string)
	for _, f := range c.functions {
		for _, b := range f.Blocks {
			for i, in := range b.Instrs {
				if call, ok := in.(*ssa.Call); ok && lock(call, "Lock", "RLock") {
					r.Locks++
					c.held(f, b, i+1, waits, make(map[*ssa.BasicBlock]bool), r)
				}
			}
		}
	}
}

// held follows the instructions after a lock until it is released. A deferred release holds to the end.
func (c *code) held(f *ssa.Function, b *ssa.BasicBlock, from int, waits map[*ssa.Function]string, seen map[*ssa.BasicBlock]bool, r *Report) {
	for _, in := range b.Instrs[from:] {
		if call, ok := in.(*ssa.Call); ok && lock(call, "Unlock", "RUnlock") {
			return
		}
		if what := concurrent(in); what != "" && what != "makes a channel" {
			r.find("mutex", c.at(in.Pos()), what+" while a mutex is held, in "+name(f))
		}
		if call, ok := in.(*ssa.Call); ok {
			if what := c.waiting(call, waits); what != "" {
				r.find("mutex", c.at(in.Pos()), what+" while a mutex is held, in "+name(f))
			}
		}
	}
	for _, next := range b.Succs {
		if !seen[next] {
			seen[next] = true
			c.held(f, next, 0, waits, seen, r)
		}
	}
}

func lock(call *ssa.Call, names ...string) bool {
	f := call.Call.StaticCallee()
	if f == nil || pathOf(f) != "sync" {
		return false
	}
	for _, n := range names {
		if f.Name() == n {
			return true
		}
	}
	return false
}

// waiting says how a call waits for something outside: a call of the store, of a back end, of the world.
func (c *code) waiting(call *ssa.Call, memo map[*ssa.Function]string) string {
	common := call.Common()
	if common.IsInvoke() {
		return impureMethod(common.Method)
	}
	f := common.StaticCallee()
	if f == nil {
		return ""
	}
	if _, _, labelled := labelOf(call, f); labelled && !isRegistration(f) {
		return name(f) + " waits for storage"
	}
	if !c.owns(f) {
		return ""
	}
	if what, known := memo[f]; known {
		return what
	}
	memo[f] = "" // for recursion
	for _, b := range f.Blocks {
		for _, in := range b.Instrs {
			if inner, ok := in.(*ssa.Call); ok {
				if what := c.waiting(inner, memo); what != "" {
					memo[f] = name(f) + ", where " + what
					return memo[f]
				}
			}
		}
	}
	return ""
}
