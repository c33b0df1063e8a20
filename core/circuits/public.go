package circuits

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tracedge/core/accounts"
	"tracedge/core/fault"
	"tracedge/core/order"
	"tracedge/core/status"
	"tracedge/core/web"
)

func (s *Service) publicRoutes() []web.Route {
	page := enveloped(paged(of("GET", "/public", "The public page of a circuit.", nil, pageReply{}, s.page), pageQuery{}))
	page.Class = web.Optional
	settings := enveloped(of("PUT", "/public-settings", "Set how a circuit shows itself.", settingsBody{}, settingsReply{}, s.setSettings))
	settings.Fault = settingsFault
	return []web.Route{
		page,
		bodiless(enveloped(of("POST", "/public/join", "Join a public circuit, or ask to.", joinBody{}, joinReply{}, s.join))),
		of("GET", "/public-settings", "How a circuit shows itself.", nil, shownSettings{}, s.getSettings),
		settings,
	}
}

// notPublic is the 404 of the public routes: missing or not listed, members included.
func notPublic() error { return fault.NotFound("Circuit not found").With("code", "CIRCUIT_NOT_PUBLIC") }

// front is what the public routes know of a circuit.
type front struct {
	*Standing
	members   int64
	published []Published // newest first
}

// readPublic reads the front of a circuit, current: whoever may not see it any more does not. One call of the sequencer.
func (s *Service) readPublic(ctx context.Context, id string, who Viewer, now time.Time) (*front, error) {
	p := Partition(id)
	keys := append(standingKeys(p, who.UserID), tallyKey(p, tallyMembers))
	v, err := s.store.View(ctx, "circuits_get_public", p, keys, published(p))
	if err != nil {
		return nil, err
	}
	f := &front{}
	if f.Standing, err = Stand(v, p, who, now); err != nil {
		return nil, err
	}
	if _, err := v.Get(tallyKey(p, tallyMembers), &f.members); err != nil {
		return nil, err
	}
	f.published, err = decoded[Published](v, v.Range(published(p)))
	order.By(f.published, func(a, b Published) int { return oldestFirst(b, a) })
	return f, err
}

// Event is an event as a public page shows it.
type Event struct {
	ID         string          `json:"event_id"`
	DFID       string          `json:"dfid"`
	Type       string          `json:"event_type"`
	Source     string          `json:"source"`
	Visibility string          `json:"visibility"`
	Time       web.TimeOffset  `json:"timestamp"`
	Metadata   json.RawMessage `json:"metadata"`
}

// Events reads what public pages show of items.
type Events interface {
	// PublicEvents are the newest public events of items, at most 100 of each, from the edge. There may be fewer lists than
	// items, but one if there are items: what a page takes ends with the last. Private events are never among them, and no
	// others are encrypted.
	PublicEvents(ctx context.Context, dfids []string) ([][]Event, error)
}

// Show gives the pages their events. It is called while the program is put together.
func (s *Service) Show(e Events) { s.events = e }

// staleness is how old what a page shows of events may be: what the edge may lag behind.
const staleness = time.Minute

type pageQuery struct {
	web.Page
}

type pageReply struct {
	Success bool     `json:"success"`
	Data    pageData `json:"data"`
}

type pageData struct {
	ID          string  `json:"circuit_id"`
	Name        string  `json:"public_name"`
	Description *string `json:"public_description"`
	Primary     *string `json:"primary_color"`
	Secondary   *string `json:"secondary_color"`
	Logo        *string `json:"logo_url"`
	Tagline     *string `json:"tagline"`
	Footer      *string `json:"footer_text"`

	MemberCount int64 `json:"member_count"`
	ItemsCount  int   `json:"items_count"`
	EventsCount int   `json:"events_count"`

	Mode       string `json:"access_mode"`
	Requires   bool   `json:"requires_password"`
	Accessible bool   `json:"is_currently_accessible"`

	Published     []string        `json:"published_items"`
	Items         []pageItem      `json:"published_items_with_events"`
	AutoPublish   bool            `json:"auto_publish_pushed_items"`
	ShowEncrypted bool            `json:"show_encrypted_events"`
	PublicSince   *web.TimeOffset `json:"public_since"`
	CreatedAt     web.TimeOffset  `json:"created_at"`
	Activity      []struct{}      `json:"recent_activity"`
	NextCursor    *string         `json:"next_cursor"`
	EventsAsOf    *web.TimeOffset `json:"events_as_of"` // every public event from before then is in the page
}

type pageItem struct {
	DFID   string  `json:"dfid"`
	Events []Event `json:"events"`
}

// page is CP1. What is decided here, who sees what, is read current; the events come from the edge, and the reply says
// from when.
func (s *Service) page(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	password, err := passwordIn(c)
	if err != nil {
		return nil, err
	}
	page := web.Query[pageQuery](c).Page
	var after position
	resumed, err := page.Resume(&after)
	if err != nil {
		return nil, err
	}
	now := c.Now()
	f, err := s.readPublic(c.Context(), id, ViewerOf(c), now)
	if err != nil {
		return nil, err
	}
	if !f.Listed() {
		return nil, notPublic()
	}
	open := f.Open() || f.Inside()
	if !open && password != "" {
		if err := s.comparePassword(c, id, f.Settings.PasswordHash, password); err != nil {
			return nil, err
		}
		open = true
	}
	data := f.data(open)
	if !open {
		return pageReply{true, data}, nil
	}
	shown := f.published
	if resumed {
		shown = shown[after.in(shown):]
	}
	if data.Items, err = s.eventsOf(c.Context(), shown[:min(page.Limit, len(shown))]); err != nil {
		return nil, err
	}
	for _, item := range data.Items {
		data.EventsCount += len(item.Events)
	}
	if n := len(data.Items); n > 0 && n < len(shown) {
		if data.NextCursor, err = c.Next(position{shown[n-1].At, shown[n-1].DFID}); err != nil {
			return nil, err
		}
	}
	asOf := web.TimeOffset(now.Add(-staleness))
	data.EventsAsOf = &asOf
	return pageReply{true, data}, nil
}

// in is where a list that is newest first goes on after the position.
func (p position) in(list []Published) int {
	i := slices.IndexFunc(list, func(x Published) bool { return oldestFirst(x, Published{DFID: p.ID, At: p.At}) < 0 })
	if i < 0 {
		return len(list)
	}
	return i
}

// data is the page; its items only where they are open to the viewer.
func (f *front) data(open bool) pageData {
	d := pageData{
		ID: f.Head.ID, Name: f.Head.Name, MemberCount: f.members, Mode: strings.ToLower(string(Public)), Accessible: open,
		Published: []string{}, Items: []pageItem{}, CreatedAt: web.TimeOffset(f.Head.CreatedAt), Activity: []struct{}{},
		PublicSince: (*web.TimeOffset)(publicSince(f.Head, f.Settings, f.now)),
	}
	if s := f.Settings; s != nil {
		d.Name, d.Description = or(s.Name, f.Head.Name), s.Description
		d.Primary, d.Secondary, d.Logo, d.Tagline, d.Footer = s.Primary, s.Secondary, s.Logo, s.Tagline, s.Footer
		d.Mode, d.Requires = strings.ToLower(string(s.Mode)), s.Mode == Protected
		d.AutoPublish, d.ShowEncrypted = s.AutoPublish, s.ShowEncrypted
	}
	if !open {
		return d
	}
	d.ItemsCount = len(f.published)
	for _, p := range f.published {
		d.Published = append(d.Published, p.DFID)
	}
	return d
}

// eventsOf are the items of a page with their events: as many from the first as one page takes.
func (s *Service) eventsOf(ctx context.Context, list []Published) ([]pageItem, error) {
	dfids := make([]string, len(list))
	for i, p := range list {
		dfids[i] = p.DFID
	}
	events, err := s.events.PublicEvents(ctx, dfids)
	out := make([]pageItem, len(events))
	for i := range out {
		out[i] = pageItem{dfids[i], events[i]}
	}
	return out, err
}

// passwordHeader opens a protected page, percent-encoded. Passwords are never taken from the query.
const passwordHeader = "X-Circuit-Password"

func passwordIn(c *web.Call) (string, error) {
	values := c.Request().Header.Values(passwordHeader)
	if len(values) == 0 {
		return "", nil
	}
	text, err := url.PathUnescape(values[0])
	if err != nil || len(values) > 1 || !utf8.ValidString(text) {
		return "", fault.BadRequest(passwordHeader, "The password is not UTF-8 in percent-encoding, once")
	}
	return text, nil
}

func wrongPassword() error { return forbidden("wrong_password", "The password is wrong") }

// comparePassword compares the password of a protected circuit. Failures are counted by circuit and address, and
// comparisons pass the gate of logins. Errors: 429; 503 overloaded; 403 wrong_password.
func (s *Service) comparePassword(c *web.Call, circuitID, hash, password string) error {
	attempts := s.limits.AttemptsOf("circuit/"+circuitID, c.Address(), s.config.LoginFailures)
	if err := attempts.Check(c.Context()); err != nil {
		return err
	}
	leave, err := s.gate.Enter()
	if err != nil {
		return err
	}
	match := len(password) <= accounts.MaxPassword && accounts.MatchPassword(hash, password)
	leave()
	if match {
		return nil
	}
	if err := attempts.Fail(c.Context()); err != nil {
		return err
	}
	return wrongPassword()
}

// settingsFault gives the 400 of a bad circuit id the form of the other errors of its route.
func settingsFault(_ *web.Call, f *fault.Error) *fault.Error {
	if f.Status != status.BadRequest || f.Extra["field"] != "id" {
		return f
	}
	return f.With("code", "validation_error").With("details", map[string]any{"field": "circuit_id", "issue": f.Message})
}

// publishedBy tells whether an item is shown to everybody by a circuit: it is open and has the published row, and a
// published row stands only for an item that the circuit holds.
func (f *front) publishes(dfid string) bool {
	return f.Open() && slices.ContainsFunc(f.published, func(p Published) bool { return p.DFID == dfid })
}
