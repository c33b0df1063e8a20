package audit

import (
	"fmt"
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
			for call, callee := range calls(f) {
				if what := c.impure(call, callee); what != "" {
					r.find("critical section", c.at(call.Pos()), what+", in "+path(chain))
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

// slow are packages none of whose functions may run inside an update, with what they do.
func slow() map[string]string {
	return map[string]string{
		"crypto": "hashes, signs or encrypts", "golang.org/x/crypto": "hashes or encrypts", "lukechampine.com/blake3": "hashes",
		"tracedge/core/digest": "hashes", "tracedge/core/secret": "encrypts", "hash": "hashes",
		"net": "does I/O", "os": "does I/O", "io/fs": "does I/O", "log": "does I/O",
		"math/rand": "draws randomness", "sync": "locks or waits",
	}
}

// harmless are functions of those packages that only work on values.
func harmless(f *ssa.Function) bool {
	p := pathOf(f)
	return p == "net/url" || p == "net/netip" || p == "net/http" && strings.Contains(f.String(), "net/http.Header")
}

// impure says what a call does that an update may not, "" for nothing.
func (c *code) impure(_ ssa.CallInstruction, callee callee) string {
	if m := callee.method; m != nil {
		return impureMethod(m)
	}
	f := callee.function
	if f == nil {
		return ""
	}
	p := pathOf(f)
	for prefix, what := range slow() {
		if (p == prefix || strings.HasPrefix(p, prefix+"/")) && !harmless(f) {
			return fmt.Sprintf("%s %s", name(f), what)
		}
	}
	if p == "time" && f.Signature.Recv() == nil {
		switch f.Name() {
		case "Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker":
			return name(f) + " reads the clock"
		}
	}
	if recv := f.Signature.Recv(); recv != nil {
		switch {
		case isNamed(recv.Type(), storagePath, "Store") && f.Name() != "Handle", isNamed(recv.Type(), storagePath, "Operation"):
			return name(f) + " is a call of the store, its clock or its randomness"
		case isNamed(recv.Type(), webPath, "Call"):
			switch f.Name() {
			case "Now", "NewID", "Operation", "StableID":
				return name(f) + " reads the clock or randomness"
			}
		}
	}
	return ""
}

// impureMethod judges a call through an interface.
func impureMethod(m *types.Func) string {
	recv := m.Signature().Recv().Type()
	for _, i := range []struct{ path, name, what string }{
		{tracePath, "Logger", "logs"}, {platformPath, "Fetcher", "does I/O"}, {storagePath, "Sequencer", "calls a back end"},
		{storagePath, "Edge", "calls a back end"}, {storagePath, "Sealer", "encrypts"}, {"io", "Reader", "does I/O"}, {"io", "Writer", "does I/O"},
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
