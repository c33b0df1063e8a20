package audit

import (
	"go/types"
	"strings"
)

// backends finds who goes past the store: names a back end or imports one, or calls one.
func (c *code) backends() (out []finding) {
	for _, p := range c.packages {
		if p.PkgPath == storagePath || strings.HasPrefix(p.PkgPath, storagePath+"/") {
			continue
		}
		for at, selection := range p.TypesInfo.Selections {
			if recv := selection.Obj().Type(); selection.Kind() != types.FieldVal && isBackend(recv.(*types.Signature).Recv().Type()) {
				out = append(out, finding{pos: at.Sel.Pos(), message: "uses " + at.Sel.Name + " of a back end past the store"})
			}
		}
		if p.PkgPath != appPath { // the assembly is given the back ends and hands them to the store
			for id, obj := range p.TypesInfo.Uses {
				if t, ok := obj.(*types.TypeName); ok && isBackend(t.Type()) {
					out = append(out, finding{pos: id.Pos(), message: "names storage." + t.Name()})
				}
			}
			for _, file := range p.Syntax {
				for _, spec := range file.Imports {
					if path := strings.Trim(spec.Path.Value, `"`); strings.HasPrefix(path, storagePath+"/") {
						out = append(out, finding{pos: spec.Pos(), message: "imports " + path})
					}
				}
			}
		}
	}
	return out
}

func isBackend(t types.Type) bool {
	return isNamed(t, storagePath, "Sequencer") || isNamed(t, storagePath, "Edge")
}
