package simulate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Mode says what stands behind the calls of the sequencer.
type Mode string

// The modes.
const (
	Sequencer Mode = "sequencer" // the Durable Object, as deployed
	KVOnly    Mode = "kv-only"   // reads and writes of KV: what there would be without it
)

// Plan is all that a seed stands for.
type Plan struct {
	Seed     uint64       `json:"seed"`
	Mode     Mode         `json:"mode"`
	Scenario string       `json:"scenario,omitempty"`
	World    Shape        `json:"world"`
	Clients  []ClientPlan `json:"clients"`
	Faults   []*Fault     `json:"faults"`
}

// Shape is the size and the settings of a world.
type Shape struct {
	Locations, IsolatesEach, ObjectIsolates int
	MaxInstances, MaxQueue, Logins          int
	Names                                   int           // how many usernames clients compete for
	Length                                  time.Duration // within which steps begin
	Enforce                                 bool          // CREDITS_MODE and LIMITS_MODE
}

// ClientPlan is what one client does, in order.
type ClientPlan struct {
	ID       int        `json:"id"`
	Location int        `json:"location"`
	Steps    []StepPlan `json:"steps"`
}

// StepPlan is one run of a script. The script draws from a stream of its own, so
// that leaving a step out changes no other.
type StepPlan struct {
	ID     string        `json:"id"` // "<client>.<number>"
	Script string        `json:"script"`
	At     time.Duration `json:"at"` // not before
}

// Options choose a plan.
type Options struct {
	Mode     Mode
	Scenario string // "" for a mix that the seed chooses
}

// NewPlan draws the plan of a seed.
func NewPlan(seed uint64, o Options) (*Plan, error) {
	r := stream(seed, "plan")
	p := &Plan{Seed: seed, Mode: o.Mode, Scenario: o.Scenario, World: drawShape(r)}
	weights, err := drawWeights(r, o.Scenario)
	if err != nil {
		return nil, err
	}
	if o.Scenario == "" {
		p.World.suit(sureOf(seed), weights)
	}
	for id := range 3 + r.IntN(5) {
		p.Clients = append(p.Clients, drawClient(r, id, p.World, weights))
	}
	p.Faults = drawFaults(seed, p.World.Length)
	return p, nil
}

func drawShape(r *rand.Rand) Shape {
	return Shape{
		Locations: 2 + r.IntN(2), IsolatesEach: 1 + r.IntN(2), ObjectIsolates: 1 + r.IntN(2),
		MaxInstances: 1 + r.IntN(3), MaxQueue: 1 + r.IntN(12), Logins: 1 + r.IntN(3),
		Names:   2 + r.IntN(6),
		Length:  one(r, []time.Duration{2 * time.Second, 20 * time.Second, 3 * time.Minute}),
		Enforce: r.IntN(2) == 0,
	}
}

// suit makes a world in which the kind of fault that its seed is sure to plan has
// something to strike: services outside are called seldom, and the sweep runs once a minute.
func (s *Shape) suit(sure Kind, weights map[string]int) {
	switch sure {
	case ServiceHangs: // while somebody waits for it
		weights["adapter_look"], weights["reset_password"] = 16, 1
		s.Length = 4 * time.Minute
	case ServiceFails, ServiceLosesAck:
		weights["reset_password"], weights["upload"], weights["adapter_look"] = 6, 6, 8
		s.Length = 4 * time.Minute
	case ClientLeaves, AnswerLost, KVReadFails:
		s.Enforce = true // and somebody has too little
		weights["spend"] = 6
	case KVListFails, KVListEmpty:
		s.Length = 4 * time.Minute
	}
}

// drawWeights gives each script its share: of some nothing, of others much, so
// that seeds differ in what they are about.
func drawWeights(r *rand.Rand, scenario string) (map[string]int, error) {
	weights := map[string]int{}
	for _, s := range Scripts() {
		if w := s.Weight * one(r, []int{0, 1, 1, 3}); scenario == "" && w > 0 {
			weights[s.Name] = w
		}
		if s.Name == scenario || slices.Contains(s.Scenarios, scenario) && scenario != "" {
			weights[s.Name] = s.Weight
		}
	}
	if len(weights) == 0 && scenario != "" {
		return nil, fmt.Errorf("no scenario is named %q: there are %v", scenario, Scenarios())
	}
	return weights, nil
}

func drawClient(r *rand.Rand, id int, shape Shape, weights map[string]int) ClientPlan {
	c := ClientPlan{ID: id, Location: r.IntN(shape.Locations)}
	var names []string
	for _, s := range Scripts() {
		for range weights[s.Name] {
			names = append(names, s.Name)
		}
	}
	at := evenly(r, 0, shape.Length/4)
	for n := range 3 + r.IntN(9) {
		script := firstScript
		if n > 0 && len(names) > 0 {
			script = one(r, names)
		}
		c.Steps = append(c.Steps, StepPlan{ID: fmt.Sprintf("%d.%d", id, n), Script: script, At: at})
		at += between(r, 0, shape.Length/4)
	}
	return c
}

// Steps counts what the clients do.
func (p *Plan) Steps() int {
	n := 0
	for _, c := range p.Clients {
		n += len(c.Steps)
	}
	return n
}

// Only returns the plan with nothing but some of its steps and faults; nil
// leaves all.
func (p *Plan) Only(steps []string, faults []int) *Plan {
	q := *p
	q.Clients, q.Faults = nil, nil
	for _, c := range p.Clients {
		kept := c
		kept.Steps = nil
		for _, s := range c.Steps {
			if steps == nil || slices.Contains(steps, s.ID) {
				kept.Steps = append(kept.Steps, s)
			}
		}
		q.Clients = append(q.Clients, kept)
	}
	for _, f := range p.Faults {
		if faults == nil || slices.Contains(faults, f.ID) {
			again := *f
			again.Struck = ""
			q.Faults = append(q.Faults, &again)
		}
	}
	return &q
}
