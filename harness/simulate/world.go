package simulate

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"tracedge/harness/isolate"
	"tracedge/harness/services"
)

// World is one run of a plan.
type World struct {
	*Scheduler
	plan        *Plan
	start       time.Time
	cluster     *isolate.Cluster
	kv          *globalKV
	views       []*kvView // by location
	disk        *disk
	network     *rand.Rand
	misfortunes *misfortunes
	history     *history
	flights     flights
	cut         []time.Time   // until when a location is cut off
	kills       map[int]*kill // by isolate
	witness     *Witness
	outside     *outside
	accounts    []*Account
	root        string // a token of the first admin
	items       []*Item
	locals      []*LocalItem
	circuits    []*Circuit
	happenings  []*Happening
	minted      map[string]string // dfid to the step that was told of a new item
	clients     []*Client
	finally     []func(*Client)
	restore     []func(*Client)            // what comes before those
	checked     map[string]bool            // subjects of finally
	tokens      map[*Account]string        // that the checks at the end use
	seenData    map[string]map[string]bool // what those have seen items to have
	registers   *registers
	cron        *rand.Rand

	result Result
}

// Result is what came of a run.
type Result struct {
	Seed       uint64
	Violations []Violation
	Happened   map[Kind]int   // faults and what the world does by itself
	ErrorKinds map[string]int // of answers and of records
	Steps      map[string]int // calls of each step of a saga
	Broken     map[string]int // of these, how many were interrupted
	Requests   int
	Calls      int           // of the sequencer
	HostCalls  uint64        // of Go programs
	Time       time.Duration // virtual
	Hash       string        // see Witness
	Story      []string      // what happened, in order
	Faults     []*Fault      // of the plan, with what they struck
	LostUpdate bool          // two commits replaced the same version of a record
	TwoOwners  bool          // a name has two accounts
	histories  []partitionHistory
}

// Violation is a promise that was not kept.
type Violation struct {
	Property string `json:"property"`
	Detail   string `json:"detail"`
}

func (v Violation) String() string { return v.Property + ": " + v.Detail }

// epoch is when every world begins: a minute before a full hour, where throttle
// windows change.
var epoch = time.Date(2026, 3, 1, 11, 59, 0, 0, time.UTC)

// Run lives a plan through.
func (l *Lab) Run(p *Plan) *Result {
	w := l.newWorld(p.Only(nil, nil))
	defer w.end()
	if w.boot() {
		w.live()
		w.calm()
		w.lookBack()
	}
	w.result.Hash = w.witness.Sum()
	w.result.Time = w.elapsed()
	w.result.HostCalls = w.witness.calls
	w.result.Faults = w.plan.Faults
	return &w.result
}

func (l *Lab) newWorld(p *Plan) *World {
	w := &World{
		Scheduler: newScheduler(epoch, stream(p.Seed, "scheduler")), plan: p, start: epoch,
		network: stream(p.Seed, "network"), cron: stream(p.Seed, "cron"), witness: newWitness(),
		cut: make([]time.Time, p.World.Locations), kills: map[int]*kill{}, checked: map[string]bool{}, tokens: map[*Account]string{}, minted: map[string]string{}, seenData: map[string]map[string]bool{},
	}
	w.result = Result{
		Seed: p.Seed, Happened: map[Kind]int{}, ErrorKinds: map[string]int{}, Steps: map[string]int{}, Broken: map[string]int{},
	}
	w.kv, w.disk = newGlobalKV(w), newDisk(w)
	w.history, w.registers = newHistory(w), newRegisters()
	w.misfortunes = newMisfortunes(w, p.Faults)
	w.outside = newOutside(w)
	w.cluster = l.program.StartCluster(w.options(), func(err error) {
		if err != nil {
			w.violate("boot", "%v", err)
		}
	})
	return w
}

func (w *World) options() isolate.Options {
	shape := w.plan.World
	for n := range shape.Locations {
		w.views = append(w.views, w.kv.view(n))
	}
	bindings := isolate.Bindings{
		Vars:    w.vars(),
		KV:      map[string]services.KV{"STORE": w.views[0]},
		Objects: map[string]string{"SEQUENCER": "Sequencer"},
		Classes: map[string]services.Objects{"Sequencer": w.disk},
	}
	return isolate.Options{
		Bindings: bindings, Scheduler: w.Scheduler,
		Isolates: shape.Locations * shape.IsolatesEach, ObjectIsolates: shape.ObjectIsolates,
		BindingsOf: func(n int, b isolate.Bindings) isolate.Bindings {
			b.KV = map[string]services.KV{"STORE": w.views[n%shape.Locations]}
			return b
		},
		Random:        bytesOf{stream(w.plan.Seed, "random data")},
		Console:       w.hear,
		Client:        &http.Client{Transport: w.outside},
		WatchHostCall: w.watch,
		Alarm:         w.alarm,
		WrapCalls:     w.wrap,
	}
}

// vars are the settings of the world, all of them, so that nothing of the
// machine gets in: cheap hashes and narrow gates.
func (w *World) vars() map[string]any {
	shape := w.plan.World
	mode := "display"
	if shape.Enforce {
		mode = "enforce"
	}
	return map[string]any{
		"JWT_SECRET": "0123456789abcdef0123456789abcdef0123456789abcdef", "SECRETS_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
		"BCRYPT_COST": "4", "CREDITS_MODE": mode, "LIMITS_MODE": mode,
		"MAX_INSTANCES": fmt.Sprint(shape.MaxInstances), "MAX_QUEUE": fmt.Sprint(shape.MaxQueue), "LOGIN_CONCURRENCY": fmt.Sprint(shape.Logins),
		"LOGIN_FAILURE_LIMIT": "4", "MAILERSEND_API_KEY": "key", "FROM_EMAIL": "service@tracedge.example", "FRONTEND_URL": "https://tracedge.example",
		"BOOTSTRAP_ADMIN_USERNAME": adminName, "BOOTSTRAP_ADMIN_PASSWORD": adminPassword, "BOOTSTRAP_ADMIN_EMAIL": "root@tracedge.example",
		"IPFS_ENDPOINT": "https://" + ipfsHost + "/node", "PINATA_API_KEY": "key", "PINATA_SECRET_KEY": "secret",
	}
}

// boot waits for the isolates.
func (w *World) boot() bool {
	w.Run(w.start.Add(time.Second))
	return len(w.result.Violations) == 0
}

// end frees what the world holds.
func (w *World) end() {
	w.cluster.Stop()
	w.misfortunes.over = true
	w.timers = nil
	w.Run(w.now)
	w.stopAll()
	w.timers, w.ready = nil, nil
}

func (w *World) elapsed() time.Duration { return w.now.Sub(w.start) }

// violate notes that a promise was not kept.
func (w *World) violate(property, format string, args ...any) {
	v := Violation{property, fmt.Sprintf(format, args...)}
	w.result.Violations = append(w.result.Violations, v)
	w.tell("VIOLATION %s", v)
}

// tell adds a line to the story.
func (w *World) tell(format string, args ...any) {
	w.result.Story = append(w.result.Story, fmt.Sprintf("%9.3f s  ", w.elapsed().Seconds())+fmt.Sprintf(format, args...))
}

func (w *World) happened(k Kind)         { w.result.Happened[k]++ }
func (w *World) seen(step string)        { w.result.Steps[step]++; w.result.Calls++ }
func (w *World) interrupted(step string) { w.result.Broken[step]++ }

// hear takes what the worker logs.
func (w *World) hear(m isolate.Message) {
	text, _ := json.Marshal(m.Args)
	w.witness.record(m.Level, text)
	if m.Uncaught {
		w.uncaught(string(text))
		return
	}
	for _, arg := range m.Args {
		raw, ok := arg.(json.RawMessage)
		if !ok {
			continue
		}
		var record struct {
			Kind *string `json:"error_kind"`
		}
		if json.Unmarshal(raw, &record) == nil && record.Kind != nil && *record.Kind != "" {
			w.result.ErrorKinds[*record.Kind]++
		}
	}
}
