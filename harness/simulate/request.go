package simulate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Request is what a client asks for.
type Request struct {
	Method, Path string
	Body         any    // JSON; nil for none
	Raw          string // sent instead of Body
	Token        string // of an account
	APIKey       string
	Once         bool // with an idempotency key
	Attempts     int  // at most; 0 for what the step's seed says
}

// Answer is what a client gets, in the end.
type Answer struct {
	Status int // 0 when none came
	Kind   string
	Text   []byte
	Header http.Header
	// Unsure says that the request may have had effects all the same: it was
	// sent and no answer of less than 500 came. Of several attempts, any.
	Unsure bool
	// Keys is how many idempotency keys the attempts used; the request may have
	// taken effect so often.
	Keys int
}

// OK reports success.
func (a Answer) OK() bool { return a.Status >= 200 && a.Status < 300 }

// Failed reports that the service or the network failed, which says nothing
// about what was asked.
func (a Answer) Failed() bool {
	return a.Status == 0 || a.Status >= 500 || a.Status == http.StatusTooManyRequests
}

// Get reads a field of the body, nested ones by "a.b".
func (a Answer) Get(path string) any {
	var v any
	_ = json.Unmarshal(a.Text, &v)
	for part := range strings.SplitSeq(path, ".") {
		m, _ := v.(map[string]any)
		v = m[part]
	}
	return v
}

// String is Get for strings; "" where there is none.
func (a Answer) String(path string) string { s, _ := a.Get(path).(string); return s }

// Do sends a request, again and again as far as the client's patience goes while
// the answer is a failure.
func (c *Client) Do(r Request) Answer {
	attempts := r.Attempts
	if attempts == 0 {
		attempts = 1 + c.random.IntN(4)
	}
	var key string
	if r.Once {
		key = c.newKey()
	}
	first := c.keys
	unsure, replied := false, map[string]string{}
	for n := 1; ; n++ {
		a := c.send(r, key)
		unsure = unsure || a.Status == 0 || a.Status >= 500
		if a.OK() && key != "" {
			if before, known := replied[key]; known && before != string(a.Text) {
				c.violate("one effect per idempotency key", "%s %s answered %s and then %s", r.Method, r.Path, before, a.Text)
			}
			replied[key] = string(a.Text)
			if a.Header.Get("Idempotency-Replayed") == "true" {
				c.happened(Replayed)
			}
		}
		again := a.Status == 0 || a.Status >= 500 || a.Status == http.StatusConflict && a.Header.Get("Retry-After") != ""
		// Somebody who is not sure whether it was done sometimes asks again although it was.
		doubt := a.OK() && key != "" && c.random.IntN(6) == 0
		if n >= attempts || !again && !doubt {
			a.Unsure = unsure && !a.OK()
			if r.Once {
				a.Keys = c.keys - first + 1
			}
			return a
		}
		c.Sleep(c.pause())
		if key != "" && !a.OK() && c.random.IntN(6) == 0 {
			key = c.newKey()
			c.happened(NewKeyRetry)
		} else if key != "" {
			c.happened(SameKeyRetry)
		}
	}
}

// pause is how long the client waits before it asks again: seconds mostly, and now
// and then longer than a reservation lives.
func (c *Client) pause() time.Duration {
	if c.random.IntN(8) == 0 {
		return evenly(c.random, 61*time.Second, 100*time.Second)
	}
	return between(c.random, 0, 5*time.Second)
}

func (c *Client) newKey() string {
	c.keys++
	return fmt.Sprintf("key-%s-%d", c.step.ID, c.keys)
}

// send makes one attempt.
func (c *Client) send(r Request, key string) (a Answer) {
	c.seen++
	request, body := c.build(r, key)
	sent, n, patience := c.now, c.isolate(), c.patience()
	what := fmt.Sprintf("%s %s of step %s", r.Method, r.Path, c.step.ID)
	var leaves *Fault
	c.wait(func(wake func()) {
		over := false
		end := func(answer Answer) {
			if !over {
				over, a = true, answer
				wake()
			}
		}
		leave := func() {}
		c.AfterFunc(c.hop(), func() {
			c.result.Requests++
			stop := c.AfterFunc(longestRequest, func() { c.violate("no request hangs", "%s has no answer after %s", what, longestRequest) })
			leave = c.cluster.Dispatch(n, request, body, func(res *http.Response, err error) {
				stop()
				answer := c.read(r, res, err)
				if c.misfortunes.strike(AnswerLost, what) != nil {
					return
				}
				c.AfterFunc(c.hop(), func() { end(answer) })
			})
			if leaves = c.misfortunes.strike(ClientLeaves, what); leaves != nil {
				c.AfterFunc(leaves.For/100, func() { leave(); end(Answer{}) })
			}
		})
		c.AfterFunc(patience, func() {
			if !over {
				c.happened(ClientTimeout)
				leave()
				end(Answer{})
			}
		})
	})
	c.tell("  %s at isolate %d: %s after %.3f s%s", what, n, a.outcome(), c.now.Sub(sent).Seconds(), keyed(key))
	return a
}

// longestRequest is what the shim allows: the queue, the request, the work after
// it, and a margin.
const longestRequest = 75 * time.Second

func (a Answer) outcome() string {
	switch {
	case a.Status == 0:
		return "no answer"
	case a.Status >= 400:
		return fmt.Sprintf("%d %s", a.Status, a.Kind)
	}
	return fmt.Sprint(a.Status)
}

func keyed(key string) string {
	if key == "" {
		return ""
	}
	return ", " + key
}

func (c *Client) build(r Request, key string) (*http.Request, []byte) {
	body := []byte(r.Raw)
	if r.Raw == "" && r.Body != nil {
		body, _ = json.Marshal(r.Body)
	}
	request, err := http.NewRequest(r.Method, "https://api.tracedge.example"+r.Path, bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	request.RemoteAddr = c.address() + ":1234"
	if len(body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	if r.Token != "" {
		request.Header.Set("Authorization", "Bearer "+r.Token)
	}
	if r.APIKey != "" {
		request.Header.Set("X-Api-Key", r.APIKey)
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	return request, body
}

// read takes an answer apart and checks what holds of all.
func (c *Client) read(r Request, res *http.Response, err error) Answer {
	if err != nil {
		c.noAnswer(r, err)
		return Answer{}
	}
	a := Answer{Status: res.StatusCode, Header: res.Header}
	a.Text, _ = io.ReadAll(res.Body)
	c.checkTrace(r, a)
	if a.Status >= 400 && r.Method != http.MethodHead {
		a.Kind = a.String("error_kind")
		c.checkFailure(r, a)
	}
	return a
}

// nextPage is the path that a Link header leads to, "" for none.
func nextPage(link string) string {
	path, _, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">")
	return path
}
