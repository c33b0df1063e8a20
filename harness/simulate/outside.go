package simulate

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"time"

	"tracedge/harness/fakekubo"
)

// outside is every service that the worker calls: the mail provider and one node of IPFS. Nothing else is ever called.
type outside struct {
	world   *World
	random  *rand.Rand
	letters letters
	ipfs    *fakekubo.Server
}

// ipfsHost is where the node is, as the settings of the deployment say.
const ipfsHost = "ipfs.example"

func newOutside(w *World) *outside {
	return &outside{world: w, random: stream(w.plan.Seed, "outside"), ipfs: fakekubo.New()}
}

// node is the node of IPFS. What it holds is what really arrived there.
func (o *outside) node() *fakekubo.Node { return o.ipfs.Node("node") }

// RoundTrip implements http.RoundTripper.
func (o *outside) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		read, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = read
	}
	w := o.world
	what := r.Method + " " + r.URL.Host + r.URL.Path
	if w.misfortunes.strike(ServiceHangs, what) != nil {
		for r.Context().Err() == nil { // the caller gives up in virtual time
			w.Sleep(100 * time.Millisecond)
		}
		return nil, r.Context().Err()
	}
	w.Sleep(between(o.random, 20*time.Millisecond, 900*time.Millisecond))
	if w.misfortunes.strike(ServiceFails, what) != nil {
		return respond(r, http.StatusInternalServerError, nil), nil
	}
	res := o.serve(r, body)
	if w.misfortunes.strike(ServiceLosesAck, what) != nil {
		return nil, errors.New("simulated: connection reset")
	}
	return res, nil
}

func (o *outside) serve(r *http.Request, body []byte) *http.Response {
	switch r.URL.Host {
	case mailHost:
		o.letters = append(o.letters, string(body))
		return respond(r, http.StatusAccepted, nil)
	case ipfsHost:
		asked := r.Clone(r.Context())
		asked.Body = io.NopCloser(bytes.NewReader(body))
		answer := httptest.NewRecorder()
		o.ipfs.ServeHTTP(answer, asked)
		return respond(r, answer.Code, answer.Body.Bytes())
	}
	o.world.violate("nobody is told what they may not know", "%s %s is called, which is no service of this world", r.Method, r.URL)
	return respond(r, http.StatusNotFound, nil)
}

func respond(r *http.Request, status int, body []byte) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Body: io.NopCloser(bytes.NewReader(body)), Request: r,
	}
}
