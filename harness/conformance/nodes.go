package conformance

import (
	"net/http/httptest"
	"strings"

	"tracedge/harness/fakekubo"
)

// Nodes are IPFS nodes on 127.0.0.1, as many as cases ask for by name.
type Nodes struct {
	server *httptest.Server
	fake   *fakekubo.Server
}

func newNodes() *Nodes {
	n := &Nodes{fake: fakekubo.New()}
	n.server = httptest.NewServer(n.fake)
	return n
}

func (n *Nodes) close() {
	n.server.CloseClientConnections()
	n.server.Close()
}

// node is the node of a name and its endpoint.
func (n *Nodes) node(name string) (*fakekubo.Node, string) {
	return n.fake.Node(name), n.server.URL + "/" + name
}

// fill replaces the word $ipfs in settings by the address of the nodes.
func (n *Nodes) fill(settings map[string]string) map[string]string {
	out := make(map[string]string, len(settings))
	for name, value := range settings {
		out[name] = strings.ReplaceAll(value, "$ipfs", n.server.URL)
	}
	return out
}
