// Package hash answers requests with a comparison of bcrypt, natively and in a module.
package hash

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"golang.org/x/crypto/bcrypt"
)

var (
	mu     sync.Mutex
	hashes = map[int][]byte{}
)

// ServeHTTP compares a password with its hash: GET /bcrypt?cost=10. Everything else is 200 without work.
func ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	cost, err := strconv.Atoi(r.URL.Query().Get("cost"))
	if r.URL.Path != "/bcrypt" || err != nil {
		fmt.Fprint(w, "{}")
		return
	}
	h, err := hashOf(cost)
	if err == nil {
		err = bcrypt.CompareHashAndPassword(h, []byte("password"))
	}
	if err != nil {
		http.Error(w, "{}", http.StatusInternalServerError)
		return
	}
	fmt.Fprint(w, "{}")
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
