package simulate

import (
	"fmt"
	"strings"

	"github.com/anishathalye/porcupine"
)

// partitionHistory is a history that no order of its calls explains.
type partitionHistory struct {
	name       string
	model      porcupine.Model
	operations []porcupine.Operation
}

// checkPartitions holds every partition to its model.
func (w *World) checkPartitions() {
	for _, name := range w.history.names {
		entries := w.history.settled(name)
		w.lookForLostUpdates(name, entries)
		w.checkSagas(name, entries)
		operations := make([]porcupine.Operation, 0, len(entries))
		for n, e := range entries {
			operations = append(operations, porcupine.Operation{
				ClientId: n, Input: e, Call: e.called.UnixNano(), Return: e.done.UnixNano(),
			})
		}
		w.check(partitionHistory{name, partitionModel, operations})
	}
}

// check asks porcupine whether some order of the operations explains what they
// answered.
func (w *World) check(h partitionHistory) {
	if len(h.operations) == 0 || porcupine.CheckOperations(h.model, h.operations) {
		return
	}
	w.result.histories = append(w.result.histories, h)
	w.violate("histories are linearizable", "%s: no order explains what its %d calls answered", h.name, len(h.operations))
}

// lookForLostUpdates looks for two commits that both replaced one version of a
// record: the second did not know of the first, whose update is lost.
func (w *World) lookForLostUpdates(name string, entries []*entry) {
	replaced := map[string]string{} // key and version to the token
	for _, e := range entries {
		if !e.commit || !e.reply.OK {
			continue
		}
		written := map[string]bool{}
		for _, p := range e.request.Puts {
			written[p.Key] = true
		}
		for _, read := range e.request.Reads {
			if !written[read.Key] || read.N == 0 {
				continue
			}
			at := fmt.Sprintf("%s at version %d", read.Key, read.N)
			if token, twice := replaced[at]; twice && token != e.token {
				w.result.LostUpdate = true
				w.violate("no update is lost", "two commits of %s replaced %s", name, at)
			}
			replaced[at] = e.token
		}
	}
}

// Pictures writes the pictures of histories that no order explains into a
// folder, and returns the files.
func (r *Result) Pictures(dir string) ([]string, error) {
	var files []string
	for n, h := range r.histories {
		_, info := porcupine.CheckOperationsVerbose(h.model, h.operations, 0)
		file := fmt.Sprintf("%s/seed-%d-%d.html", dir, r.Seed, n+1)
		if err := porcupine.VisualizePath(h.model, info, file); err != nil {
			return files, err
		}
		files = append(files, file)
	}
	return files, nil
}

// String tells a call and its outcome in one line, for pictures.
func (e *entry) String() string {
	var b strings.Builder
	if !e.commit {
		fmt.Fprintf(&b, "read %s", strings.Join(e.request.Keys, " "))
		for _, s := range e.request.Scans {
			fmt.Fprintf(&b, " %s*", s.Prefix)
		}
		b.WriteString(" ->")
		for _, r := range e.reply.Records {
			fmt.Fprintf(&b, " %s@%d", r.Key, r.Version)
		}
		for _, s := range e.reply.Scans {
			fmt.Fprintf(&b, " %d records up to @%d", s.Count, s.Max)
		}
		return b.String()
	}
	b.WriteString("commit")
	for _, r := range e.request.Reads {
		fmt.Fprintf(&b, " if %s@%d", r.Key, r.N)
	}
	for _, p := range e.request.Puts {
		fmt.Fprintf(&b, " put %s", p.Key)
	}
	for _, k := range e.request.Deletes {
		fmt.Fprintf(&b, " delete %s", k)
	}
	for _, a := range e.request.Adds {
		fmt.Fprintf(&b, " add %d to %s", a.N, a.Key)
	}
	if e.reply.OK {
		fmt.Fprintf(&b, " -> @%d", e.reply.Version)
	} else {
		fmt.Fprintf(&b, " -> %s %s", e.reply.Error, strings.Join(e.reply.Keys, " "))
	}
	return b.String()
}
