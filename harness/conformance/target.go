package conformance

import "testing"

// Target is one running service under test.
type Target struct {
	Name     string            // of its runtime, for messages
	URL      string            // http://127.0.0.1:port, without a path
	Settings map[string]string // what it was started with
	Sweep    func(testing.TB)  // runs the scheduled sweep and returns when it is done
	Records  func() []Record   // everything that it has logged so far, oldest first
	Mail     *MailSink         // the mail provider of its settings; set by the suite
	IPFS     *Nodes            // IPFS nodes that it can reach; set by the suite
}

// Runtime starts services of one kind.
type Runtime interface {
	// Name is a short word for messages: native, wazero, workerd.
	Name() string
	// Start starts a service with empty storage and exactly these settings, where an empty value means unset, and stops
	// it when t ends. The records may be read until then. It returns when the service answers GET /health with 200.
	Start(t testing.TB, settings map[string]string) *Target
}
