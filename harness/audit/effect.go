package audit

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Effects that rules tell apart.
const (
	doesIO = "does I/O"
	locks  = "locks or waits"
)

// packageEffects says what the functions of other packages do that takes time or depends on the outside: those below a
// path, the first line that fits. Packages that do not stand here work on values only.
func packageEffects() [][2]string {
	return [][2]string{
		{"crypto/rand", "draws randomness"}, {"crypto", "hashes, signs or encrypts"}, {"golang.org/x/crypto", "hashes or encrypts"},
		{"lukechampine.com/blake3", "hashes"}, {"crypto/hmac", "signs"}, {"hash", "hashes"},
		{"tracedge/core/digest", "hashes"}, {"tracedge/core/secret", "encrypts"}, {"math/rand", "draws randomness"},
		{"net/url", ""}, {"net/netip", ""}, {"net", doesIO}, {"os", doesIO}, {"syscall", doesIO}, {"io/fs", doesIO},
		{"log", doesIO}, {"sync", locks},
	}
}

// effectOf says what a function does that takes time or depends on the outside, "" for nothing of the kind.
func effectOf(f *ssa.Function) string {
	path, name := pathOf(f), f.Name()
	switch path {
	case "net/http":
		if methodOf(f, path, "Header") || name == "StatusText" || name == "CanonicalHeaderKey" {
			return ""
		}
	case "fmt":
		if strings.HasPrefix(name, "Print") || strings.HasPrefix(name, "Scan") {
			return doesIO
		}
	case "io":
		if strings.HasPrefix(name, "Read") || strings.HasPrefix(name, "Copy") || strings.HasPrefix(name, "Write") {
			return doesIO
		}
	case "context":
		if strings.HasPrefix(name, "WithTimeout") || strings.HasPrefix(name, "WithDeadline") {
			return "reads the clock"
		}
	case "runtime":
		if name == "Gosched" || name == "GC" {
			return "waits"
		}
	case "time":
		if f.Signature.Recv() == nil && slices.Contains(clock(), name) {
			return "reads the clock or waits for it"
		}
		if name == "LoadLocation" {
			return doesIO
		}
	}
	return effectOfPackage(path)
}

func effectOfPackage(path string) string {
	for _, e := range packageEffects() {
		if path == e[0] || strings.HasPrefix(path, e[0]+"/") {
			return e[1]
		}
	}
	return ""
}

func clock() []string {
	return []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
}

// effectOfMethod judges a call through an interface by what the interface is for: its implementation is outside.
func effectOfMethod(m *types.Func) string {
	recv := m.Signature().Recv().Type()
	for _, i := range []struct{ path, name, effect string }{
		{tracePath, "Logger", "logs"}, {platformPath, "Fetcher", doesIO}, {storagePath, "Sequencer", "calls a back end"},
		{storagePath, "Edge", "calls a back end"}, {storagePath, "Sealer", "encrypts"}, {"io", "Reader", doesIO}, {"io", "Writer", doesIO},
	} {
		if isNamed(recv, i.path, i.name) {
			return i.effect
		}
	}
	if isLocking(m.Name(), m.Signature()) {
		return locks
	}
	if m.Pkg() != nil {
		return effectOfPackage(m.Pkg().Path())
	}
	return ""
}

// isLocking tells a method of sync.Locker, or one like it, by its form.
func isLocking(name string, s *types.Signature) bool {
	return (name == "Lock" || name == "RLock") && s.Params().Len() == 0 && s.Results().Len() == 0
}

// effectOfInstruction says what an instruction does with channels, goroutines or the standard streams, "" for nothing.
func effectOfInstruction(in ssa.Instruction) string {
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
		if g, ok := in.X.(*ssa.Global); ok && g.Pkg != nil {
			if e := effectOfPackage(g.Pkg.Pkg.Path()); e != "" && !isError(g.Type().(*types.Pointer).Elem()) {
				return "uses " + base(g.Pkg.Pkg.Path()) + "." + g.Name() + ", which " + e
			}
		}
	case ssa.CallInstruction:
		if b, ok := in.Common().Value.(*ssa.Builtin); ok && b.Name() == "close" {
			return "closes a channel"
		}
	}
	return ""
}
