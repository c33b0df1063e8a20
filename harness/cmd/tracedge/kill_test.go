package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

const (
	killRounds  = 20
	killClients = 6
)

// TestKilledServerLosesNothing kills the server while clients register, and
// starts it again on the same data: everybody whose registration was
// acknowledged can log in.
func TestKilledServerLosesNothing(t *testing.T) {
	buildModule(t)
	data := t.TempDir()
	var all, last []string
	for round := range killRounds {
		c := startChild(t, data)
		loginAll(t, c, last)
		if t.Failed() {
			t.Fatalf("after kill %d of %d", round, killRounds)
		}
		last = registerAndKill(t, c, round)
		all = append(all, last...)
	}
	loginAll(t, startChild(t, data), all)
	t.Logf("%d kills, %d acknowledged registrations, none lost", killRounds, len(all))
}

// registerAndKill has clients register until the server is killed, at a random
// moment after a random number of registrations. It returns the names whose
// registration was acknowledged.
func registerAndKill(t *testing.T, c *child, round int) (acknowledged []string) {
	t.Helper()
	var mu sync.Mutex
	enough := 1 + rand.IntN(30)
	reached := make(chan struct{})
	var clients sync.WaitGroup
	for client := range killClients {
		clients.Go(func() {
			for n := 0; ; n++ {
				name := fmt.Sprintf("round%d-client%d-%d", round, client, n)
				status, body, err := c.register(name)
				if err != nil {
					return // the server is gone
				}
				if status != 200 {
					t.Errorf("registration of %s: %d %s", name, status, body)
					return
				}
				mu.Lock()
				acknowledged = append(acknowledged, name)
				if len(acknowledged) == enough {
					close(reached)
				}
				mu.Unlock()
			}
		})
	}
	stopped := make(chan struct{})
	go func() { clients.Wait(); close(stopped) }()
	select {
	case <-reached:
		time.Sleep(rand.N(20 * time.Millisecond))
	case <-stopped:
		t.Fatalf("the server stopped by itself:\n%s", &c.stderr)
	}
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.wait()
	<-stopped
	return acknowledged
}

// loginAll logs everybody in.
func loginAll(t *testing.T, c *child, names []string) {
	t.Helper()
	next := make(chan string)
	var clients sync.WaitGroup
	for range killClients {
		clients.Go(func() {
			for name := range next {
				if status, body, err := c.login(name); status != 200 || err != nil {
					t.Errorf("%s registered and cannot log in: %d %s %v", name, status, body, err)
				}
			}
		})
	}
	for _, name := range names {
		next <- name
	}
	close(next)
	clients.Wait()
}
