package conformance

import (
	"fmt"
	"strings"
)

func circuitSettingsCases() []Case {
	return []Case{
		{Name: "settings/defaults", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			empty := []string{"scheduled_date", "access_password", "public_name", "public_description", "primary_color", "secondary_color", "logo_url",
				"tagline", "footer_text", "required_event_types", "data_quality_rules", "export_permissions", "public_since"}
			checks := []Check{ok, is("configured", false), is("allow_public_visibility", false), text("access_mode", "Public"), lacks("published_items.0"),
				is("auto_approve_members", false), is("auto_publish_pushed_items", false), is("show_encrypted_events", false)}
			for _, name := range empty {
				checks = append(checks, is(name, nil))
			}
			s.ask("CP3: never set", c.own("GET", "/public-settings", nil), checks...)
			s.ask("9.1: public_settings null", c.own("GET", "", nil), ok, is("public_settings", nil))
		}},
		{Name: "settings/set", Run: func(s *Session) {
			c, secret := s.newCircuit(s.newUser(), nil), s.newSecret()
			full := fields{"access_mode": "pROTECTED", "scheduled_date": "2030-01-02T03:04:05.678+02:00", "access_password": secret, "public_name": "Open farm",
				"public_description": "Come in", "primary_color": "#fff", "secondary_color": "#000", "logo_url": "https://farm.example/logo.png", "tagline": "Beans",
				"footer_text": "Bye", "auto_approve_members": true, "auto_publish_pushed_items": true, "show_encrypted_events": true,
				"required_event_types": "Created", "data_quality_rules": "none", "export_permissions": "MEMBERS", "public_since": "2001-01-01T00:00:00Z"}
			shown := func(at string) Check {
				return all(text(at+"access_mode", "Protected"), text(at+"scheduled_date", "2030-01-02T01:04:05.678Z"), text(at+"access_password", "***"),
					text(at+"public_name", "Open farm"), text(at+"tagline", "Beans"), text(at+"export_permissions", "Members"), is(at+"auto_approve_members", true),
					is(at+"public_since", nil), text(at+"logo_url", "https://farm.example/logo.png"))
			}
			s.ask("CP4: 200 {success, data}", c.own("PUT", "/public-settings", full), ok, is("success", true), isC("data."), shown("data.public_settings."),
				is("data.permissions.allow_public_visibility", true))
			s.ask("CP3", c.own("GET", "/public-settings", nil), ok, shown(""), is("configured", true), is("allow_public_visibility", true))
			s.ask("9.2: *** and absent keep the password", c.own("PUT", "/public-settings", fields{"access_mode": "protected", "access_password": "***"}), ok,
				text("data.public_settings.access_password", "***"), is("data.public_settings.tagline", nil), is("data.public_settings.auto_approve_members", false))
			s.ask("9.2", c.own("PUT", "/public-settings", fields{"access_mode": "protected"}), ok, text("data.public_settings.access_password", "***"))
			s.ask("CP1: it still opens", withPassword(c.at(nil, "GET", "/public", nil), secret), ok, is("data.is_currently_accessible", true))
			s.ask("CP4 row 4: removed and Protected", c.own("PUT", "/public-settings", fields{"access_mode": "protected", "access_password": ""}), details("access_password"), is("details.required", true))
			s.ask("9.2: empty removes it; CP4: one with an object member public_settings", c.own("PUT", "/public-settings", fields{"tagline": strings.Repeat("x", 300),
				"public_settings": fields{"access_mode": "open", "access_password": ""}}), ok, is("data.public_settings.access_password", nil),
				text("data.public_settings.access_mode", "Public"), instant("data.public_settings.public_since"))
			s.ask("CP4 row 4: none sent or kept", c.own("PUT", "/public-settings", fields{"access_mode": "protected"}), details("access_password"), is("details.required", true))
			since := s.ask("CP3", c.own("GET", "/public-settings", nil), ok).text("public_since")
			s.ask("10.2: kept for good", c.own("PUT", "/public-settings", fields{"access_mode": "scheduled", "scheduled_date": "2001-01-01T00:00:00Z"}), ok,
				text("data.public_settings.public_since", since))
		}},
		{Name: "settings/refused", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			row := func(n int, body fields, checks ...Check) {
				s.Helper()
				s.ask(fmt.Sprintf("CP4 row %d", n), c.own("PUT", "/public-settings", body), append(checks, is("success", false))...)
			}
			row(1, fields{}, details("access_mode"), text("details.allowed_values.0", "Public"))
			row(1, fields{"access_mode": "secret", "scheduled_date": "x"}, details("access_mode"), text("details.provided_value", "secret"), text("details.allowed_values.2", "Scheduled"))
			row(2, fields{"access_mode": "scheduled"}, details("scheduled_date"), is("details.required", true))
			row(3, fields{"access_mode": "public", "scheduled_date": "tomorrow"}, details("scheduled_date"), text("details.provided_value", "tomorrow"), nonEmpty("details.expected_format"))
			row(4, fields{"access_mode": "protected", "export_permissions": "x"}, details("access_password"), is("details.required", true))
			row(4, fields{"access_mode": "public", "access_password": strings.Repeat("é", 37)}, details("access_password"))
			row(5, settings(fields{"export_permissions": "All", "tagline": strings.Repeat("x", 256)}), details("export_permissions"), text("details.provided_value", "All"), text("details.allowed_values.0", "Admin"))
			for name, most := range map[string]int{"public_name": 255, "tagline": 255, "primary_color": 64, "secondary_color": 64, "logo_url": 2048,
				"public_description": 4096, "footer_text": 4096, "required_event_types": 4096, "data_quality_rules": 4096} {
				row(6, settings(fields{name: strings.Repeat("x", most+1)}), details(name))
			}
			for _, address := range []string{"farm.example", "/logo.png", "javascript:alert(1)", "ftp://farm.example/x", "https://", "http:///x", "data:image/png,x"} {
				row(6, settings(fields{"logo_url": address}), details("logo_url"))
			}
			unknown := []string{}
			for i := range 25 {
				unknown = append(unknown, fmt.Sprintf("DFID-20250101-0000%02d-AAAA", i))
			}
			row(7, settings(fields{"published_items": unknown}), details("published_items"), text("details.unknown.0", unknown[0]), text("details.unknown.19", unknown[19]),
				lacks("details.unknown.20"))
			row(7, settings(fields{"published_items": []string{"", strings.Repeat("x", 2000), "../head", "a/b"}}), details("published_items"))
			many := make([]string, 5001)
			for i := range many {
				many[i] = fmt.Sprint("DFID-", i)
			}
			row(7, settings(fields{"published_items": many}), details("published_items"))
			s.ask("9.2: [] withdraws all", c.own("PUT", "/public-settings", settings(fields{"published_items": []string{}})), ok, lacks("data.public_settings.published_items.0"))
			s.ask("C5: type", c.own("PUT", "/public-settings", settings(fields{"auto_approve_members": "yes"})), unprocessable, field("auto_approve_members"))
		}},
		{Name: "settings/grant", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			s.ask("CR1", c.own("POST", "/roles", fields{"role_name": "Host", "permissions": []string{"managepermissions", "push", "pull"}, "description": ""}), ok)
			u := s.newMember(c, "Host")
			r := s.ask("G5: the caller must hold Invite, Push and Pull", c.at(u, "PUT", "/public-settings", settings(fields{"auto_approve_members": true})), rule403("grant_exceeds_own"))
			s.same(r, "G5", "missing", listAt(r, "missing"), []string{"Invite"})
			s.ask("CP4", c.own("PUT", "/public-settings", settings(fields{"auto_approve_members": true})), ok)
			s.ask("G5: only turning it on", c.at(u, "PUT", "/public-settings", settings(fields{"auto_approve_members": true, "tagline": "x"})), ok)
			s.ask("G5", c.at(u, "PUT", "/public-settings", settings(fields{"auto_approve_members": false})), ok)
		}},
	}
}
