package accounts

import (
	"context"
	"strconv"
	"time"

	"tracedge/core/storage"
)

// Totals are credits issued and consumed, ever.
type Totals struct {
	Issued   int64 `json:"issued"`
	Consumed int64 `json:"consumed"`
}

// A shard sums the totals of its accounts. An account's own only grow, and the shard remembers what it has counted of
// each, so that a report may come late, twice or in another order.
//
// The sums of a shard can be larger than what a number of the store holds, so each is kept as three limbs.
const (
	limbBits = 20
	limbs    = 3

	issuedSum   = "issued"
	consumedSum = "consumed"
)

func limbKey(p storage.Partition, sum string, n int) storage.Key {
	return p.Key("credit-sum", sum, strconv.Itoa(n))
}

func addLimbs(tx *storage.Tx, p storage.Partition, sum string, by int64) {
	for n := range limbs {
		part := by
		if n < limbs-1 {
			part = by & (1<<limbBits - 1)
		}
		if part != 0 {
			tx.Add(limbKey(p, sum, n), part, storage.Bounds{}, nil)
		}
		by >>= limbBits
	}
}

// reportEvery is how long charges of an account are gathered at least before the sweep reports them.
const reportEvery = 10 * time.Second

// totalsReport is the row that has an account's totals reported as they are when it is carried out.
type totalsReport struct {
	UserID string `json:"user_id"`
	Gather bool   `json:"gather"` // not before reportEvery has passed
}

// ReportTotals has the totals of an account reported before the request is answered, by a row of the commit that tx makes.
func ReportTotals(tx *storage.Tx, userID string) error {
	return tx.SendOut("credits_report_totals", totalsReport{UserID: userID}, storage.Now())
}

// GatherTotals has them reported within minutes, by a row of the commit that tx makes. One such row is enough at a time,
// so many charges cost one; b says whether it is there and is to be put by the caller.
func GatherTotals(tx *storage.Tx, userID string, b *Balance) error {
	if b.Reporting {
		return nil
	}
	b.Reporting = true
	return tx.SendOut("credits_report_totals", totalsReport{UserID: userID, Gather: true})
}

type reporter struct{ store *storage.Store }

// report carries a row out: it takes the totals in user/<id>, where it says that no row is on its way any more, and then
// brings the shard up to date. A crash between the two leaves the row, and the next attempt takes them again.
func (r reporter) report(ctx context.Context, row storage.Row) error {
	var ask totalsReport
	if err := row.Decode(&ask); err != nil {
		return err
	}
	if due := row.Created.Add(reportEvery); ask.Gather && r.store.Now().Before(due) {
		return storage.Postpone(due, "gathering")
	}
	p, shard := Partition(ask.UserID), Shard(ask.UserID)
	var b Balance
	err := r.store.Update(ctx, "credits_take_totals", p, func(tx *storage.Tx) (err error) {
		if b, err = GetBalance(tx, p); err != nil || !ask.Gather || !b.Reporting {
			return err
		}
		b.Reporting = false
		return PutBalance(tx, p, b)
	}, storage.Reading(balanceKey(p)))
	if err != nil {
		return err
	}
	return r.store.Update(ctx, "credits_count_totals", shard, func(tx *storage.Tx) error {
		k := shard.Key("credit", ask.UserID)
		var have Totals
		if _, err := tx.Get(k, &have); err != nil {
			return err
		}
		next := Totals{max(have.Issued, b.Issued), max(have.Consumed, b.Consumed)}
		if next == have {
			return nil
		}
		addLimbs(tx, shard, issuedSum, next.Issued-have.Issued)
		addLimbs(tx, shard, consumedSum, next.Consumed-have.Consumed)
		return tx.Put(k, next)
	})
}

// Totals sums those of all accounts: grants and purchases when the request that made them is answered, charges within
// minutes.
func (d *Directory) Totals(ctx context.Context) (out Totals, err error) {
	parts, err := overShards(func(p storage.Partition) (Totals, error) { return d.shardTotals(ctx, p) })
	for _, t := range parts {
		out.Issued += t.Issued
		out.Consumed += t.Consumed
	}
	return out, err
}

func (d *Directory) shardTotals(ctx context.Context, p storage.Partition) (out Totals, err error) {
	var keys []storage.Key
	for n := range limbs {
		keys = append(keys, limbKey(p, issuedSum, n), limbKey(p, consumedSum, n))
	}
	found, err := d.store.Read(ctx, "credits_sum_totals", p, keys...)
	if err != nil {
		return out, err
	}
	for n := range limbs {
		var issued, consumed int64
		if _, err := found.Get(limbKey(p, issuedSum, n), &issued); err != nil {
			return out, err
		}
		if _, err := found.Get(limbKey(p, consumedSum, n), &consumed); err != nil {
			return out, err
		}
		out.Issued += issued << (n * limbBits)
		out.Consumed += consumed << (n * limbBits)
	}
	return out, nil
}
