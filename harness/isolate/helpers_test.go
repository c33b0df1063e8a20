package isolate_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"tracedge/harness/isolate"
	"tracedge/harness/services"
)

// guestFiles are the files of guest with its program, built once.
var guestFiles = sync.OnceValues(func() (fs.FS, error) {
	dir, err := os.MkdirTemp("", "guest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "app.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, "./guest")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the guest: %w\n%s", err, out)
	}
	wasm, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	files := fstest.MapFS{"build/app.wasm": {Data: wasm}}
	for _, name := range []string{"worker.mjs", "pool.mjs"} {
		text, err := os.ReadFile("./guest/" + name)
		if err != nil {
			return nil, err
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	return files, nil
})

var guestProgram = sync.OnceValues(func() (*isolate.Program, error) {
	files, err := guestFiles()
	if err != nil {
		return nil, err
	}
	return isolate.Load(context.Background(), isolate.Source{FS: files, Entry: "worker.mjs"})
})

// world is a cluster with what it logged.
type world struct {
	*isolate.Cluster
	t   testing.TB
	log *journal
}

// journal collects messages of the console.
type journal struct {
	mu       sync.Mutex
	messages []isolate.Message
}

func (j *journal) add(m isolate.Message) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.messages = append(j.messages, m)
}

// lines are the messages as "level: arguments".
func (j *journal) lines() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var lines []string
	for _, m := range j.messages {
		var args []string
		for _, arg := range m.Args {
			if raw, ok := arg.(json.RawMessage); ok {
				arg = string(raw)
			}
			args = append(args, fmt.Sprint(arg))
		}
		lines = append(lines, m.Level+": "+strings.Join(args, " "))
	}
	return lines
}

func (j *journal) String() string { return strings.Join(j.lines(), "\n") }

// run starts a cluster and closes it with the test.
func run(t testing.TB, p *isolate.Program, o isolate.Options) *world {
	t.Helper()
	w := &world{t: t, log: &journal{}}
	o.Console = w.log.add
	c, err := p.NewCluster(o)
	if err != nil {
		t.Fatal(err)
	}
	w.Cluster = c
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := c.Close(ctx); err != nil {
			t.Errorf("closing the cluster: %v", err)
		}
	})
	return w
}

// guest runs guest.
func guest(t testing.TB, o isolate.Options) *world {
	t.Helper()
	p, err := guestProgram()
	if err != nil {
		t.Fatal(err)
	}
	return run(t, p, o)
}

// load loads a worker whose entry module is source.
func load(t testing.TB, source string) *isolate.Program {
	t.Helper()
	p, err := isolate.Load(context.Background(), isolate.Source{
		FS: fstest.MapFS{"worker.mjs": {Data: []byte(source)}}, Entry: "worker.mjs",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close(context.Background()) })
	return p
}

// script runs a worker whose fetch handler has the given body, with the
// parameters request, env and ctx.
func script(t testing.TB, body string, o isolate.Options) *world {
	t.Helper()
	return run(t, load(t, "export default { async fetch(request, env, ctx) {"+body+"} }"), o)
}

// do sends a request and returns the status and the body.
func (w *world) do(method, url, body string) (int, string) {
	w.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	return w.send(httptest.NewRequest(method, url, reader))
}

func (w *world) send(r *http.Request) (int, string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	res, err := w.Fetch(ctx, r)
	if err != nil {
		w.t.Fatalf("%s %s: %v\n%s", r.Method, r.URL, err, w.log)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatalf("%s %s: body: %v", r.Method, r.URL, err)
	}
	return res.StatusCode, string(text)
}

// get is do for GET with status 200.
func (w *world) get(path string) string {
	w.t.Helper()
	status, body := w.do("GET", path, "")
	if status != http.StatusOK {
		w.t.Fatalf("GET %s: status %d, %s", path, status, body)
	}
	return body
}

// evals checks function bodies against their results.
func evals(t *testing.T, cases [][2]string) {
	t.Helper()
	var source strings.Builder
	for _, c := range cases {
		fmt.Fprintf(&source, "async () => {%s},\n", c[0])
	}
	w := run(t, load(t, `const cases = [`+source.String()+`];
	  export default { async fetch(request) {
	    const n = Number(new URL(request.url).searchParams.get("n"));
	    let result;
	    try { result = await cases[n](request) } catch (e) { result = e instanceof Error ? e.name + ": " + e.message : "thrown: " + e }
	    return new Response(typeof result === "string" ? result : JSON.stringify(result) ?? "undefined");
	  } }`), isolate.Options{})
	for n, c := range cases {
		if got := w.get(fmt.Sprintf("/?n=%d", n)); got != c[1] {
			t.Errorf("%s\n gives %s\n want  %s", strings.TrimSpace(c[0]), got, c[1])
		}
	}
}

// memoryKV is the least that a KV namespace can be.
type memoryKV struct {
	mu      sync.Mutex
	entries map[string]services.KVEntry
	err     error
}

func newKV() *memoryKV { return &memoryKV{entries: map[string]services.KVEntry{}} }

func (m *memoryKV) Get(_ context.Context, key string) (*services.KVEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[key]
	if !ok || m.err != nil {
		return nil, m.err
	}
	return &e, nil
}

func (m *memoryKV) Put(_ context.Context, e services.KVEntry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err == nil {
		m.entries[e.Key] = e
	}
	return m.err
}

func (m *memoryKV) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.entries, key)
	return m.err
}

func (m *memoryKV) List(_ context.Context, prefix, cursor string, limit int) (services.KVPage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var page services.KVPage
	for _, key := range sortedKeys(m.entries) {
		if !strings.HasPrefix(key, prefix) || key <= cursor {
			continue
		}
		if len(page.Keys) == limit {
			page.Cursor = page.Keys[limit-1].Key
			return page, m.err
		}
		e := m.entries[key]
		e.Value = nil
		page.Keys = append(page.Keys, e)
	}
	page.Complete = true
	return page, m.err
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// memoryObjects is the least that the storage of objects can be. Apply can be
// held up and made to fail.
type memoryObjects struct {
	mu      sync.Mutex
	objects map[string]map[string][]byte
	alarms  map[string]int64
	batches []services.Batch
	gate    chan struct{} // when set, Apply waits for a value
	err     error
}

func newObjects() *memoryObjects {
	return &memoryObjects{objects: map[string]map[string][]byte{}, alarms: map[string]int64{}}
}

func (m *memoryObjects) Object(name string) services.Object { return &memoryObject{m, name} }

func (m *memoryObjects) Alarms(context.Context) ([]services.Alarm, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []services.Alarm
	for _, name := range sortedKeys(m.alarms) {
		list = append(list, services.Alarm{Object: name, Time: m.alarms[name]})
	}
	return list, nil
}

func (m *memoryObjects) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = err
}

func (m *memoryObjects) value(object, key string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return string(m.objects[object][key])
}

func (m *memoryObjects) alarm(object string) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.alarms[object]
}

type memoryObject struct {
	m    *memoryObjects
	name string
}

func (o *memoryObject) Get(key string) ([]byte, bool, error) {
	o.m.mu.Lock()
	defer o.m.mu.Unlock()
	v, ok := o.m.objects[o.name][key]
	return v, ok, nil
}

func (o *memoryObject) List(opts services.ListOptions) ([]services.Pair, error) {
	o.m.mu.Lock()
	defer o.m.mu.Unlock()
	keys := sortedKeys(o.m.objects[o.name])
	if opts.Reverse {
		slices.Reverse(keys)
	}
	var pairs []services.Pair
	for _, key := range keys {
		if !strings.HasPrefix(key, opts.Prefix) || key < opts.Start || opts.StartAfter != "" && key <= opts.StartAfter ||
			opts.End != "" && key >= opts.End || opts.Limit > 0 && len(pairs) == opts.Limit {
			continue
		}
		pairs = append(pairs, services.Pair{Key: key, Value: o.m.objects[o.name][key]})
	}
	return pairs, nil
}

func (o *memoryObject) Apply(ctx context.Context, b services.Batch) error {
	if o.m.gate != nil {
		<-o.m.gate
	}
	o.m.mu.Lock()
	defer o.m.mu.Unlock()
	if o.m.err != nil {
		return o.m.err
	}
	o.m.batches = append(o.m.batches, b)
	if o.m.objects[o.name] == nil || b.DeleteAll {
		o.m.objects[o.name] = map[string][]byte{}
	}
	for _, key := range b.Deletes {
		delete(o.m.objects[o.name], key)
	}
	for _, p := range b.Puts {
		o.m.objects[o.name][p.Key] = p.Value
	}
	if b.DeleteAll || b.Alarm != nil {
		delete(o.m.alarms, o.name)
	}
	if b.Alarm != nil && *b.Alarm != 0 {
		o.m.alarms[o.name] = *b.Alarm
	}
	return nil
}
