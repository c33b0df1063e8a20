package audit

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// sections checks everything that runs inside an update.
func (c *code) sections(r *Report) {
	for _, root := range c.functions {
		if !takesTx(root) || pathOf(root) == storagePath {
			continue
		}
		r.Sections++
		c.visit(root, func(chain []*ssa.Function) bool {
			f := chain[len(chain)-1]
			if len(chain) > 1 && takesTx(f) {
				return false // it is a root of its own
			}
			for call, called := range calls(f) {
				if what := c.impure(called); what != "" {
					r.find("critical section", c.at(call.Pos()), what+", in "+path(chain))
				}
				for _, target := range c.targets[call] { // those of the code under audit are visited
					if what := c.impure(callee{function: target}); what != "" && !c.owns(target) {
						r.find("critical section", c.at(call.Pos()), what+", in "+path(chain))
					}
				}
				if c.unknown(call) {
					r.find("critical section", c.at(call.Pos()), "calls a function that comes from outside, in "+path(chain))
				}
			}
			for _, b := range f.Blocks {
				for _, in := range b.Instrs {
					if what := concurrent(in); what != "" {
						r.find("critical section", c.at(in.Pos()), what+", in "+path(chain))
					}
				}
			}
			return true
		})
	}
}

func path(chain []*ssa.Function) string {
	var names []string
	for _, f := range chain {
		names = append(names, name(f))
	}
	return strings.Join(names, " -> ")
}

const doesIO = "does I/O"

// slow says what a function of another package does that takes time or depends on the outside, by its package; "" is
// nothing of the kind.
func slow(f *ssa.Function) string {
	p := pathOf(f)
	if harmless(f) {
		return ""
	}
	for _, s := range []struct{ prefix, what string }{
		{"crypto", "hashes, signs or encrypts"}, {"golang.org/x/crypto", "hashes or encrypts"}, {"lukechampine.com/blake3", "hashes"},
		{"github.com/golang-jwt/jwt", "signs"}, {"hash", "hashes"}, {"tracedge/core/digest", "hashes"}, {"tracedge/core/secret", "encrypts"},
		{"net", doesIO}, {"os", doesIO}, {"syscall", doesIO}, {"io/fs", doesIO}, {"log", doesIO},
		{"math/rand", "draws randomness"}, {"sync", "locks or waits"},
	} {
		if p == s.prefix || strings.HasPrefix(p, s.prefix+"/") {
			return s.what
		}
	}
	switch {
	case p == "fmt" && (strings.HasPrefix(f.Name(), "Print") || strings.HasPrefix(f.Name(), "Scan")):
		return doesIO
	case p == "io" && (strings.HasPrefix(f.Name(), "Read") || strings.HasPrefix(f.Name(), "Copy")):
		return doesIO
	case p == "context" && (strings.HasPrefix(f.Name(), "WithTimeout") || strings.HasPrefix(f.Name(), "WithDeadline")):
		return "reads the clock"
	}
	return ""
}

// harmless are functions of those packages that only work on values.
func harmless(f *ssa.Function) bool {
	switch pathOf(f) {
	case "net/url", "net/netip":
		return true
	case "net/http":
		return strings.Contains(f.String(), "net/http.Header") || f.Name() == "StatusText" || f.Name() == "CanonicalHeaderKey"
	}
	return false
}

// impure says what a call does that an update may not, "" for nothing.
func (c *code) impure(callee callee) string {
	if m := callee.method; m != nil {
		return impureMethod(m)
	}
	f := callee.function
	if f == nil {
		return ""
	}
	if what := slow(f); what != "" {
		return name(f) + " " + what
	}
	recv := f.Signature.Recv()
	switch {
	case recv == nil && pathOf(f) == "time":
		switch f.Name() {
		case "Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker":
			return name(f) + " reads the clock"
		}
	case recv == nil:
	case isNamed(recv.Type(), storagePath, "Store") && f.Name() != "Handle", isNamed(recv.Type(), storagePath, "Operation"):
		return name(f) + " is a call of the store, its clock or its randomness"
	case isNamed(recv.Type(), webPath, "Call"):
		switch f.Name() {
		case "Now", "NewID", "Operation", "StableID":
			return name(f) + " reads the clock or randomness"
		}
	}
	return ""
}

// impureMethod judges a call through an interface.
func impureMethod(m *types.Func) string {
	recv := m.Signature().Recv().Type()
	for _, i := range []struct{ path, name, what string }{
		{tracePath, "Logger", "logs"}, {platformPath, "Fetcher", doesIO}, {storagePath, "Sequencer", "calls a back end"},
		{storagePath, "Edge", "calls a back end"}, {storagePath, "Sealer", "encrypts"}, {"io", "Reader", doesIO}, {"io", "Writer", doesIO},
	} {
		if isNamed(recv, i.path, i.name) {
			return i.name + "." + m.Name() + " " + i.what
		}
	}
	return ""
}

// concurrent says what an instruction does with channels or goroutines, "" for nothing.
func concurrent(in ssa.Instruction) string {
	switch in := in.(type) {
	case *ssa.Go:
		return "starts a goroutine"
	case *ssa.Send:
		return "sends on a channel"
	case *ssa.Select:
		return "selects among channels"
	case *ssa.MakeChan:
		return "makes a channel"
	case *ssa.UnOp:
		if in.Op == token.ARROW {
			return "receives from a channel"
		}
	}
	return ""
}
