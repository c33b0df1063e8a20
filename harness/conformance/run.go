package conformance

import (
	"flag"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// width is how many cases of a group run at the same time.
const width = 8

// Run judges a runtime by every case of the registry and prints how many cases ran.
func Run(t *testing.T, rt Runtime) {
	su := &suite{runtime: rt}
	for _, g := range Groups() {
		t.Run(g.Name, func(t *testing.T) { su.runGroup(t, g) })
	}
	t.Run(secrecy, func(t *testing.T) { su.runSecrecy(t) })

	executed := int(su.executed.Load())
	fmt.Printf("conformance: %s: %d cases\n", rt.Name(), executed)
	if executed != Count() && !filtered() {
		t.Errorf("%d cases ran, the registry has %d", executed, Count())
	}
}

// filtered reports whether the command line selects subtests, so that not all cases are meant to run.
func filtered() bool {
	for _, name := range []string{"test.run", "test.skip"} {
		if f := flag.Lookup(name); f != nil && (strings.Contains(f.Value.String(), "/") || name == "test.skip" && f.Value.String() != "") {
			return true
		}
	}
	return false
}

// start starts the service of a group.
func (su *suite) start(t testing.TB, g Group) *service {
	t.Helper()
	sink := newMailSink()
	t.Cleanup(sink.close)
	nodes := newNodes()
	t.Cleanup(nodes.close)
	settings := settingsOf(sink.Endpoint(), nodes.fill(g.Settings))
	for _, name := range secretSettings {
		if value := settings[name]; value != "" {
			su.secrets.add("the setting "+name, value)
		}
	}
	target := su.runtime.Start(t, settings)
	target.Mail, target.IPFS = sink, nodes
	target.Sweep(t) // the first scheduled event of a deployment
	su.document.load(t, target.URL)
	v := &service{Target: target, suite: su, group: g, slots: make(chan struct{}, width), recordWait: 20 * time.Second}
	t.Cleanup(v.close)
	return v
}

// runGroup starts the service of a group and runs its cases: the ones that may share it first, then the ones that want
// it for themselves, and the ones about its records last (they are Alone and stand at the end).
func (su *suite) runGroup(t *testing.T, g Group) {
	v := su.start(t, g)
	var wait sync.WaitGroup
	for _, c := range g.Cases {
		if g.Serial || c.Alone {
			continue
		}
		v.slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-v.slots }()
			v.run(t, c)
		})
	}
	wait.Wait()
	for _, c := range g.Cases {
		if g.Serial || c.Alone {
			v.slots <- struct{}{}
			v.run(t, c)
			<-v.slots
		}
	}
}

func (v *service) run(t *testing.T, c Case) {
	t.Run(c.Name, func(t *testing.T) {
		v.suite.executed.Add(1)
		c.Run(newSession(t, v))
	})
}

// runSecrecy searches every record of every service for every secret of the suite.
func (su *suite) runSecrecy(t testing.TB) {
	t.Helper()
	su.executed.Add(1)
	if len(su.records) == 0 && !filtered() {
		t.Fatal("the services logged nothing")
	}
	for _, r := range su.records {
		for _, what := range su.secrets.in(r.words()) {
			t.Errorf("logged %s; wrong: it holds %s; contract: C10: never logged are passwords, tokens, keys, reset tokens, "+
				"request bodies; partitions by kind only", cut(r.String(), 600), what)
		}
	}
	t.Logf("searched %d records for %d secrets", len(su.records), su.secrets.count())
}
