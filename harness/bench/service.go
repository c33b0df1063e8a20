package bench

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"tracedge/harness/process"
)

// Setup says what a service is started with.
type Setup struct {
	Root    string            // folder of wrangler.toml, with build/ and node_modules
	Command string            // the command tracedge
	Wasm    string            // the module
	Vars    map[string]string // variables and secrets
}

// Vars are those of a measurement: nothing is throttled, hashes cost what bcrypt says.
func Vars(bcryptCost int) map[string]string {
	return map[string]string{
		"JWT_SECRET": "measured-measured-measured-measured", "BCRYPT_COST": fmt.Sprint(bcryptCost),
		"REGISTER_RATE_LIMIT_PER_HOUR": "0", "LOGIN_FAILURE_LIMIT": "0", "ADDRESS_FAILURE_LIMIT": "0",
	}
}

// Service is a runtime that serves.
type Service struct {
	Runtime string
	URL     string // http://127.0.0.1:port, without a path
	Started time.Duration
	process *process.Process
	program string // name of the process whose memory counts
}

// patience bounds the start of a service.
const patience = 60 * time.Second

// Start starts a runtime and waits until it listens.
func Start(ctx context.Context, r Runtime, s Setup) (*Service, error) {
	begin := time.Now()
	command, err := r.command(s)
	if err != nil {
		return nil, err
	}
	p, err := process.Start(command, 2000)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	line, err := p.Await(ctx, r.ready)
	if err != nil {
		p.Stop()
		return nil, fmt.Errorf("start %s: %w", r.Name, err)
	}
	url, _, _ := strings.Cut(line, " ")
	return &Service{Runtime: r.Name, URL: url, Started: time.Since(begin), process: p, program: r.program}, nil
}

// Stop ends the service.
func (s *Service) Stop() { s.process.Stop() }

// pairs are vars as NAME=VALUE, in order.
func pairs(vars map[string]string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		out = append(out, name+"="+vars[name])
	}
	return out
}

// newHTTP returns a client that keeps connections and takes no proxy from the environment.
func newHTTP(connections int) *http.Client {
	return &http.Client{
		Timeout:   patience,
		Transport: &http.Transport{MaxIdleConns: connections, MaxIdleConnsPerHost: connections},
	}
}
