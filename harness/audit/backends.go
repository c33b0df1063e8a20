package audit

import (
	"go/types"
	"strings"
)

// backEnds finds everybody but the store and the assembly who names a back end, or imports one or its wire form.
func (c *code) backEnds(r *Report) {
	for _, p := range c.packages {
		if p.PkgPath == appPath || p.PkgPath == storagePath || strings.HasPrefix(p.PkgPath, storagePath+"/") {
			continue
		}
		for id, obj := range p.TypesInfo.Uses {
			t, ok := obj.(*types.TypeName)
			if ok && t.Pkg() != nil && t.Pkg().Path() == storagePath && (t.Name() == "Sequencer" || t.Name() == "Edge") {
				r.find("back end", c.at(id.Pos()), "names storage."+t.Name())
			}
		}
		for _, file := range p.Syntax {
			for _, spec := range file.Imports {
				switch path := strings.Trim(spec.Path.Value, `"`); path {
				case storagePath + "/memory", storagePath + "/wire":
					r.find("back end", c.at(spec.Pos()), "imports "+path)
				}
			}
		}
	}
}
