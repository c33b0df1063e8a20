package workerd

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tracedge/harness/breakdown"
)

// What a Tail Worker gets from the platform's own runtime is read as it is, and tells every request and its failure.
func TestTailWorkerEventsAreBrokenDown(t *testing.T) {
	var mu sync.Mutex
	var events bytes.Buffer
	sink := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		events.Write(append(b, '\n'))
	}))
	defer sink.Close()
	root := filepath.Join("..", "..", "..")
	build := exec.Command("make", "wasm", "node_modules")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("make wasm node_modules: %v\n%s", err, out)
	}
	s := Start(t, Options{
		Root: root, Module: filepath.Join(root, "build", "tracedge.wasm"), Tail: sink.URL,
		Vars: map[string]string{"JWT_SECRET": strings.Repeat("s", 32), "BCRYPT_COST": "4", "LOGIN_CONCURRENCY": "1", "MAX_INSTANCES": "1"},
	})
	want := map[string]int64{}
	for range 5 {
		want[post(t, s.URL+"/api/auth/login", `{"username":"nobody","password":"x"}`)]++
		want[post(t, s.URL+"/nowhere", `{}`)]++
	}
	// At once, so that some are refused in front of the module; what each got is what its client saw.
	var wg sync.WaitGroup
	var seen sync.Mutex
	for n := range 40 {
		wg.Go(func() {
			kind := post(t, s.URL+"/api/auth/login", fmt.Sprintf(`{"username":"nobody-%d","password":"x"}`, n))
			seen.Lock()
			defer seen.Unlock()
			want[kind]++
		})
	}
	wg.Wait()

	var report breakdown.Report
	var total int64
	for _, n := range want {
		total += n
	}
	for range 100 { // the events follow the responses
		mu.Lock()
		b, err := breakdown.Read(bytes.NewReader(events.Bytes()), breakdown.Filter{})
		mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		if report = b.Report(); report.Errors >= total {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	got := map[string]int64{}
	for _, c := range report.Kinds {
		got[c.Name] = c.Count
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the breakdown counts %v, the clients saw %v", got, want)
	}
	if report.Coverage.Share != 1 || report.Coverage.Failed != total || report.Input.Broken != 0 || report.Input.Text != 0 {
		t.Errorf("coverage %+v, input %+v", report.Coverage, report.Input)
	}
	if want["overloaded"] == 0 || want["auth_error"] == 0 {
		t.Errorf("the run did not meet what it is about: %v", want)
	}
	if report.Wall.Count == 0 {
		t.Error("the platform's times were not read")
	}
}

// post returns the error_kind that the client gets.
func post(t *testing.T, url, body string) string {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return ""
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	_, rest, _ := strings.Cut(string(text), `"error_kind":"`)
	kind, _, _ := strings.Cut(rest, `"`)
	return kind
}
