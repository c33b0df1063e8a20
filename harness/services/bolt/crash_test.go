package bolt_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tracedge/harness/services"
	"tracedge/harness/services/bolt"
)

// crashFile names the file that a child of the crash test writes to.
const crashFile = "TRACEDGE_CRASH_TEST_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		crashChild(path)
		return
	}
	os.Exit(m.Run())
}

const (
	crashWriters = 8
	crashKeys    = 5 // of one batch, beside the marker
	crashRounds  = 20
)

// crashBatch is batch n: all its values name n, and one key of its own stays.
func crashBatch(n int) services.Batch {
	text := []byte(fmt.Sprint(n))
	at := int64(n + 1)
	b := services.Batch{Alarm: &at, Puts: []services.Pair{{Key: fmt.Sprintf("marker/%08d", n), Value: text}}}
	for i := range crashKeys {
		b.Puts = append(b.Puts, services.Pair{Key: fmt.Sprintf("value/%d", i), Value: text})
	}
	return b
}

// crashChild applies numbered batches to a number of objects, each going on
// where it stopped, and prints a line for each that was acknowledged. It runs
// until it is killed.
func crashChild(path string) {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	var out sync.Mutex
	var wg sync.WaitGroup
	for w := range crashWriters {
		wg.Go(func() {
			o, kv := s.Objects("C").Object(fmt.Sprint(w)), s.KV("n")
			done, err := o.List(services.ListOptions{Prefix: "marker/"})
			for n := len(done); err == nil; n++ {
				if err = o.Apply(context.Background(), crashBatch(n)); err == nil {
					err = kv.Put(context.Background(), services.KVEntry{Key: fmt.Sprint(w), Value: []byte(fmt.Sprint(n))})
				}
				out.Lock()
				if err != nil {
					fmt.Println("error", err)
				} else {
					fmt.Println("ack", w, n)
				}
				out.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestKilledProcessLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	acked := [crashWriters]int{}
	for w := range acked {
		acked[w] = -1
	}
	total := 0
	for round := range crashRounds {
		before := total
		total += runAndKill(t, path, &acked, 1+rand.IntN(300))
		if total == before {
			t.Fatalf("round %d: the child acknowledged nothing", round)
		}
		checkCrashed(t, path, acked)
		if t.Failed() {
			t.Fatalf("after %d kills and %d acknowledged batches", round+1, total)
		}
	}
	t.Logf("%d kills, %d acknowledged batches, none lost", crashRounds, total)
}

// runAndKill lets a child write until it acknowledged so many batches, kills it
// at whatever it is doing then, and returns the number of acknowledged batches.
func runAndKill(t *testing.T, path string, acked *[crashWriters]int, kill int) (count int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashFile+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Wait() // its error only says that it was killed
	defer child.Process.Kill()
	lines := bufio.NewScanner(out)
	for lines.Scan() { // up to the end of the pipe: also what was printed before the kill
		var w, n int
		if _, err := fmt.Sscanf(lines.Text(), "ack %d %d", &w, &n); err != nil {
			if strings.HasPrefix(lines.Text(), "error") || count < kill {
				t.Fatalf("child: %s", lines.Text())
			}
			continue // a line cut off by the kill
		}
		acked[w] = n
		if count++; count == kill {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return count
}

// checkCrashed opens the file again: every acknowledged batch is there and every
// batch, acknowledged or not, is whole.
func checkCrashed(t *testing.T, path string, acked [crashWriters]int) {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	alarms, err := s.Objects("C").Alarms(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	due := map[string]int64{}
	for _, a := range alarms {
		due[a.Object] = a.Time
	}
	for w := range acked {
		name := fmt.Sprint(w)
		o := s.Objects("C").Object(name)
		markers, err := o.List(services.ListOptions{Prefix: "marker/"})
		if err != nil {
			t.Fatal(err)
		}
		last := len(markers) - 1
		if last < acked[w] {
			t.Errorf("object %d: batch %d was acknowledged, the last one there is %d", w, acked[w], last)
		}
		if last < 0 {
			continue
		}
		for n, m := range markers {
			if string(m.Value) != fmt.Sprint(n) {
				t.Fatalf("object %d: marker %d says %s", w, n, m.Value)
			}
		}
		values, err := o.List(services.ListOptions{Prefix: "value/"})
		if err != nil || len(values) != crashKeys {
			t.Errorf("object %d: %d values, %v", w, len(values), err)
		}
		for _, v := range values {
			if string(v.Value) != fmt.Sprint(last) {
				t.Errorf("object %d: %s is of batch %s, the last one is %d", w, v.Key, v.Value, last)
			}
		}
		if due[name] != int64(last+1) {
			t.Errorf("object %d: alarm is of batch %d, the last one is %d", w, due[name]-1, last)
		}
		e, err := s.KV("n").Get(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		var entry int
		if e != nil {
			fmt.Sscan(string(e.Value), &entry)
		}
		if e == nil && acked[w] >= 0 || entry < acked[w] || entry > last {
			t.Errorf("object %d: KV has %d, acknowledged was %d, the last batch is %d", w, entry, acked[w], last)
		}
	}
}
