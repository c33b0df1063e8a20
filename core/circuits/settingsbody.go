package circuits

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/fault"
	"tracedge/core/status"
	"tracedge/core/web"
)

// settingsBody is public settings as they are sent. What is absent is its default, but for the password and the published
// items, which then stay.
type settingsBody struct {
	Mode          *string `json:"access_mode"`
	ScheduledDate *string `json:"scheduled_date"`
	Password      *string `json:"access_password"`
	Texts
	Published     *[]string `json:"published_items"`
	AutoApprove   *bool     `json:"auto_approve_members"`
	AutoPublish   *bool     `json:"auto_publish_pushed_items"`
	ShowEncrypted *bool     `json:"show_encrypted_events"`
}

// settingsIn decodes a body that is the settings, or holds them as public_settings.
func settingsIn(c *web.Call) (*settingsBody, error) {
	outer, err := web.Body[struct {
		Settings json.RawMessage `json:"public_settings" opt:"true"`
	}](c)
	if err != nil {
		return nil, err
	}
	if doc := strings.TrimLeft(string(outer.Settings), " \t\r\n"); !strings.HasPrefix(doc, "{") {
		return web.Body[settingsBody](c)
	}
	inner, err := web.Body[struct {
		Settings settingsBody `json:"public_settings"`
	}](c)
	if err != nil {
		return nil, err
	}
	return &inner.Settings, nil
}

// plan is checked settings, before what of the stored ones stays is known. The hash of a new password is made before the
// update.
type plan struct {
	Settings
	published []string // without repeats; nil is kept
	password  passwordPlan
	secret    string // the new password
	later     error  // of the rules after keep
}

// passwordPlan says what becomes of the password.
type passwordPlan int

const (
	keepPassword passwordPlan = iota
	removePassword
	setPassword
)

// invalid is the 422 of public settings. The pairs are further details.
func invalid(field, issue string, more ...any) *fault.Error {
	details := map[string]any{"field": field, "issue": issue}
	for i := 0; i+1 < len(more); i += 2 {
		details[more[i].(string)] = more[i+1]
	}
	return fault.New(fault.Validation, status.UnprocessableEntity, "Public settings are not valid: "+issue).
		With("code", "validation_error").With("details", details)
}

// check applies the rules in their order, but for those that need the stored settings and the circuit's items: keep comes
// between, and what the later rules say is in plan.later. Errors: 422 with details.
func (b *settingsBody) check() (*plan, error) {
	p := &plan{Settings: Settings{Texts: b.Texts}}
	var ok bool
	if b.Mode == nil {
		return nil, invalid("access_mode", "Required", "provided_value", nil, "allowed_values", modes())
	}
	if p.Mode, ok = parseMode(*b.Mode); !ok {
		return nil, invalid("access_mode", "Unknown value", "provided_value", *b.Mode, "allowed_values", modes())
	}
	if err := p.schedule(b.ScheduledDate); err != nil {
		return nil, err
	}
	if err := p.secure(b.Password); err != nil {
		return nil, err
	}
	p.AutoApprove, p.AutoPublish, p.ShowEncrypted = set(b.AutoApprove), set(b.AutoPublish), set(b.ShowEncrypted)
	p.later = p.rest(b)
	return p, nil
}

// rest are the rules after those of the password.
func (p *plan) rest(b *settingsBody) error {
	if b.Export != nil {
		var ok bool
		if p.Export, ok = parseExport(*b.Export); !ok {
			return invalid("export_permissions", "Unknown value", "provided_value", *b.Export, "allowed_values", exports())
		}
	}
	if err := b.Texts.check(); err != nil {
		return err
	}
	return p.publish(b.Published)
}

func set(b *bool) bool { return b != nil && *b }

func (p *plan) schedule(date *string) error {
	if date == nil {
		if p.Mode == Scheduled {
			return invalid("scheduled_date", "Required with this access mode", "required", true)
		}
		return nil
	}
	var at web.TimeZ
	if at.UnmarshalText([]byte(*date)) != nil {
		return invalid("scheduled_date", "Not a time", "provided_value", *date, "expected_format", "RFC 3339")
	}
	when := time.Time(at).Truncate(time.Millisecond)
	p.ScheduledDate = &when
	return nil
}

func (p *plan) secure(password *string) error {
	switch {
	case password == nil, *password == keptSecret:
		p.password = keepPassword
	case *password == "":
		p.password = removePassword
		if p.Mode == Protected {
			return noPassword()
		}
	case len(*password) > accounts.MaxPassword:
		return invalid("access_password", "At most 72 bytes", "required", true)
	default:
		p.password, p.secret = setPassword, *password
	}
	return nil
}

// noPassword is the 422 of a protected circuit without a password.
func noPassword() error {
	return invalid("access_password", "Required with this access mode", "required", true)
}

// keep takes over from the stored settings what stays, nil is none, and goes on with the rules. Errors: 422 with details.
func (p *plan) keep(old *Settings) error {
	if p.password == keepPassword && old != nil {
		p.PasswordHash = old.PasswordHash
	}
	if p.Mode == Protected && p.PasswordHash == "" && p.password != setPassword {
		return noPassword()
	}
	return p.later
}

func (p *plan) publish(sent *[]string) error {
	if sent == nil {
		return nil
	}
	p.published = make([]string, 0, len(*sent))
	seen := make(map[string]bool, len(*sent))
	for _, dfid := range *sent {
		if !seen[dfid] {
			seen[dfid] = true
			p.published = append(p.published, dfid)
		}
	}
	if len(p.published) > maxPublished {
		return tooManyItems()
	}
	return nil
}

func tooManyItems() error {
	return invalid("published_items", "At most 5000 items", "unknown", []string{})
}

// check applies the rules of the texts. Errors: 422 with details.
func (t *Texts) check() error {
	for _, f := range []struct {
		name string
		text *string
		most int
	}{
		{"public_name", t.Name, maxName}, {"public_description", t.Description, maxDescription},
		{"primary_color", t.Primary, maxColor}, {"secondary_color", t.Secondary, maxColor}, {"logo_url", t.Logo, maxURL},
		{"tagline", t.Tagline, maxName}, {"footer_text", t.Footer, maxDescription},
		{"required_event_types", t.EventTypes, maxDescription}, {"data_quality_rules", t.Quality, maxDescription},
	} {
		if f.text != nil && len(*f.text) > f.most {
			return invalid(f.name, "Too long", "max_bytes", f.most)
		}
	}
	if t.Logo != nil && !isWebAddress(*t.Logo) {
		return invalid("logo_url", "Not an absolute http or https URL")
	}
	return nil
}

func isWebAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

func modes() []AccessMode { return []AccessMode{Public, Protected, Scheduled} }

func parseMode(text string) (AccessMode, bool) {
	if sameWord(text, "open") {
		return Public, true
	}
	for _, m := range modes() {
		if sameWord(text, string(m)) {
			return m, true
		}
	}
	return "", false
}

func exports() []string { return []string{"Admin", "Members", "Public"} }

func parseExport(text string) (*string, bool) {
	for _, e := range exports() {
		if sameWord(text, e) {
			return &e, true
		}
	}
	return nil, false
}
