package simulate

import (
	"cmp"
	"slices"
	"strings"
)

// checkSagas holds the commits of one partition against what every operation
// promises: it decides once, never after a fence, and each of its rows is applied
// once.
func (w *World) checkSagas(name string, entries []*entry) {
	commits := slices.DeleteFunc(slices.Clone(entries), func(e *entry) bool { return !e.commit || !e.reply.OK })
	slices.SortStableFunc(commits, func(a, b *entry) int { return cmp.Compare(a.reply.Version, b.reply.Version) })
	by := map[string]string{} // a key of the machinery to the token of the commit that wrote it
	for _, e := range commits {
		for _, p := range e.request.Puts {
			what, id, _ := strings.Cut(strings.TrimPrefix(p.Key, name+"/"), "/")
			token, twice := by[p.Key]
			twice = twice && token != e.token
			switch {
			case what == "inbox" && twice:
				w.violate("a row is applied once", "%s was applied by two commits", p.Key)
			case what == "op" && twice:
				w.violate("an operation decides once", "%s was decided by two commits", p.Key)
			case what == "op" && by[name+"/fence/"+id] != "":
				w.violate("a fenced operation does not decide", "%s was decided after its fence", p.Key)
			}
			if what == "inbox" || what == "op" || what == "fence" {
				by[p.Key] = e.token
			}
		}
	}
}
