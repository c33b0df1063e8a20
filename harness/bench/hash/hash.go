// Package hash answers requests with a comparison of bcrypt, natively and in a module.
package hash

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/crypto/bcrypt"

	"tracedge/core/message"
	"tracedge/core/status"
)

var (
	mu     sync.Mutex
	hashes = map[int][]byte{}
)

// Serve compares a password with its hash: GET /bcrypt?cost=10. Everything else is 200 without work.
func Serve(_ context.Context, r *message.Request) message.Response {
	answer := message.Response{Status: status.OK, Header: message.Header{{Name: "Content-Type", Value: "application/json"}}, Body: []byte("{}")}
	text, given := strings.CutPrefix(r.Query, "cost=")
	if r.Path != "/bcrypt" || !given {
		return answer
	}
	cost, err := strconv.Atoi(text)
	if err == nil {
		err = compare(cost)
	}
	if err != nil {
		answer.Status = status.InternalServerError
	}
	return answer
}

func compare(cost int) error {
	h, err := hashOf(cost)
	if err != nil {
		return err
	}
	return bcrypt.CompareHashAndPassword(h, []byte("password"))
}

// hashOf makes the hash of a cost once.
func hashOf(cost int) ([]byte, error) {
	mu.Lock()
	defer mu.Unlock()
	if h, ok := hashes[cost]; ok {
		return h, nil
	}
	h, err := bcrypt.GenerateFromPassword([]byte("password"), cost)
	hashes[cost] = h
	return h, err
}
