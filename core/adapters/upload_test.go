package adapters_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/adapters"
	"tracedge/core/adaptertype"
	"tracedge/core/digest"
	"tracedge/core/storagehistory"
	"tracedge/harness/fakekubo"
)

// counted wants the counts of an account, and the same of all.
func (in *instance) counted(t *testing.T, pending, failed, items, records, migrations int64) {
	t.Helper()
	for _, who := range []string{causer, ""} {
		n, err := in.counts.Uploads(in.traced(t), who, adaptertype.IPFS)
		if err != nil || n.Pending != pending || n.Failed != failed || (n.LastSync != nil) != (records > 0) {
			t.Errorf("%q: %+v, %v, want %d pending, %d failed", who, n, err, pending, failed)
		}
	}
	for _, who := range []string{owner, ""} {
		n, err := in.counts.Statistics(in.traced(t), who)
		if err != nil || n.Items != items || n.Records != records || n.Migrations != migrations || n.ByType[adaptertype.IPFS] != records {
			t.Errorf("%q: %+v, %v, want %d items, %d records, %d migrations", who, n, err, items, records, migrations)
		}
	}
}

func (st *stage) refunds(t *testing.T) (out []accounts.Transaction) {
	t.Helper()
	p := accounts.Partition(causer)
	for _, doc := range st.dump(t, p, accounts.TransactionPrefix(p)) {
		var tr accounts.Transaction
		if err := json.Unmarshal([]byte(doc), &tr); err != nil {
			t.Fatal(err)
		}
		out = append(out, tr)
	}
	return out
}

func ready(t *testing.T) (*stage, *instance) {
	st := newStage()
	in := st.start()
	in.account(t, causer, 10)
	in.account(t, owner, 0)
	in.configure(t, nil)
	return st, in
}

func TestUpload(t *testing.T) {
	st, in := ready(t)
	u := in.upload(`{"dfid":"x"}`)
	if err := in.change(t, u); err != nil {
		t.Fatal(err)
	}
	records, pending, head := st.history(t)
	if len(records) != 1 || len(pending) != 0 {
		t.Fatal(records, pending)
	}
	r, cid := records[0], fakekubo.CID([]byte(`{"dfid":"x"}`))
	if r.Location.CID() != cid || !r.Location.IPFS.Pinned || r.TriggeredBy != storagehistory.CircuitPush || *r.TriggeredByID != *u.TriggeredByID ||
		r.UserID != causer || r.ContentHash != digest.OfText(`{"dfid":"x"}`) || !r.Active || r.Metadata["ipfs_cid"] != cid {
		t.Errorf("%+v", r)
	}
	if head.Primary == nil || !head.Primary.Equal(r.Location) || head.Chosen || !head.UpdatedAt.Equal(r.StoredAt) {
		t.Errorf("%+v", head)
	}
	if st.node.Pinned()[cid] != `{"dfid":"x"}` {
		t.Error(st.node.Pinned())
	}
	in.counted(t, 0, 0, 1, 1, 0)
	if got := st.refunds(t); len(got) != 0 {
		t.Error(got)
	}

	// The same content again has the same location, which is there once. Other content is another record.
	for _, content := range []string{`{"dfid":"x"}`, `{"dfid":"x","a":1}`} {
		if err := in.change(t, in.upload(content)); err != nil {
			t.Fatal(err)
		}
	}
	records, pending, head = st.history(t)
	if len(records) != 2 || len(pending) != 0 || !head.Primary.Equal(records[1].Location) {
		t.Error(records, pending, head)
	}
	in.counted(t, 0, 0, 1, 2, 0)
}

func TestUploadIsTriedAgain(t *testing.T) {
	st, in := ready(t)
	st.node.Fail("add", 2)
	if err := in.change(t, in.upload(`{}`)); err != nil {
		t.Fatal(err)
	}
	if _, pending, _ := st.history(t); len(pending) != 1 || pending[0].Status != storagehistory.Queued || pending[0].Attempts != 1 || pending[0].Reason != "external_error" {
		t.Fatalf("%+v", pending)
	}
	in.counted(t, 1, 0, 0, 0, 0)
	in.rest(t)
	if records, pending, _ := st.history(t); len(records) != 1 || len(pending) != 0 {
		t.Error(records, pending)
	}
	if n := st.node.Count("add"); n != 3 {
		t.Errorf("%d attempts, want 3", n)
	}
	in.counted(t, 0, 0, 1, 1, 0)
}

func TestUploadFailsForGood(t *testing.T) {
	st, in := ready(t)
	st.node.Fail("add", fakekubo.Always)
	if err := in.change(t, in.upload(`{}`)); err != nil {
		t.Fatal(err)
	}
	in.rest(t)
	records, pending, _ := st.history(t)
	if len(records) != 0 || len(pending) != 1 || pending[0].Status != storagehistory.Failed || pending[0].Attempts != 3 {
		t.Errorf("%+v, %+v", records, pending)
	}
	if n := st.node.Count("add"); n != 3 {
		t.Errorf("%d attempts, want 1 and retry_attempts, 2", n)
	}
	in.counted(t, 0, 1, 0, 0, 0)
	wantRefund(t, st)
}

func wantRefund(t *testing.T, st *stage) {
	t.Helper()
	got := st.refunds(t)
	if len(got) != 1 || got[0].Amount != 5 || got[0].Type != "Refund" || *got[0].OperationID != "op-1" ||
		*got[0].OperationType != "premium_adapter_usage" || got[0].BalanceAfter != 15 {
		t.Errorf("%+v", got)
	}
}

// An upload waits for a configuration, and for an implementation, without counting attempts.
func TestUploadWaits(t *testing.T) {
	st := newStage()
	in := st.start()
	in.account(t, causer, 10)
	if err := in.change(t, in.upload(`{}`)); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		in.pass(10 * time.Minute)
		if _, err := in.store.Sweep(in.traced(t), 10); err != nil {
			t.Fatal(err)
		}
	}
	if _, pending, _ := st.history(t); len(pending) != 1 || pending[0].Status != storagehistory.Queued || pending[0].Attempts != 0 {
		t.Fatalf("%+v", pending)
	}
	in.configure(t, func(c *adapters.Config) { c.Active = false })
	in.pass(10 * time.Minute)
	if _, err := in.store.Sweep(in.traced(t), 10); err != nil {
		t.Fatal(err)
	}
	in.configure(t, nil)
	in.rest(t)
	if records, pending, _ := st.history(t); len(records) != 1 || len(pending) != 0 {
		t.Error(records, pending)
	}
}

// A completed migration makes its location the primary, and keeps it; records of another type before it count.
func TestUploadOfMigration(t *testing.T) {
	st, in := ready(t)
	u := in.upload(`{"a":1}`)
	u.TriggeredBy = storagehistory.Migration
	if err := in.change(t, u); err != nil {
		t.Fatal(err)
	}
	if err := in.change(t, in.upload(`{"a":2}`)); err != nil {
		t.Fatal(err)
	}
	records, _, head := st.history(t)
	if len(records) != 2 || !head.Primary.Equal(records[0].Location) || !head.Chosen {
		t.Errorf("%+v, %+v", records, head)
	}
}

// Items may be longer than a record; so may what is uploaded of them. Nothing of it is left behind.
func TestLongUpload(t *testing.T) {
	for _, fails := range []int{1, fakekubo.Always} {
		st, in := ready(t)
		st.node.Fail("add", fails)
		content := `{"text":"` + strings.Repeat(`<Ü"`, 500<<10) + `"}`
		if err := in.change(t, in.upload(content)); err != nil {
			t.Fatal(err)
		}
		p := storagehistory.Partition(dfid)
		if n := len(st.dump(t, p, p.Prefix("storage", "content"))); n < 5 {
			t.Errorf("%d parts", n)
		}
		in.rest(t)
		if records, _, _ := st.history(t); fails == 1 && (len(records) != 1 || st.node.Pinned()[records[0].Location.CID()] != content) {
			t.Error("the node has something else")
		}
		if left := st.dump(t, p, p.Prefix("storage", "content")); len(left) != 0 {
			t.Errorf("%d records are left", len(left))
		}
	}
}

// The instance dies at every call of the sequencer, once before and once after the call has taken effect. What a healthy
// one and the sweep then make of it: the upload is as it was decided, once, with its counts and its refund.
func TestUploadCrashes(t *testing.T) {
	for name, fails := range map[string]int{"succeeds": 0, "at-last": 1, "fails": fakekubo.Always} {
		t.Run(name, func(t *testing.T) {
			once := func(c *adapters.Config) { c.Connection.Retries = 1 }
			st, in := ready(t)
			in.configure(t, once)
			st.node.Fail("add", fails)
			before := in.calls
			if err := in.change(t, in.upload(`{}`)); err != nil {
				t.Fatal(err)
			}
			in.rest(t)
			steps := in.calls - before
			t.Logf("%d calls in an undisturbed run", steps)
			for step := 1; step <= steps; step++ {
				for _, applied := range []bool{false, true} {
					t.Run(fmt.Sprintf("step=%d/applied=%t", step, applied), func(t *testing.T) {
						crashed(t, once, fails, step, applied)
					})
				}
			}
		})
	}
}

func crashed(t *testing.T, once func(*adapters.Config), fails, step int, applied bool) {
	st, in := ready(t)
	in.configure(t, once)
	st.node.Fail("add", fails)
	in.dieAt, in.applied = in.calls+step, applied
	acknowledged := in.change(t, in.upload(`{}`))
	for range 8 {
		in.pass(2 * time.Minute)
		_, _ = in.store.Sweep(in.traced(t), 10)
	}

	healthy := st.start()
	healthy.rest(t)
	changed := len(st.dump(t, storagehistory.Partition(dfid), storagehistory.Partition(dfid).Key("item"))) == 1
	if acknowledged == nil && !changed {
		t.Fatal("acknowledged, and not there")
	}
	records, pending, _ := st.history(t)
	switch {
	case !changed:
		if len(records)+len(pending) != 0 {
			t.Fatal(records, pending)
		}
		healthy.counted(t, 0, 0, 0, 0, 0)
	case fails == fakekubo.Always:
		if len(records) != 0 || len(pending) != 1 || pending[0].Status != storagehistory.Failed {
			t.Fatalf("%+v, %+v", records, pending)
		}
		healthy.counted(t, 0, 1, 0, 0, 0)
		wantRefund(t, st)
	default:
		if len(records) != 1 || len(pending) != 0 {
			t.Fatalf("%+v, %+v", records, pending)
		}
		healthy.counted(t, 0, 0, 1, 1, 0)
		if got := st.refunds(t); len(got) != 0 {
			t.Fatal(got)
		}
		if len(st.node.Pinned()) != 1 {
			t.Fatal(st.node.Pinned())
		}
	}
}

// max_concurrent_requests bounds what one instance asks of an adapter at once; the sweep has no mercy by itself.
func TestUploadsInTurn(t *testing.T) {
	st := newStage()
	in := st.start()
	in.account(t, causer, 10)
	for i := range 8 {
		u := in.upload(fmt.Sprintf(`{"n":%d}`, i))
		if err := in.change(t, u); err != nil { // no configuration yet
			t.Fatal(err)
		}
	}
	in.configure(t, func(c *adapters.Config) { c.Connection.Concurrent = 2 })
	st.node.Slow(2 * time.Millisecond)
	in.rest(t)
	if records, _, _ := st.history(t); len(records) != 8 {
		t.Fatalf("%d records", len(records))
	}
	if most := st.node.Most(); most > 2 {
		t.Errorf("%d calls at once, want at most 2", most)
	}
}

func TestUploadToNobody(t *testing.T) {
	st, in := ready(t)
	in.configure(t, func(c *adapters.Config) { c.Connection.Endpoint, c.Connection.Retries = "late:node", 0 })
	if err := in.change(t, in.upload(`{}`)); err != nil {
		t.Fatal(err)
	}
	if _, pending, _ := st.history(t); len(pending) != 1 || pending[0].Status != storagehistory.Failed || pending[0].Reason != "external_timeout" {
		t.Errorf("%+v", pending)
	}
	in.rest(t)
	wantRefund(t, st)
}

func TestUploadToPinata(t *testing.T) {
	st, in := ready(t)
	in.configure(t, func(c *adapters.Config) {
		c.Connection.Endpoint, c.Connection.Auth.Name = "https://api.pinata.cloud", "ApiKey"
	})
	if err := in.change(t, in.upload(`{}`)); err != nil {
		t.Fatal(err)
	}
	if records, _, _ := st.history(t); len(records) != 1 || records[0].Location.CID() != "bafypinata" {
		t.Errorf("%+v", records)
	}
	if len(st.pinata) != 1 || st.pinata[0].URL != "https://api.pinata.cloud/pinning/pinFileToIPFS" || st.pinata[0].Headers[0][0] != "pinata_api_key" {
		t.Errorf("%+v", st.pinata)
	}
}
