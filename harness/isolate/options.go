package isolate

import (
	"crypto/rand"
	"io"
	"net/http"
	"time"

	"tracedge/harness/services"
)

// Options says how a cluster runs. The zero value of each field is a sensible
// default.
type Options struct {
	Bindings Bindings
	// Isolates serve requests and scheduled events (default 1), ObjectIsolates
	// hold Durable Objects (default 1 when there is a class). They are apart so
	// that computation in a request does not hold up an object.
	Isolates, ObjectIsolates int
	// BindingsOf may replace the bindings of one request isolate, for example
	// by a KV namespace as another location sees it. default nil.
	BindingsOf func(isolate int, b Bindings) Bindings
	// MaxObjects is how many objects an isolate keeps in memory (default
	// 10,000); beyond it those that were idle longest are evicted.
	MaxObjects int

	Scheduler Scheduler // default RealTime()
	// RunningClock lets time pass while code runs. At the edge it stands still
	// between events, and so it does here by default.
	RunningClock bool
	Random       io.Reader // default crypto/rand

	// Console gets what the worker logs, and errors that nobody caught. It is
	// called on the event loop; default: dropped.
	Console func(Message)
	// Client makes subrequests; default: a client without a timeout.
	Client *http.Client
	// WatchHostCall, when set, sees each call of a Go program to its host before
	// it happens, as gojs.Host.Watch does. It is called on the event loop.
	WatchHostCall func(isolate, name string, stack []byte) error
	// WatchHostResult, when set, sees what calls returned, as gojs.Host.Returned
	// does.
	WatchHostResult func(isolate, name string, result uint64)
	// Alarm, when set, says what befalls the alarm of an object that is due: how
	// much later its handler runs, and whether it runs once more although it
	// succeeded, as alarms may. It is called on the event loop.
	Alarm func(class, object string) (late time.Duration, again bool)
	// WrapCalls may delay, lose or fail calls to Durable Objects.
	WrapCalls func(next CallFunc) CallFunc
}

// Bindings are the properties of env.
type Bindings struct {
	// Vars are strings, or values that JSON can express.
	Vars map[string]any
	KV   map[string]services.KV
	// Objects maps a binding to the name of the class exported by the worker.
	Objects map[string]string
	// Classes holds the storage of each class.
	Classes map[string]services.Objects
	// Unsupported names bindings of other kinds, with the kind. Touching one is
	// an error.
	Unsupported map[string]string
}

// Message is one call of console, or an error that nobody caught.
type Message struct {
	// Level is "debug", "log", "info", "warn" or "error".
	Level string
	// Time is when it happened, by the clock of the isolate.
	Time time.Time
	// Isolate is the name of the isolate, like "request/0".
	Isolate string
	// Uncaught marks an exception or a rejected promise that nobody handled;
	// its one argument is the text with the stack.
	Uncaught bool
	// Args are the arguments: string, float64, int64, bool, nil, and
	// json.RawMessage for objects.
	Args []any
}

func (o Options) withDefaults() Options {
	if o.Isolates <= 0 {
		o.Isolates = 1
	}
	if o.ObjectIsolates <= 0 {
		o.ObjectIsolates = 1
	}
	if len(o.Bindings.Classes) == 0 {
		o.ObjectIsolates = 0
	}
	if o.MaxObjects <= 0 {
		o.MaxObjects = 10_000
	}
	if o.Scheduler == nil {
		o.Scheduler = RealTime()
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Console == nil {
		o.Console = func(Message) {}
	}
	if o.Client == nil {
		o.Client = &http.Client{}
	}
	return o
}
