package auth

import "sync"

// known are the last tokens whose signature was right, with what they say: callers come with the same token again and
// again, and reading one costs as much as reading its account. Whether a token is still taken is asked each time.
type known struct {
	mu     sync.Mutex
	tokens map[string]claims
}

// maxKnown bounds how many tokens are known, and maxKnownBytes how long one may be.
const (
	maxKnown      = 64
	maxKnownBytes = 1024
)

func (k *known) find(token string) (claims, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c, ok := k.tokens[token]
	return c, ok
}

func (k *known) add(token string, c claims) {
	if len(token) > maxKnownBytes {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.tokens == nil || len(k.tokens) >= maxKnown {
		k.tokens = make(map[string]claims)
	}
	k.tokens[token] = c
}
