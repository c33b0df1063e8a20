package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tracedge/harness/breakdown"
	"tracedge/harness/isolate"
	"tracedge/harness/services"
	"tracedge/harness/services/memory"
)

// recorder collects records as `tracedge serve --log json` prints them.
type recorder struct {
	mu  sync.Mutex
	log bytes.Buffer
}

func (r *recorder) console(m isolate.Message) {
	for _, a := range m.Args {
		if doc, ok := a.(json.RawMessage); ok && len(m.Args) == 1 {
			r.mu.Lock()
			r.log.Write(append(doc, '\n'))
			r.mu.Unlock()
		}
	}
}

// start runs the real module with calls to its sequencer going through an injector.
func start(t *testing.T, i *Injector, r *recorder, isolates int, vars map[string]any) *isolate.Cluster {
	t.Helper()
	root := filepath.Join("..", "..")
	build := exec.Command("make", "wasm")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("make wasm: %v\n%s", err, out)
	}
	const path = "build/tracedge.wasm"
	code, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	program, err := isolate.Load(t.Context(), isolate.Source{
		FS: os.DirFS(root), Entry: "worker/worker.mjs", Wasm: map[string][]byte{path: code},
	})
	if err != nil {
		t.Fatal(err)
	}
	store := memory.New(nil)
	all := map[string]any{
		"JWT_SECRET": strings.Repeat("s", 32), "BCRYPT_COST": "4", "LOGIN_FAILURE_LIMIT": "0", "ADDRESS_FAILURE_LIMIT": "0",
	}
	maps.Copy(all, vars)
	cluster, err := program.NewCluster(isolate.Options{
		Isolates: isolates, ObjectIsolates: 1, Console: r.console, WrapCalls: i.Wrap,
		Bindings: isolate.Bindings{
			Vars:    all,
			KV:      map[string]services.KV{"STORE": store.KV("STORE")},
			Objects: map[string]string{"SEQUENCER": "Sequencer"},
			Classes: map[string]services.Objects{"Sequencer": store.Objects("Sequencer")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cluster.Stop()
		program.Close(context.Background())
	})
	return cluster
}

// login logs in. A name that nobody has is a partition of its own, so a strike is one request's.
func login(ctx context.Context, c *isolate.Cluster, name string) (int, error) {
	return post(ctx, c, "/api/auth/login", fmt.Sprintf(`{"username":%q,"password":"Cocoa beans 1"}`, name))
}

func post(ctx context.Context, c *isolate.Cluster, path, body string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, "POST", "http://tracedge.test"+path, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.RemoteAddr = "192.0.2.1:1"
	response, err := c.Fetch(ctx, r)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusServiceUnavailable && response.Header.Get("Retry-After") != "1" {
		return 0, fmt.Errorf("a 503 without Retry-After")
	}
	return response.StatusCode, nil
}

// Every failure of a run is recorded, counted and explained: the injector's own counts are the oracle.
func TestBreakdownCountsWhatWasInjected(t *testing.T) {
	const requests, clients = 10_000, 48
	injector := New(Plan{Overload: 0.02, Garbage: 0.01, Conflict: 0.004, Lost: 0.003, Hang: 0.001}, 1, "username/")
	var log recorder
	cluster := start(t, injector, &log, 2, map[string]any{"LOGIN_CONCURRENCY": "1000", "MAX_INSTANCES": "24"})

	names := make(chan string)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for name := range names {
				if _, err := login(t.Context(), cluster, name); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
	for n := range requests {
		names <- fmt.Sprintf("nobody-%d", n)
	}
	close(names)
	wg.Wait()
	if t.Failed() {
		return
	}

	b, err := breakdown.Read(&log.log, breakdown.Filter{Endpoint: breakdown.Login})
	if err != nil {
		t.Fatal(err)
	}
	report := b.Report()
	want := map[string]int64{"auth_error": requests}
	for kind, n := range injector.Counts() {
		if n == 0 {
			t.Errorf("%s never struck", kind)
		}
		want[ErrorKinds()[kind]] += n
		want["auth_error"] -= n
	}
	got := map[string]int64{}
	for _, c := range report.Kinds {
		got[c.Name] = c.Count
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the breakdown counts %v, injected were %v", got, want)
	}
	if report.Requests != requests || report.Coverage.Share != 1 || report.Coverage.Failed != requests || report.Input.Broken != 0 {
		t.Errorf("%d requests, coverage %+v, input %+v", report.Requests, report.Coverage, report.Input)
	}
	t.Logf("%d requests, %v", report.Requests, got)
}

// 200 logins at once against one isolate: as many as it admits succeed, the others are told to come back, nobody hangs,
// and the breakdown explains every one of them.
func TestBackpressure(t *testing.T) {
	const logins = 200
	var log recorder
	cluster := start(t, New(nil, 1, "none/"), &log, 1, nil)
	if status, err := post(t.Context(), cluster, "/api/auth/register",
		`{"username":"ana","email":"ana@farm.example","password":"Cocoa beans 1"}`); status != 200 || err != nil {
		t.Fatal(status, err)
	}
	statuses := make(chan int, logins)
	var wg sync.WaitGroup
	for range logins {
		wg.Go(func() {
			status, err := login(t.Context(), cluster, "ana")
			if err != nil {
				t.Error(err)
			}
			statuses <- status
		})
	}
	wg.Wait()
	close(statuses)
	seen := map[int]int64{}
	for s := range statuses {
		seen[s]++
	}
	if seen[200] < 32 || seen[503] == 0 || seen[200]+seen[503] != logins {
		t.Fatalf("statuses %v", seen)
	}
	b, err := breakdown.Read(&log.log, breakdown.Filter{Endpoint: breakdown.Login})
	if err != nil {
		t.Fatal(err)
	}
	r := b.Report()
	if r.Requests != logins || r.Errors != seen[503] || r.Coverage.Share != 1 || len(r.Kinds) != 1 ||
		r.Kinds[0] != (breakdown.Count{Name: "overloaded", Count: seen[503]}) {
		t.Fatalf("the clients saw %v, the breakdown counts %d requests, %v", seen, r.Requests, r.Kinds)
	}
}

func TestParsePlan(t *testing.T) {
	plan, err := ParsePlan("overload=2%, hang=0.5%")
	if err != nil || plan[Overload] != 0.02 || plan[Hang] != 0.005 {
		t.Fatal(plan, err)
	}
	for _, bad := range []string{"", "storm=1%", "overload", "overload=2", "overload=-1%", "overload=60%,hang=50%"} {
		if _, err := ParsePlan(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestStrikesFollowFromTheSeed(t *testing.T) {
	plan := Plan{Overload: 0.3, Garbage: 0.2}
	a, again, b := New(plan, 1, "username/"), New(plan, 1, "username/"), New(plan, 2, "username/")
	differ := 0
	for n := range 1000 {
		name := fmt.Sprintf("username/%d", n)
		x := a.strike(name)
		if x != again.strike(name) {
			t.Fatal("the same seed strikes otherwise")
		}
		if x != b.strike(name) {
			differ++
		}
	}
	c := a.Counts()
	if c[Overload] < 250 || c[Overload] > 350 || c[Garbage] < 150 || c[Garbage] > 250 || differ == 0 {
		t.Fatalf("%v, %d differ", c, differ)
	}
	if a.strike("user/1") != "" {
		t.Fatal("struck outside the prefix")
	}
}
