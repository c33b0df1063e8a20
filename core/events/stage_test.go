package events_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tracedge/core/activity"
	"tracedge/core/after"
	"tracedge/core/canon"
	"tracedge/core/config"
	"tracedge/core/events"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/items"
	"tracedge/core/overhttp"
	"tracedge/core/secret"
	"tracedge/core/storage"
	"tracedge/core/storage/memory"
	"tracedge/core/storage/wire"
	"tracedge/core/trace"
	"tracedge/core/userrows"
	"tracedge/core/web"
)

// world is what outlives an instance: the back end and the time.
type world struct {
	mu      sync.Mutex
	now     time.Time
	backend *memory.Store
	written map[string]bool // partitions
	club    club
}

// club is circuits as the tests make them: who is in them and what they hold, as "circuit member" and "circuit dfid".
type club map[string]bool

func (c club) Member(_ context.Context, circuitID, userID string) (bool, error) {
	return c[circuitID+" "+userID], nil
}

func (c club) Holds(_ context.Context, circuitID string, dfids []string) (map[string]bool, error) {
	out := make(map[string]bool)
	for _, dfid := range dfids {
		out[dfid] = c[circuitID+" "+dfid]
	}
	return out, nil
}

func newWorld() *world {
	w := &world{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), written: make(map[string]bool), club: club{}}
	w.backend = memory.New(memory.Options{Clock: w.clock})
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(time.Millisecond)
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// stage is one instance that serves events. It dies at a call of the sequencer when told to.
type stage struct {
	*world
	t     testing.TB
	store *storage.Store
	own   *events.Service
	serve func(method, path, body string, fields ...string) *httptest.ResponseRecorder

	calls   int
	dieAt   int  // number of the call, from 1; 0 is never
	applied bool // whether that call still takes effect
	records []trace.Record
	before  func(wire.CommitRequest)
}

var secretsKey = bytes.Repeat([]byte("k"), 32)

func (w *world) stage(t testing.TB, key []byte) *stage {
	t.Helper()
	s := &stage{world: w, t: t}
	s.store = storage.New(storage.Options{
		Sequencer: s, Edge: w.backend.Edge(), Logger: s, Clock: w.clock, Random: rand.Reader,
		Sealer: secret.Derived(secretsKey, "test", rand.Reader),
		Sleep:  func(_ context.Context, d time.Duration) error { w.pass(d); return nil },
	})
	rows := userrows.New(s.store)
	activity.Register(rows)
	s.own = events.New(events.Options{
		Config: config.Config{SecretsKey: key}, Store: s.store, Rows: rows, Items: shelf{}, Circuits: w.club, Random: rand.Reader,
	})
	table, err := web.NewTable(s.own.Routes(), activity.Routes())
	if err != nil {
		t.Fatal(err)
	}
	if err := table.CheckRequests(); err != nil {
		t.Fatal(err)
	}
	h, err := web.New(web.Options{
		Table: table, Authenticator: byName{}, Logger: s, Clock: w.clock, Random: rand.Reader, Idempotency: idem.New(s.store),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.serve = func(method, path, body string, fields ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		for i := 0; i < len(fields); i += 2 {
			r.Header.Set(fields[i], fields[i+1])
		}
		out := httptest.NewRecorder()
		var group after.Group
		overhttp.Handler(h.Serve).ServeHTTP(out, r.WithContext(after.With(r.Context(), &group)))
		group.Run(func(context.Context, string, error) {})
		return out
	}
	return s
}

// byName takes the caller from a header.
type byName struct{}

func (byName) Authenticate(c *web.Call, _ web.Class) (*web.Caller, error) {
	name := c.Request().Header.Get("X-User")
	if name == "" {
		return nil, nil
	}
	return &web.Caller{UserID: name, Username: name, Credential: web.ByJWT, Status: "Active"}, nil
}

func (s *stage) Log(r trace.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = append(s.records, r)
}

func (s *stage) alive() (reaches, answers bool) {
	s.mu.Lock()
	s.calls++
	n := s.calls
	s.mu.Unlock()
	switch {
	case s.dieAt == 0 || n < s.dieAt:
		return true, true
	case n == s.dieAt:
		return s.applied, false
	default:
		s.pass(time.Second)
		return false, false
	}
}

func (s *stage) Read(ctx context.Context, r wire.ReadRequest) (wire.ReadReply, error) {
	if _, answers := s.alive(); !answers {
		return wire.ReadReply{}, storage.ErrUnavailable
	}
	return s.backend.Read(ctx, r)
}

func (s *stage) Commit(ctx context.Context, r wire.CommitRequest) (wire.CommitReply, error) {
	if s.before != nil {
		s.before(r)
	}
	s.mu.Lock()
	s.written[r.Partition] = true
	s.mu.Unlock()
	reaches, answers := s.alive()
	var reply wire.CommitReply
	var err error
	if reaches {
		reply, err = s.backend.Commit(ctx, r)
	}
	if !answers {
		return wire.CommitReply{}, storage.ErrUnavailable
	}
	return reply, err
}

// shelf is items as the tests put them: record `item` with owner, readers and a version.
type shelf struct{}

type kept struct {
	Owner   string   `json:"owner"`
	Readers []string `json:"readers"`
	Version int64    `json:"version"`
}

func (shelf) Partition(dfid string) (storage.Partition, bool) {
	return storage.In("item", dfid), dfid != "" && len(dfid) <= 64
}

func (shelf) Reads(p storage.Partition, _ string) (keys, ranges []storage.Key) {
	return []storage.Key{p.Key("item")}, []storage.Key{p.Prefix("share")}
}

func (shelf) Judge(_ context.Context, p storage.Partition, from storage.View, userID string) (events.Standing, error) {
	var k kept
	known, err := from.Get(p.Key("item"), &k)
	if err != nil || !known {
		return events.Standing{}, err
	}
	st := events.Standing{MaySee: k.Owner == userID, MayAdd: k.Owner == userID, OwnerID: k.Owner}
	for _, r := range k.Readers {
		st.MaySee = st.MaySee || r == userID
		st.MayAdd = st.MayAdd || r == "+"+userID
	}
	st.MaySee = st.MaySee || st.MayAdd
	st.State = canon.Of("version", canon.Text(fmt.Sprint(k.Version))).Value()
	return st, nil
}

// put puts an item on the shelf. Readers with a plus may add events.
func (s *stage) put(dfid, owner string, version int64, readers ...string) {
	s.t.Helper()
	p := storage.In("item", dfid)
	ctx, _ := s.traced()
	err := s.store.Update(ctx, "test_put_item", p, func(tx *storage.Tx) error {
		return tx.Put(p.Key("item"), kept{owner, readers, version})
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// hold has a circuit take an item of the shelf, by an event for its members only.
func (s *stage) hold(dfid, owner, circuitID string) {
	s.t.Helper()
	p := storage.In("item", dfid)
	ctx, _ := s.traced()
	v, err := s.store.View(ctx, "test_read_item", p, events.HappeningReads(p))
	if err != nil {
		s.t.Fatal(err)
	}
	d, err := s.own.Draft(ctx, p, v, &items.Item{DFID: dfid, OwnerID: owner}, events.Happening{
		ID: s.store.NewID(), Type: events.PushedToCircuit, Visibility: events.CircuitOnly, Source: owner, Time: s.store.Now(),
		Metadata: canon.Of("circuit_id", canon.Text(circuitID)),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	err = s.store.Update(ctx, "test_hold_item", p, func(tx *storage.Tx) error { return d.Put(tx) }, storage.Given(v, events.HappeningReads(p)...))
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) traced() (context.Context, *trace.Span) {
	span := trace.Start(trace.Options{Clock: s.clock, Random: rand.Reader}, "TEST", "")
	span.SetEndpoint("/test")
	return trace.With(context.Background(), span), span
}

type object = map[string]any

// send sends a request of a user and decodes the answer.
func (s *stage) send(user, method, path, body string, fields ...string) (int, object) {
	s.t.Helper()
	code, doc := s.raw(user, method, path, body, fields...)
	var v object
	if err := json.Unmarshal(doc, &v); err != nil {
		s.t.Fatalf("%s %s: %d %q", method, path, code, doc)
	}
	return code, v
}

func (s *stage) raw(user, method, path, body string, fields ...string) (int, []byte) {
	out := s.serve(method, path, body, append(fields, "X-User", user)...)
	return out.Code, out.Body.Bytes()
}

// ok wants a 200.
func (s *stage) ok(user, method, path, body string, fields ...string) object {
	s.t.Helper()
	code, v := s.send(user, method, path, body, fields...)
	if code != 200 {
		s.t.Fatalf("%s %s: %d %v", method, path, code, v)
	}
	return v
}

// refused wants an error.
func (s *stage) refused(want int, kind fault.Kind, user, method, path, body string) object {
	s.t.Helper()
	code, v := s.send(user, method, path, body)
	if code != want || v["error_kind"] != string(kind) {
		s.t.Fatalf("%s %s: %d %v, want %d %s", method, path, code, v, want, kind)
	}
	return v
}

// list reads a list page by page and returns the events' ids, newest first.
func (s *stage) list(user, path string) (ids []string) {
	s.t.Helper()
	for range 1000 {
		out := s.serve("GET", path, "", "X-User", user)
		var page []object
		if err := json.Unmarshal(out.Body.Bytes(), &page); out.Code != 200 || err != nil {
			s.t.Fatalf("%s: %d %s", path, out.Code, out.Body)
		}
		for _, e := range page {
			ids = append(ids, e["event_id"].(string))
		}
		link := out.Header().Get("Link")
		if link == "" {
			return ids
		}
		path = strings.TrimSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
	}
	s.t.Fatal("the list does not end")
	return nil
}

func eventBody(dfid, kind, visibility, metadata string) string {
	return fmt.Sprintf(`{"dfid":%q,"event_type":%q,"visibility":%q,"metadata":%s}`, dfid, kind, visibility, metadata)
}

func localBody(kind, visibility, metadata string) string {
	return fmt.Sprintf(`{"event_type":%q,"visibility":%q,"metadata":%s}`, kind, visibility, metadata)
}

// dump is what is stored in a partition, by key.
func (w *world) dump(t testing.TB, p storage.Partition) map[string]string {
	t.Helper()
	reply, err := w.backend.Read(t.Context(), wire.ReadRequest{
		Partition: p.String(), Scans: []wire.Scan{{Prefix: p.String() + "/", Limit: 1000}},
	})
	if err != nil || !reply.OK {
		t.Fatal(err, reply)
	}
	out := make(map[string]string)
	for _, r := range reply.Scans[0].Records {
		out[strings.TrimPrefix(r.Key, p.String()+"/")] = r.Doc
	}
	return out
}

// count counts the records of a partition whose key begins so.
func (w *world) count(t testing.TB, p storage.Partition, prefix string) (n int) {
	t.Helper()
	for key := range w.dump(t, p) {
		if strings.HasPrefix(key, prefix) {
			n++
		}
	}
	return n
}

// atRest runs the sweep until nothing is marked any more.
func (s *stage) atRest() {
	s.t.Helper()
	for range 6 {
		s.pass(2 * time.Minute)
		ctx, _ := s.traced()
		if _, err := s.store.Sweep(ctx, 200); err != nil {
			s.t.Fatal(err)
		}
	}
	reply, err := s.backend.Edge().Scan(s.t.Context(), wire.EdgeScanRequest{Prefix: "sweep/", Limit: 1000})
	if err != nil || len(reply.Records) != 0 {
		s.t.Fatalf("%d partitions still ask for the sweep: %v", len(reply.Records), err)
	}
}

// labels are the storage calls of the latest request, in order.
func (s *stage) labels() (out []string) {
	s.t.Helper()
	for i := len(s.records) - 1; i >= 0; i-- {
		r, ok := s.records[i].(trace.Request)
		if !ok {
			continue
		}
		for _, c := range r.Ops {
			out = append(out, c.Label)
		}
		return out
	}
	s.t.Fatal("no request record")
	return nil
}
