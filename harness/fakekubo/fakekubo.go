// Package fakekubo is an IPFS node for tests: the part of Kubo's RPC interface that the service uses, over memory, with
// faults that can be switched on. One server stands for many nodes: the first segment of the path names the node, so each
// test has its own.
//
// It is held against a real node by the tests of harness/kubo, which make the same calls to both.
package fakekubo

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Server answers for all nodes.
type Server struct {
	mu    sync.Mutex
	nodes map[string]*Node
}

// New returns a server without nodes; a node comes to be when it is first named.
func New() *Server { return &Server{nodes: make(map[string]*Node)} }

// Node is one node by name.
func (s *Server) Node(name string) *Node {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.nodes[name]
	if !ok {
		n = &Node{blocks: make(map[string][]byte), pins: make(map[string]bool), fails: make(map[string]int)}
		s.nodes[name] = n
	}
	return n
}

// ServeHTTP answers <node>/api/v0/<command>.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, command, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/api/v0/")
	if !ok {
		http.NotFound(w, r)
		return
	}
	s.Node(name).serve(w, r, command)
}

// Always is a number of failures without end.
const Always = 1 << 30

// Node is one node. Its methods may be used while it serves.
type Node struct {
	mu     sync.Mutex
	blocks map[string][]byte
	pins   map[string]bool
	fails  map[string]int // by command: answers still to be refused with 500
	wrong  bool
	silent chan struct{} // while not nil, nothing is answered
	want   [2]string     // header that every call must carry
	calls  []Call
	now    int // calls being answered
	most   int // greatest number of them at once
	pause  time.Duration
}

// Call is one call as it came.
type Call struct {
	Command string
	Header  http.Header
}

// Fail makes the next n calls of a command end with 500.
func (n *Node) Fail(command string, times int) { n.set(func() { n.fails[command] = times }) }

// Corrupt makes cat answer with other bytes of the same length.
func (n *Node) Corrupt(on bool) { n.set(func() { n.wrong = on }) }

// Demand makes calls without that header field end with 401.
func (n *Node) Demand(name, value string) { n.set(func() { n.want = [2]string{name, value} }) }

// Slow makes every call take that long.
func (n *Node) Slow(d time.Duration) { n.set(func() { n.pause = d }) }

// Silence stops all answers until the function that it returns is called.
func (n *Node) Silence() (speak func()) {
	silent := make(chan struct{})
	n.set(func() { n.silent = silent })
	return sync.OnceFunc(func() {
		n.set(func() { n.silent = nil })
		close(silent)
	})
}

// Calls are the calls so far.
func (n *Node) Calls() (out []Call) {
	n.set(func() { out = append(out, n.calls...) })
	return out
}

// Count is how often a command was called.
func (n *Node) Count(command string) (count int) {
	for _, c := range n.Calls() {
		if c.Command == command {
			count++
		}
	}
	return count
}

// Pinned is the content that is pinned, by CID.
func (n *Node) Pinned() map[string]string {
	out := make(map[string]string)
	n.set(func() {
		for cid := range n.pins {
			out[cid] = string(n.blocks[cid])
		}
	})
	return out
}

// Blocks is how many blocks the node has.
func (n *Node) Blocks() (count int) {
	n.set(func() { count = len(n.blocks) })
	return count
}

// Most is the greatest number of calls that were answered at once.
func (n *Node) Most() (most int) {
	n.set(func() { most = n.most })
	return most
}

func (n *Node) set(f func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f()
}

// serve answers one call.
func (n *Node) serve(w http.ResponseWriter, r *http.Request, command string) {
	body, _ := io.ReadAll(r.Body)
	var silent chan struct{}
	var pause time.Duration
	refused := 0
	n.set(func() {
		n.calls = append(n.calls, Call{command, r.Header.Clone()})
		n.now++
		n.most = max(n.most, n.now)
		silent, pause = n.silent, n.pause
		switch {
		case n.want[0] != "" && r.Header.Get(n.want[0]) != n.want[1]:
			refused = http.StatusUnauthorized
		case r.Method != http.MethodPost:
			refused = http.StatusMethodNotAllowed
		case n.fails[command] > 0:
			n.fails[command]--
			refused = http.StatusInternalServerError
		}
	})
	defer n.set(func() { n.now-- })
	if silent != nil {
		select {
		case <-silent:
		case <-r.Context().Done():
			return
		}
	}
	time.Sleep(pause)
	if refused != 0 {
		complain(w, refused, "something that no client may see: /root/.ipfs/datastore")
		return
	}
	n.answer(w, r, command, body)
}

// complain is an error in the form of Kubo.
func complain(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"Message": message, "Code": 0, "Type": "error"})
}
