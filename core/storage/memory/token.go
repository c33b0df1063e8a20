package memory

import (
	"slices"
	"time"

	"tracedge/core/storage/wire"
)

// tokenLife is how long a token is remembered, in milliseconds: longer than any caller repeats a commit.
const tokenLife = int64(5 * time.Minute / time.Millisecond)

// tokenLog remembers the replies of applied commits, so that a repeat is answered and not applied.
type tokenLog struct {
	replies map[string]wire.CommitReply
	order   []logged
}

type logged struct {
	token string
	at    int64 // Unix milliseconds
}

func (l *tokenLog) add(token string, reply wire.CommitReply, now int64) {
	l.replies[token] = reply
	l.order = append(l.order, logged{token, now})
}

// find returns the reply to a token, marked as a replay.
func (l *tokenLog) find(token string) (wire.CommitReply, bool) {
	reply, ok := l.replies[token]
	reply.Replayed = true
	reply.Sums = slices.Clone(reply.Sums)
	return reply, ok
}

// forget drops the tokens from before a time.
func (l *tokenLog) forget(before int64) {
	n := 0
	for n < len(l.order) && l.order[n].at < before {
		delete(l.replies, l.order[n].token)
		n++
	}
	l.order = slices.Delete(l.order, 0, n)
}
