package circuits

import (
	"time"

	"tracedge/core/circuits/roles"
	"tracedge/core/web"
)

// circuitView is CircuitResponse of the contract.
type circuitView struct {
	ID          string        `json:"circuit_id"`
	Name        string        `json:"name"`
	Description string        `json:"description"`
	OwnerID     string        `json:"owner_id"`
	CreatedAt   web.Secs      `json:"created_timestamp"`
	ModifiedAt  web.Secs      `json:"last_modified"`
	Members     []memberView  `json:"members"`
	Permissions Flags         `json:"permissions"`
	Status      Status        `json:"status"`
	Requests    []requestView `json:"pending_requests"`
	Roles       []roleView    `json:"custom_roles"`
	Settings    *settingsView `json:"public_settings"`

	IsMember    bool         `json:"is_member"`
	MemberCount int          `json:"member_count"`
	Namespace   string       `json:"default_namespace"`
	Aliases     *AliasConfig `json:"alias_config"`
}

type memberView struct {
	ID          string     `json:"member_id"`
	Role        roles.Base `json:"role"`
	Custom      *string    `json:"custom_role_name"`
	Permissions roles.Set  `json:"permissions"`
	JoinedAt    web.Secs   `json:"joined_timestamp"`
}

type requestView struct {
	RequesterID string        `json:"requester_id"`
	At          web.Secs      `json:"requested_at"`
	Message     *string       `json:"message"`
	Status      RequestStatus `json:"status"`
}

type roleView struct {
	ID          string    `json:"role_id"`
	Name        string    `json:"role_name"`
	Permissions roles.Set `json:"permissions"`
	Description string    `json:"description"`
	Color       *string   `json:"color"`
	MemberCount int       `json:"member_count"`
	CreatedAt   web.Secs  `json:"created_timestamp"`
	CreatedBy   string    `json:"created_by"`
	Default     bool      `json:"is_default"`
}

// settingsView is PublicSettings of the contract. A password is shown as a mark.
type settingsView struct {
	Mode          AccessMode `json:"access_mode"`
	ScheduledDate *web.TimeZ `json:"scheduled_date"`
	Password      *string    `json:"access_password"`
	Texts
	Published     []string   `json:"published_items"`
	AutoApprove   bool       `json:"auto_approve_members"`
	AutoPublish   bool       `json:"auto_publish_pushed_items"`
	ShowEncrypted bool       `json:"show_encrypted_events"`
	PublicSince   *web.TimeZ `json:"public_since"`
}

// keptSecret stands for a secret that is set: it is shown in its place, and sent to keep it.
const keptSecret = "***"

// show is the circuit in the form for a viewer, who must be one that sees it.
func (st *state) show(who Viewer, now time.Time) *circuitView {
	st.sort()
	i := st.member(who.UserID)
	switch {
	case who.UserID != "" && i >= 0:
		manager := who.Admin || st.permissions(st.members[i]).Has(roles.ManageMembers)
		return st.inside(manager, true, now)
	case who.UserID != "" && who.UserID == st.head.OwnerID:
		return st.inside(true, true, now)
	case who.Admin:
		return st.inside(true, false, now)
	default:
		return st.outside()
	}
}

// inside is the circuit in full.
func (st *state) inside(manager, member bool, now time.Time) *circuitView {
	v := st.bare()
	v.Name, v.Description, v.OwnerID = st.head.Name, st.head.Description, st.head.OwnerID
	for _, m := range st.members {
		v.Members = append(v.Members, st.memberView(m))
	}
	if manager {
		for _, r := range st.requests {
			v.Requests = append(v.Requests, r.view())
		}
	}
	v.Roles = st.roleViews()
	if st.settings != nil {
		s := st.settingsView(now)
		v.Settings = &s
	}
	v.IsMember, v.Aliases = member, st.head.Aliases
	return v
}

// outside is the circuit as everybody sees it.
func (st *state) outside() *circuitView {
	v := st.bare()
	v.Name = st.head.Name
	if s := st.settings; s != nil {
		v.Name, v.Description = or(s.Name, st.head.Name), or(s.Description, "")
	}
	return v
}

// bare is what every form has in common.
func (st *state) bare() *circuitView {
	h := st.head
	return &circuitView{
		ID: h.ID, CreatedAt: web.Secs(h.CreatedAt), ModifiedAt: web.Secs(st.changed), Permissions: h.Permissions, Status: h.Status,
		Members: []memberView{}, Requests: []requestView{}, Roles: []roleView{},
		MemberCount: len(st.members), Namespace: h.Namespace,
	}
}

func (st *state) memberView(m Member) memberView {
	v := memberView{ID: m.ID, Role: m.Role, Permissions: st.permissions(m), JoinedAt: web.Secs(m.JoinedAt)}
	if m.Custom != "" {
		v.Custom = &m.Custom
	}
	return v
}

func (r Request) view() requestView {
	return requestView{r.RequesterID, web.Secs(r.At), r.Message, r.Status}
}

func (st *state) roleViews() []roleView {
	out := make([]roleView, len(st.roles))
	for i, r := range st.roles {
		out[i] = st.roleView(r)
	}
	return out
}

func (st *state) roleView(r Role) roleView {
	return roleView{
		r.ID, r.Name, r.Permissions, r.Description, r.Color, st.having(r), web.Secs(r.CreatedAt), r.CreatedBy, r.Default,
	}
}

// settingsView shows the settings, or what stands for them when there are none.
func (st *state) settingsView(now time.Time) settingsView {
	v := settingsView{Mode: Public, Published: make([]string, len(st.published))}
	for i, p := range st.published {
		v.Published[i] = p.DFID
	}
	if since := publicSince(&st.head, st.settings, now); since != nil {
		v.PublicSince = (*web.TimeZ)(since)
	}
	s := st.settings
	if s == nil {
		return v
	}
	v.Mode, v.ScheduledDate, v.Texts = s.Mode, (*web.TimeZ)(s.ScheduledDate), s.Texts
	v.AutoApprove, v.AutoPublish, v.ShowEncrypted = s.AutoApprove, s.AutoPublish, s.ShowEncrypted
	if s.PasswordHash != "" {
		kept := keptSecret
		v.Password = &kept
	}
	return v
}

// publicSince is when a circuit was first open to everybody, nil for not yet. Where its time came by itself, no commit
// has noted it, and the date says so.
func publicSince(h *Head, s *Settings, now time.Time) *time.Time {
	if h.PublicSince != nil {
		return h.PublicSince
	}
	if s != nil && s.Mode == Scheduled && listed(h, s, now) {
		return s.ScheduledDate
	}
	return nil
}

func or(text *string, fallback string) string {
	if text == nil {
		return fallback
	}
	return *text
}
