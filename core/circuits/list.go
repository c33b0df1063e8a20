package circuits

import (
	"context"
	"errors"

	"tracedge/core/abreast"
	"tracedge/core/accounts"
	"tracedge/core/after"
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// UnmarshalText reads a status in any case.
func (s *Status) UnmarshalText(text []byte) error {
	for _, known := range s.Allowed() {
		if sameWord(string(text), known) {
			*s = Status(known)
			return nil
		}
	}
	return errors.New("circuits: unknown status")
}

// Allowed are the values of a status.
func (Status) Allowed() []string { return []string{string(Active), string(Inactive), string(Archived)} }

type listQuery struct {
	web.Page
	Public *bool   `query:"include_public"` // default: true with a credential
	Status *Status `query:"status"`
	UserID *string `query:"user_id"` // admins only
}

type memberQuery struct {
	web.Page
}

// list is CI2: the caller's circuits and those that are listed. The pointers of both come newest first and are merged;
// each circuit is then opened, and what it does not confirm is left out.
func (s *Service) list(c *web.Call) (any, error) {
	q, who := web.Query[listQuery](c), ViewerOf(c)
	subject := who.UserID
	if who.Admin && q.UserID != nil {
		subject = *q.UserID
	}
	l := lister{service: s, viewer: who}
	if !nobody(subject) {
		l.sources = append(l.sources, &source{list: s.membershipsOf(subject)})
	}
	public := who.UserID != ""
	if q.Public != nil {
		public = *q.Public
	}
	if public {
		l.sources = append(l.sources, &source{list: s.listings})
	}
	l.wants = func(e *entry) bool {
		if q.Status != nil && e.state.head.Status != *q.Status {
			return false
		}
		return e.of(subject) && e.standing.Visible() || public && e.standing.Listed()
	}
	l.stale = func(e *entry) bool {
		return e.listed && (e.standing.Head == nil || listingOf(e.standing.Head, e.standing.Settings) == nil) || e.mine && !e.of(subject)
	}
	l.subject = subject
	return l.answer(c, q.Page)
}

// listOf is CI3: the circuits of a member that are the caller's too, all of them for the member itself and for admins.
func (s *Service) listOf(c *web.Call) (any, error) {
	who, subject := ViewerOf(c), c.Path("member_id")
	l := lister{service: s, viewer: who, subject: subject}
	if !nobody(subject) {
		l.sources = []*source{{list: s.membershipsOf(subject)}}
	}
	l.wants = func(e *entry) bool {
		return e.of(subject) && (who.Admin || e.standing.IsMember()) && e.standing.exists()
	}
	l.stale = func(e *entry) bool { return e.mine && !e.of(subject) }
	return l.answer(c, web.Query[memberQuery](c).Page)
}

// ref is a pointer in a list.
type ref struct {
	place string // the end of its key: in order of creation
	id    string
	stamp int64
	mine  bool // of the subject; else of the public list
}

// source is a list of pointers, newest first, read by the page.
type source struct {
	list   func(ctx context.Context, after string, n int) ([]ref, bool, error) // up to n behind a place; whether there are more
	buffer []ref
	after  string
	done   bool
}

func (s *source) fill(ctx context.Context, n int) error {
	if len(s.buffer) > 0 || s.done {
		return nil
	}
	page, more, err := s.list(ctx, s.after, n)
	if err != nil {
		return err
	}
	s.done = !more
	s.buffer = page
	if len(page) > 0 {
		s.after = page[len(page)-1].place
	}
	return nil
}

// entry is a circuit that was opened for a list.
type entry struct {
	ref
	listed   bool // a pointer of the public list names it
	standing *Standing
	state    *state
}

// of tells whether a user is a member, by the circuit's own rows.
func (e *entry) of(userID string) bool {
	return e.state != nil && userID != "" && (e.state.head.OwnerID == userID || e.state.member(userID) >= 0)
}

type lister struct {
	service *Service
	viewer  Viewer
	subject string // whose memberships are listed
	sources []*source
	wants   func(*entry) bool // what is shown
	stale   func(*entry) bool // whose pointer is to go
}

// answer is a page of the list.
func (l *lister) answer(c *web.Call, page web.Page) (any, error) {
	var after string
	resumed, err := page.Resume(&after)
	if err != nil {
		return nil, err
	}
	if resumed && !storage.IsTimeID(after) {
		return nil, fault.BadRequest("cursor", "The cursor is not usable here")
	}
	out := []*circuitView{}
	if page.Limit == 0 {
		return out, nil
	}
	for _, s := range l.sources {
		s.after = after
	}
	now, last := c.Now(), ""
	for {
		entries, err := l.take(c.Context(), page.Limit+1-len(out))
		if err != nil {
			return nil, err
		}
		if len(entries) == 0 {
			return out, nil
		}
		if err := l.open(c.Context(), entries); err != nil {
			return nil, err
		}
		for _, e := range entries {
			if l.stale(e) {
				l.forget(c.Context(), e)
			}
			if e.state == nil || !l.wants(e) {
				continue
			}
			if len(out) == page.Limit {
				_, err := c.Next(last)
				return out, err
			}
			last = e.place
			out = append(out, e.state.show(l.viewer, now))
		}
	}
}

// take returns up to n pointers of all sources, newest first, each circuit once.
func (l *lister) take(ctx context.Context, n int) ([]*entry, error) {
	var out []*entry
	for len(out) < n {
		var next *source
		for _, s := range l.sources {
			if err := s.fill(ctx, n); err != nil {
				return nil, err
			}
			if len(s.buffer) > 0 && (next == nil || s.buffer[0].place > next.buffer[0].place) {
				next = s
			}
		}
		if next == nil {
			break
		}
		e := &entry{ref: next.buffer[0]}
		for _, s := range l.sources {
			if len(s.buffer) > 0 && s.buffer[0].place == e.place {
				e.listed = e.listed || !s.buffer[0].mine
				e.mine = e.mine || s.buffer[0].mine
				s.buffer = s.buffer[1:]
			}
		}
		out = append(out, e)
	}
	return out, nil
}

func (l *lister) open(ctx context.Context, entries []*entry) error {
	return abreast.Each(len(entries), func(i int) (err error) {
		e := entries[i]
		e.standing, e.state, err = l.service.open(ctx, e.id, l.viewer)
		return err
	})
}

// forget removes a pointer that its circuit does not confirm, after the response and unless there is newer word of it.
func (l *lister) forget(ctx context.Context, e *entry) {
	if e.mine && !e.of(l.subject) {
		p := accounts.Partition(l.subject)
		k := pointerKey(p, e.place)
		_ = after.Do(ctx, "circuits_forget_membership", func(ctx context.Context) error {
			return l.service.store.Update(ctx, "circuits_forget_membership", p, dropIf(k, e.stamp), storage.Reading(k))
		})
		return
	}
	p := listings()
	k := pointerKey(p, e.place)
	_ = after.Do(ctx, "circuits_forget_listing", func(ctx context.Context) error {
		return l.service.store.Update(ctx, "circuits_forget_listing", p, dropIf(k, e.stamp), storage.Reading(k))
	})
}

// dropIf removes a pointer if it is still the one that was seen.
func dropIf(k storage.Key, stamp int64) func(*storage.Tx) error {
	return func(tx *storage.Tx) error {
		var had stamped
		if ok, err := tx.Get(k, &had); !ok || err != nil || had.Stamp != stamp {
			return err
		}
		return tx.Delete(k)
	}
}

// membershipsOf lists the circuits of a user. Reservations that are met are asked about first: a circuit whose decision
// has been made is its owner's from then on.
func (s *Service) membershipsOf(userID string) func(context.Context, string, int) ([]ref, bool, error) {
	p := accounts.Partition(userID)
	return func(ctx context.Context, after string, n int) ([]ref, bool, error) {
		for attempt := 1; ; attempt++ {
			_, v, err := s.store.Look(ctx, "circuits_list_memberships", p, nil, backwards(p, after, n), storage.Span{
				Prefix: claims(p), Page: storage.Page{Limit: most},
			})
			if err != nil {
				return nil, false, err
			}
			open, err := decoded[storage.Claim](storage.View{}, v[1].Records)
			if err != nil {
				return nil, false, err
			}
			settled, err := s.settled(ctx, p, open)
			if err != nil {
				return nil, false, err
			}
			if settled && attempt < 3 {
				continue
			}
			rows, err := decoded[membership](storage.View{}, v[0].Records)
			refs := make([]ref, len(rows))
			for i, r := range rows {
				refs[i] = ref{place(r.CreatedAt, r.CircuitID), r.CircuitID, r.Stamp, true}
			}
			return refs, v[0].Next != "", err
		}
	}
}

// settled asks about reservations and reports whether one has come to its end.
func (s *Service) settled(ctx context.Context, p storage.Partition, claims []storage.Claim) (bool, error) {
	any := false
	for _, c := range claims {
		ended, err := s.store.Resolve(ctx, p, c)
		if err != nil && !errors.Is(err, storage.ErrUndelivered) { // a list may lag
			return false, err
		}
		any = any || ended
	}
	return any, nil
}

// listings lists the circuits that are public, those too whose time has not come.
func (s *Service) listings(ctx context.Context, after string, n int) ([]ref, bool, error) {
	p := listings()
	r := backwards(p, after, n)
	page, err := s.store.Scan(ctx, "circuits_list_listings", p, r.Prefix, r.Page)
	if err != nil {
		return nil, false, err
	}
	rows, err := decoded[listing](storage.View{}, page.Records)
	if err != nil {
		return nil, false, err
	}
	refs := make([]ref, len(rows))
	for i, r := range rows {
		refs[i] = ref{place(r.CreatedAt, r.CircuitID), r.CircuitID, r.Stamp, false}
	}
	return refs, page.Next != "", nil
}

// backwards is the page of pointers that come before a place, newest first.
func backwards(p storage.Partition, after string, n int) storage.Span {
	page := storage.Page{Limit: max(1, min(n, 1000)), Reverse: true}
	if after != "" {
		page.After = pointerKey(p, after)
	}
	return storage.Span{Prefix: pointers(p), Page: page}
}
