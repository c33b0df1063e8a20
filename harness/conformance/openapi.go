package conformance

import (
	"net/http"
	"sync"
	"testing"

	"tracedge/harness/openapi"
)

// document is what the service under test says of itself: every exchange of a run is held against it.
type document struct {
	once  sync.Once
	judge *openapi.Judge
}

// load reads the document of a service, once in a run: all services of a run are the same program.
func (d *document) load(t testing.TB, url string) {
	t.Helper()
	d.once.Do(func() {
		reply, err := exchange(url, get("/openapi.json"))
		if err != nil || reply.Status != http.StatusOK {
			t.Fatalf("GET /openapi.json gives %v, %v", reply, err)
		}
		if d.judge, err = openapi.NewJudge(reply.Body); err != nil {
			t.Fatalf("/openapi.json is not usable: %v", err)
		}
	})
}

// breaches are what a reply, and the request if it was accepted, do against the document.
func (d *document) breaches(r *Reply) []rule {
	var broken []rule
	add := func(says, wrong string) {
		if wrong != "" {
			broken = append(broken, rule{says, func(*Reply) string { return wrong }})
		}
	}
	add("/openapi.json describes every reply", d.judge.Response(r.Request.Method, r.Request.Target, r.Status, r.Header.Get("Content-Type"), r.Body))
	if r.Status >= 200 && r.Status < 300 {
		add("/openapi.json describes every request that is accepted", d.judge.Request(r.Request.Method, r.Request.Target, []byte(r.Request.Body)))
	}
	return broken
}
