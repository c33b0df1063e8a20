package bench

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const mebi = 1 << 20

// InstanceMemory is the linear memory of one instance of the module, the same on any machine.
type InstanceMemory struct {
	Scenario string  `json:"scenario"`
	First    float64 `json:"first_mib"` // after its first request
	Later    float64 `json:"later_mib"` // after laterRequests more
}

// laterRequests is after how many requests the memory of an instance has settled.
const laterRequests = 1000

// IsolateMemory is what a process of workerd holds with few and with many instances, by differences: the process is also the
// services around the isolate.
type IsolateMemory struct {
	Plain     float64 `json:"plain_mib"`   // resident, of a worker in plain JavaScript
	One       float64 `json:"one_mib"`     // resident, with one instance
	Each      Figure  `json:"each_mib"`    // of each further one
	Instances int     `json:"instances"`   // that were started, the bound of the pool
	Fit       int     `json:"fit"`         // instances in an isolate when they are new
	FitLater  int     `json:"fit_later"`   // when each has grown as InstanceMemory.Later says
	Isolate   float64 `json:"isolate_mib"` // what the platform gives an isolate
}

// isolateMiB is what an isolate of Workers may hold.
const isolateMiB = 128

// instances measures the linear memory of an instance, in a virtual run.
func (b *Bench) instances(ctx context.Context, report *Report) error {
	if !b.runs("wazero") {
		return nil
	}
	setup := b.options.Setup
	setup.Vars = maps.Clone(setup.Vars)
	setup.Vars["BCRYPT_COST"] = "4"
	w, err := loadWorker(ctx, setup, "")
	if err != nil {
		return err
	}
	defer w.close()
	for _, s := range b.options.Scenarios {
		if !slices.Contains([]string{"health", "verify", "local-item", "item-page"}, s.Name) {
			continue
		}
		b.progress("%s: memory of an instance after %d requests", s.Name, laterRequests)
		m, err := w.instanceMemory(ctx, s)
		if err != nil {
			return err
		}
		report.Instances = append(report.Instances, m)
	}
	return nil
}

func (w *worker) instanceMemory(ctx context.Context, s Scenario) (InstanceMemory, error) {
	m := InstanceMemory{Scenario: s.Name}
	v, err := w.start(nil)
	if err != nil {
		return m, err
	}
	defer v.close()
	c, _ := v.client()
	if _, err := c.do(ctx, Call{Method: "GET", Path: "/health"}, nil); err != nil {
		return m, err
	}
	if m.First, err = v.memory(); err != nil {
		return m, err
	}
	made, err := s.prepare(ctx, c)
	for i := 0; i < laterRequests && err == nil; i++ {
		_, err = c.do(ctx, made.next(), nil)
	}
	if err == nil {
		m.Later, err = v.memory()
	}
	return m, err
}

// memory is the linear memory of the one instance, in MiB.
func (v *virtual) memory() (float64, error) {
	var sizes []int
	v.cluster.ProgramMemory(0, func(list []int) { sizes = list })
	v.pass(0)
	if len(sizes) != 1 {
		return 0, fmt.Errorf("%d instances answered one request after the other", len(sizes))
	}
	return float64(sizes[0]) / mebi, nil
}

// poolBound is how many instances an isolate keeps unless MAX_INSTANCES says otherwise: see worker/settings.mjs.
const poolBound = 8

// isolates measures the memory of workerd with one instance and with as many as the pool keeps, in processes of their own.
func (b *Bench) isolates(ctx context.Context, report *Report) error {
	if !b.runs("workerd") {
		return nil
	}
	m := &IsolateMemory{Instances: poolBound, Isolate: isolateMiB}
	var plain, one, each []float64
	for range b.options.Starts {
		b.progress("memory of an isolate with 1 instance and with %d", poolBound)
		p, err := b.burstMemory(ctx, "plain", 0)
		if err != nil {
			return err
		}
		few, err := b.burstMemory(ctx, "workerd", 1)
		if err != nil {
			return err
		}
		many, err := b.burstMemory(ctx, "workerd", poolBound)
		if err != nil {
			return err
		}
		plain, one, each = append(plain, p), append(one, few), append(each, (many-few)/(poolBound-1))
	}
	m.Plain, m.One, m.Each = figure(plain).Center, figure(one).Center, figure(each)
	grown := 0.0
	for _, i := range report.Instances {
		grown = max(grown, i.Later-i.First)
	}
	left := isolateMiB - (m.One - m.Plain)
	m.Fit, m.FitLater = 1+int(left/m.Each.Center), 1+int((left-grown)/(m.Each.Center+grown))
	report.IsolateMemory = m
	return nil
}

// coldRecord is in the record of a request that started an instance, as workerd prints it.
const coldRecord = "cold: true"

// burstMemory starts a runtime that keeps so many instances, keeps them all busy at once, and returns its resident memory.
func (b *Bench) burstMemory(ctx context.Context, runtime string, instances int) (float64, error) {
	r, err := findRuntime(runtime)
	if err != nil {
		return 0, err
	}
	setup := b.options.Setup
	setup.Vars = maps.Clone(setup.Vars)
	if instances > 0 {
		setup.Vars["MAX_INSTANCES"] = fmt.Sprint(instances)
	}
	s, err := Start(ctx, r, setup)
	if err != nil {
		return 0, err
	}
	defer s.Stop()
	c := &Client{service: s, http: newHTTP(64)}
	defer c.http.CloseIdleConnections()
	name := "profile" // which waits twice, so that others come in, and makes no objects
	if instances == 0 {
		name = "verify"
	}
	scenario, err := findScenario(name)
	if err != nil {
		return 0, err
	}
	made, err := scenario.prepare(ctx, c)
	if err != nil {
		return 0, err
	}
	for n := 0; n < 10 || n < 100 && strings.Count(s.process.Output(), coldRecord) < instances; n++ {
		_, err := together(burstSize, func() ([]time.Duration, error) {
			_, err := c.do(ctx, made.next(), nil)
			return nil, err
		})
		if err != nil {
			return 0, err
		}
	}
	time.Sleep(time.Second) // collectors have their say
	if cold := strings.Count(s.process.Output(), coldRecord); cold != instances {
		return 0, fmt.Errorf("%s started %d instances of %d", runtime, cold, instances)
	}
	return s.memory(), nil
}
