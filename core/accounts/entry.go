package accounts

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tracedge/core/storage"
)

// shards is how many partitions list the accounts and count them. Each takes some hundreds of commits a second, and an
// account commits to one of them when it is made and when an admin changes it.
const shards = 8

// Shard is the partition that lists and counts an account. The last digit of a UUID is random.
func Shard(userID string) storage.Partition {
	digit := strings.IndexByte("0123456789abcdef", userID[max(0, len(userID)-1)])
	return shard(max(0, digit) % shards)
}

// Shards are all of them.
func Shards() []storage.Partition {
	out := make([]storage.Partition, shards)
	for i := range out {
		out[i] = shard(i)
	}
	return out
}

func shard(n int) storage.Partition { return storage.In("directory", strconv.Itoa(n)) }

// entry is what a list looks for an account by: the record directory/<n>/user/<time>-<user id>, in order of creation.
type entry struct {
	UserID    string    `json:"user_id"`
	Username  string    `json:"username"`
	Email     string    `json:"email"`
	Tier      Tier      `json:"tier"`
	Status    Status    `json:"status"`
	Admin     bool      `json:"is_admin"`
	CreatedAt time.Time `json:"created_at"`
	Revision  int64     `json:"revision"` // of the account that this is from
}

func entryOf(a Account) entry {
	return entry{a.UserID, a.Username, a.Email, a.Tier, a.Status, a.Admin, a.CreatedAt, a.Revision}
}

// position is where the entry stands in the order of creation.
func (e entry) position() string { return storage.Ascending(e.CreatedAt) + "-" + e.UserID }

func entryPrefix(p storage.Partition) storage.Key { return p.Prefix("user") }

// The numbers of a shard.
const (
	totalCount   = "total"
	adminCount   = "admin"
	tierCount    = "tier"
	statusCount  = "status"
	createdCount = "created" // by hour
	activeCount  = "active"  // by hour of the last login
)

func countPrefix(p storage.Partition) storage.Key              { return p.Prefix("count") }
func countKey(p storage.Partition, what ...string) storage.Key { return p.Key("count", what...) }
func hourKey(p storage.Partition, w string, t time.Time) storage.Key {
	return countKey(p, w, hourOf(t))
}

// hourOf names an hour, in order of time.
func hourOf(t time.Time) string { return t.UTC().Format("2006-01-02T15") }

// hourMemory is how long an hour's number is kept: what somebody looks back at, and a day.
const hourMemory = 31 * 24 * time.Hour

func hourExpiry(t time.Time) storage.PutOption {
	return storage.Expires(t.UTC().Truncate(time.Hour).Add(hourMemory))
}

// numbers are those that the entry counts in.
func (e entry) numbers(p storage.Partition) []storage.Key {
	out := []storage.Key{
		countKey(p, totalCount), countKey(p, tierCount, string(e.Tier)), countKey(p, statusCount, string(e.Status)),
	}
	if e.Admin {
		out = append(out, countKey(p, adminCount))
	}
	return out
}

// indexUser brings an account's entry up to date and moves it from the numbers that it counted in to those that it counts
// in now. A late row, of an earlier revision, says nothing any more.
func indexUser(tx *storage.Tx, r storage.Row) error {
	var next, have entry
	if err := r.Decode(&next); err != nil {
		return err
	}
	p := tx.Partition()
	k := entryPrefix(p) + storage.Key(next.position())
	known, err := tx.Get(k, &have)
	if err != nil || known && have.Revision >= next.Revision {
		return err
	}
	tx.Put(k, next)
	moves := make(map[storage.Key]int64)
	for _, n := range next.numbers(p) {
		moves[n]++
	}
	if known {
		for _, n := range have.numbers(p) {
			moves[n]--
		}
	} else {
		tx.Add(hourKey(p, createdCount, next.CreatedAt), 1, storage.Bounds{}, nil, hourExpiry(next.CreatedAt))
	}
	for _, n := range slices.Sorted(maps.Keys(moves)) {
		if moves[n] != 0 {
			tx.Add(n, moves[n], storage.Bounds{}, nil)
		}
	}
	return nil
}

// indexReads names the entry that indexUser reads; that of a new account is not there.
func indexReads(r storage.Row) (reading, absent []storage.Key) {
	var next entry
	if err := r.Decode(&next); err != nil {
		return nil, nil // indexUser tells
	}
	k := []storage.Key{entryPrefix(Shard(next.UserID)) + storage.Key(next.position())}
	if next.Revision == 1 {
		return nil, k
	}
	return k, nil
}

// loginNote is the row that tells a shard of a login. The record directory/<n>/login/<user id> is the latest.
type loginNote struct {
	UserID string    `json:"user_id"`
	At     time.Time `json:"at"`
}

// indexLogin moves an account to the hour of its last login.
func indexLogin(tx *storage.Tx, r storage.Row) error {
	var next, have loginNote
	if err := r.Decode(&next); err != nil {
		return err
	}
	p := tx.Partition()
	k := p.Key("login", next.UserID)
	known, err := tx.Get(k, &have)
	if err != nil || known && hourOf(have.At) >= hourOf(next.At) {
		return err
	}
	tx.Put(k, next)
	tx.Add(hourKey(p, activeCount, next.At), 1, storage.Bounds{}, nil, hourExpiry(next.At))
	if known && next.At.Sub(have.At) < hourMemory-time.Hour { // otherwise the hour's number is gone
		tx.Add(hourKey(p, activeCount, have.At), -1, storage.Bounds{}, nil, hourExpiry(have.At))
	}
	return nil
}
