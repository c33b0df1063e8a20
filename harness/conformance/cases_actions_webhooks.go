package conformance

import (
	"fmt"
	"strings"
)

func webhookCases() []Case {
	return []Case{
		{Name: "create", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			whole := func(at string) Check {
				return all(text(at+"name", "Weighbridge"), text(at+"url", "https://hooks.farm.example/in"), text(at+"method", "Post"), text(at+"auth_type", "None"),
					is(at+"auth_credentials", nil), is(at+"signing_secret", nil), is(at+"enabled", true), matching(at+"created_at", "rfc3339z", `Z$`),
					matching(at+"updated_at", "rfc3339z", `Z$`), number(at+"retry_config.max_retries", 3), number(at+"retry_config.initial_delay_ms", 1000),
					number(at+"retry_config.max_delay_ms", 30000), number(at+"retry_config.backoff_multiplier", 2),
					each([]string{at + "headers"}, "an empty object", func(v any) bool { m, is := v.(map[string]any); return is && len(m) == 0 }))
			}
			r := s.ask("WH3: WebhookConfig", c.own("POST", hooksAt, webhook(nil)), ok, is("success", true), nonEmpty("message"), whole("data."))
			id := r.text("data.id")
			s.ask("WH4", c.own("GET", hooksAt+"/"+strings.ToUpper(id), nil), ok, is("success", true), whole("data."), text("data.id", id))
			r = s.ask("11: the first WH3 stores the defaults", c.own("GET", actionsAt, nil), ok, is("data.enabled", false), is("data.include_storage_details", true),
				is("data.include_item_metadata", true), text("data.webhooks.0.id", id), whole("data.webhooks.0."))
			s.same(r, "13.1", "triggers", listAt(r, "data.trigger_events"), []string{"ItemPushed"})
			ids := []string{id}
			for i, method := range []string{"put", "PATCH", "PoSt"} {
				r := s.ask("13.2: method in any case", c.own("POST", hooksAt, webhook(fields{"method": method, "headers": fields{"X-Farm": fmt.Sprint(i)}, "enabled": false})), ok,
					text("data.method", strings.ToUpper(method[:1])+strings.ToLower(method[1:])), text("data.headers.X-Farm", fmt.Sprint(i)), is("data.enabled", false))
				ids = append(ids, r.text("data.id"))
			}
			r = s.ask("WH1", c.own("GET", actionsAt, nil), ok)
			s.same(r, "13.1: oldest first", "webhooks", s.textsAt(r, "data.webhooks", "id"), ids)
		}},
		{Name: "rules", Run: webhookRulesCase},
		{Name: "addresses", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			id := s.newHook(c, nil)
			no := all(badRequest, text("code", "webhook_url_refused"), field("url"), is("success", false))
			for _, url := range []string{
				"", "x", "/in", "ftp://a.example", "file:///etc/passwd", "https://u:p@a.example/", "https://a.example:22", "http://localhost:8080/", "http://a.localhost",
				"https://hooks", "http://printer.local", "http://metadata.google.internal/", "http://router.home.arpa", "http://127.0.0.1:8080", "http://127.1:8080",
				"http://2130706433", "http://0x7f.1", "http://0177.0.0.1", "http://0.0.0.0", "http://10.0.0.1", "http://100.64.0.1", "http://169.254.169.254/latest/meta-data",
				"http://172.16.0.1", "http://192.0.0.1", "http://192.0.2.1", "http://192.168.0.1", "http://198.18.0.1", "http://198.51.100.1", "http://203.0.113.1", "http://224.0.0.1",
				"http://255.255.255.255", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[fe80::1]/", "http://[fd00::1]/", "http://[2001::1]/", "http://[2001:db8::1]/",
				"http://[2002:7f00:1::]/", "http://[64:ff9b::a9fe:a9fe]/", "https://app.farm.example/", "https://APP.farm.example./in", "https://１２７.0.0.1/",
				"https://a.example/" + strings.Repeat("a", 2048),
			} {
				s.ask("12.4", c.own("POST", hooksAt, webhook(fields{"url": url})), no)
				s.ask("12.4", c.own("PUT", hooksAt+"/"+id, fields{"url": url}), no)
			}
			s.ask("12.4: nothing written", c.own("GET", actionsAt, nil), ok, lacks("data.webhooks.1"), text("data.webhooks.0.url", "https://hooks.farm.example/in"))
			for _, url := range []string{"http://hooks.farm.example:8080/in?a=b", "https://8.8.8.8/", "https://[2606:4700::1111]/", "https://a.example:443"} {
				s.ask("12.4", c.own("PUT", hooksAt+"/"+id, fields{"url": url}), ok, text("data.url", url))
			}
		}},
		{Name: "update", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			id := s.newHook(c, fields{"headers": fields{"X-A": "1", "X-B": "2"}})
			at := hooksAt + "/" + id
			before := s.ask("WH4", c.own("GET", at, nil), ok)
			s.ask("WH5: all optional; nothing changes", c.own("PUT", at, fields{}), ok, text("data.updated_at", before.text("data.updated_at")), is("success", true), nonEmpty("message"))
			s.ask("WH5: every field sent", c.own("PUT", at, fields{"name": "Gate", "method": "patch", "enabled": false}), ok, text("data.name", "Gate"), text("data.method", "Patch"),
				is("data.enabled", false), text("data.headers.X-A", "1"), text("data.url", "https://hooks.farm.example/in"), text("data.created_at", before.text("data.created_at")))
			s.ask("WH5: headers as a whole", c.own("PUT", at, fields{"headers": fields{"X-C": "3"}}), ok, text("data.headers.X-C", "3"), lacks("data.headers.X-A"), text("data.name", "Gate"))
			s.ask("C5: null means absent", c.own("PUT", at, fields{"headers": nil, "name": nil, "url": nil, "auth_type": nil}), ok, text("data.headers.X-C", "3"), text("data.name", "Gate"))
			after := s.ask("WH4", c.own("GET", at, nil), ok, text("data.name", "Gate"), is("data.enabled", false))
			if after.text("data.updated_at") <= before.text("data.updated_at") {
				s.wrong(after, "not later than before", "WH5: updated_at set")
			}
			s.ask("WH5", c.own("PUT", at, fields{"headers": fields{}}), ok, lacks("data.headers.X-C"))
		}},
		{Name: "limit", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			first := s.newHook(c, nil)
			for range 49 {
				s.newHook(c, nil)
			}
			s.ask("WH3: webhook_limit at 50", c.own("POST", hooksAt, webhook(nil)), rule409("webhook_limit"), is("success", false))
			s.ask("WH3: rules first", c.own("POST", hooksAt, webhook(fields{"name": ""})), unprocessable, field("name"))
			s.ask("WH6", c.own("DELETE", hooksAt+"/"+first, nil), ok)
			s.newHook(c, nil)
		}},
		{Name: "side-by-side", Alone: true, Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			for range 45 {
				s.newHook(c, nil)
			}
			requests := make([]Request, 10)
			for i := range requests {
				requests[i] = c.own("POST", hooksAt, webhook(nil))
			}
			made := 0
			for _, r := range s.together(s.settled, requests) {
				s.want(r, "WH3: of ten at once five find a place", status(200, 409))
				if r.Status == 200 {
					made++
				}
			}
			r := s.ask("WH1", c.own("GET", actionsAt, nil), ok)
			if n := len(s.under(r, "data.webhooks")); made != 5 || n != 50 {
				s.wrong(r, fmt.Sprintf("%d were made, %d are there", made, n), "WH3: webhook_limit at 50")
			}
		}},
	}
}

func webhookRulesCase(s *Session) {
	c := s.newCircuit(s.newUser(), nil)
	id := s.newHook(c, nil)
	many := fields{}
	for i := range 21 {
		many[fmt.Sprint("X-", i)] = "v"
	}
	type rule struct {
		body fields
		want Check
	}
	bad := func(name string) Check { return all(unprocessable, field(name), is("success", false)) }
	rules := []rule{
		{fields{"name": ""}, bad("name")}, {fields{"name": strings.Repeat("n", 256)}, bad("name")}, {fields{"name": "a\nb"}, bad("name")}, {fields{"name": 7}, bad("name")},
		{fields{"url": 7}, bad("url")},
		{fields{"method": "GET"}, all(bad("method"), text("provided", "GET"), texts("allowed"))}, {fields{"method": 7}, bad("method")},
		{fields{"auth_type": "Basic"}, all(bad("auth_type"), text("provided", "Basic"), texts("allowed"))},
		{fields{"headers": many}, bad("headers")}, {fields{"headers": []string{}}, bad("headers")}, {fields{"headers": fields{"X-A": 7}}, bad("headers.X-A")},
		{fields{"headers": fields{"": "v"}}, bad("headers")}, {fields{"headers": fields{"X A": "v"}}, bad("headers")}, {fields{"headers": fields{"X:A": "v"}}, bad("headers")},
		{fields{"headers": fields{"Xé": "v"}}, bad("headers")}, {fields{"headers": fields{strings.Repeat("x", 101): "v"}}, bad("headers")},
		{fields{"headers": fields{"X-A": "v\r\nHost: inside"}}, bad("headers")}, {fields{"headers": fields{"X-A": strings.Repeat("v", 1025)}}, bad("headers")},
		{fields{"headers": fields{"hOST": "v"}}, bad("headers")}, {fields{"headers": fields{"Connection": "v"}}, bad("headers")}, {fields{"headers": fields{"content-length": "1"}}, bad("headers")},
		{fields{"headers": fields{"Content-Type": "v"}}, bad("headers")}, {fields{"headers": fields{"Transfer-Encoding": "v"}}, bad("headers")},
		{fields{"headers": fields{"x-tracedge-signature": "v"}}, bad("headers")},
		{fields{"auth_type": "BearerToken"}, bad("auth_credentials")}, {fields{"auth_type": "ApiKey", "auth_credentials": ""}, bad("auth_credentials")},
		{fields{"auth_type": "ApiKey", "auth_credentials": "***"}, bad("auth_credentials")},
		{fields{"auth_type": "BasicAuth", "auth_credentials": "nobody"}, bad("auth_credentials")}, {fields{"auth_credentials": strings.Repeat("c", 1025)}, bad("auth_credentials")},
		{fields{"auth_type": "BearerToken", "auth_credentials": "a\r\nHost: inside"}, bad("auth_credentials")},
		{fields{"signing_secret": strings.Repeat("s", 15)}, bad("signing_secret")}, {fields{"signing_secret": strings.Repeat("s", 257)}, bad("signing_secret")},
		{fields{"enabled": "yes"}, bad("enabled")},
		{fields{"url": "http://localhost", "name": ""}, all(badRequest, field("url"))},
		{fields{"name": "", "headers": many}, bad("name")}, {fields{"headers": many, "signing_secret": "s"}, bad("headers")},
	}
	for i, r := range rules {
		says := fmt.Sprintf("11, rule %d", i)
		s.ask(says, c.own("POST", hooksAt, webhook(r.body)), r.want)
		s.ask(says, c.own("PUT", hooksAt+"/"+id, r.body), r.want)
	}
	for _, name := range []string{"name", "url"} {
		body := webhook(nil)
		delete(body, name)
		s.ask("WH3: required", c.own("POST", hooksAt, body), unprocessable, field(name))
	}
	for _, good := range []fields{
		{"name": strings.Repeat("n", 255)}, {"name": " "}, {"name": "Balança ✓"}, {"headers": fields{"X!#$%&'*+-.^_`|~9": strings.Repeat("v", 1024)}},
		{"auth_type": "CustomHeader"}, {"signing_secret": ""}, {"auth_credentials": ""},
	} {
		s.ask("11", c.own("POST", hooksAt, webhook(good)), ok)
	}
	s.ask("11: nothing of what is refused is written", c.own("GET", hooksAt+"/"+id, nil), ok, text("data.name", "Weighbridge"), text("data.auth_type", "None"))
}

// webhookSecretCases hold that secrets of webhooks never leave. A tag is searched for in all records, too.
func webhookSecretCases() []Case {
	return []Case{
		{Name: "secrets", Run: func(s *Session) {
			const says = "C7, 11: read as ***, null when not set; sending *** keeps the stored value"
			c := s.newCircuit(s.newUser(), nil)
			credentials, signing, cookie, custom := s.tag("credentials"), s.tag("a signing secret")+"-long", s.tag("a cookie"), s.tag("a header")
			hidden := all(without("the credentials", credentials), without("the signing secret", signing), without("the cookie", cookie), without("the header", custom))
			r := s.ask(says, c.own("POST", hooksAt, webhook(fields{
				"auth_type": "BasicAuth", "auth_credentials": "user:" + credentials, "signing_secret": signing,
				"headers": fields{"cookie": cookie, "X-API-KEY": cookie, "Authorization": cookie, "X-Farm": "plain"},
			})), ok, hidden, text("data.auth_credentials", "***"), text("data.signing_secret", "***"), text("data.headers.cookie", "***"),
				text("data.headers.X-API-KEY", "***"), text("data.headers.Authorization", "***"), text("data.headers.X-Farm", "plain"))
			at := hooksAt + "/" + r.text("data.id")
			s.ask(says, c.own("PUT", at, fields{"auth_credentials": "***", "signing_secret": "***", "headers": fields{"cookie": "***", "X-API-Key": "***", "X-Farm": "***"}}), ok, hidden,
				text("data.auth_credentials", "***"), text("data.headers.cookie", "***"), lacks("data.headers.X-API-Key", "data.headers.Authorization"), text("data.headers.X-Farm", "***"))
			s.ask("11: every field, *** kept a usable one", c.own("PUT", at, fields{"auth_type": "BearerToken"}), ok, hidden)
			s.ask("11: and back", c.own("PUT", at, fields{"auth_type": "BasicAuth"}), ok, hidden)
			s.ask("11: credentials that are needed stay", c.own("PUT", at, fields{"auth_credentials": ""}), unprocessable, field("auth_credentials"))
			s.ask("11: empty removes", c.own("PUT", at, fields{"auth_type": "None", "auth_credentials": "", "signing_secret": ""}), ok, is("data.auth_credentials", nil), is("data.signing_secret", nil))
			for _, r := range []Request{c.own("GET", at, nil), c.own("GET", actionsAt, nil), c.own("POST", at+"/test", nil), c.own("GET", actionsAt+"/deliveries", nil), c.own("GET", "", nil)} {
				s.ask(says, r, ok, hidden)
			}
		}},
		{Name: "secrets/headers", Run: func(s *Session) {
			const says = "11: all header values when auth_type is CustomHeader; a secret stays one"
			c := s.newCircuit(s.newUser(), nil)
			custom, plain := s.tag("a header"), s.tag("a header that becomes a secret")
			r := s.ask(says, c.own("POST", hooksAt, webhook(fields{"auth_type": "CustomHeader", "headers": fields{"X-Farm": custom}})), ok, without("the header", custom), text("data.headers.X-Farm", "***"))
			at := hooksAt + "/" + r.text("data.id")
			s.ask(says, c.own("PUT", at, fields{"auth_type": "None"}), ok, without("the header", custom), text("data.headers.X-Farm", "***"))
			s.ask(says, c.own("PUT", at, fields{"headers": fields{"X-Farm": "***", "X-New": plain}}), ok, without("the header", custom), text("data.headers.X-Farm", "***"), text("data.headers.X-New", plain))
			s.ask(says, c.own("PUT", at, fields{"auth_type": "CustomHeader"}), ok, text("data.headers.X-Farm", "***"), text("data.headers.X-New", "***"))
			s.ask(says, c.own("PUT", at, fields{"auth_type": "None"}), ok, without("the header", plain), text("data.headers.X-New", "***"))
			s.ask("C7: *** of what is not there keeps nothing", c.own("PUT", at, fields{"auth_type": "CustomHeader", "headers": fields{"X-None": "***"}}), ok, lacks("data.headers.X-None", "data.headers.X-Farm"))
		}},
		{Name: "secrets/refusals", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			tag := s.tag("credentials of a request that is refused")
			for _, body := range []fields{
				{"auth_credentials": tag, "name": ""}, {"auth_credentials": tag, "auth_type": "BasicAuth"}, {"signing_secret": tag}, {"headers": fields{"X A": tag}},
				{"auth_credentials": tag + strings.Repeat("x", 1024)}, {"auth_credentials": []string{tag}}, {"headers": fields{"Cookie": []string{tag}}},
			} {
				s.ask("C7: write-only", c.own("POST", hooksAt, webhook(body)), unprocessable, without("the credentials", tag))
			}
		}},
	}
}

// webhooksWithoutKeyCase is of a service without SECRETS_KEY.
func webhooksWithoutKeyCase(s *Session) {
	const says = "WH3, WH5: secret without SECRETS_KEY: 503 other"
	missing := all(refused(503, "other"), header("Retry-After", "1"), is("success", false))
	c := s.newCircuit(s.newUser(), nil)
	id := s.newHook(c, fields{"headers": fields{"X-Farm": "plain"}})
	for _, secret := range []fields{
		{"auth_type": "ApiKey", "auth_credentials": "k"}, {"signing_secret": "a secret of some length"}, {"headers": fields{"Cookie": "k"}},
		{"auth_type": "CustomHeader", "headers": fields{"X-A": "k"}},
	} {
		s.ask(says, c.own("POST", hooksAt, webhook(secret)), missing)
		s.ask(says, c.own("PUT", hooksAt+"/"+id, secret), missing)
		s.ask("11: rules first", c.own("POST", hooksAt, webhook(with(secret, fields{"name": ""}))), unprocessable, field("name"))
	}
	s.ask("11: a header that becomes a secret", c.own("PUT", hooksAt+"/"+id, fields{"auth_type": "CustomHeader"}), missing)
	s.ask(says, c.own("PUT", hooksAt+"/"+id, fields{"name": "Gate", "auth_credentials": "***", "signing_secret": ""}), ok, is("data.auth_credentials", nil))
	s.ask("nothing of what is refused is written", c.own("GET", actionsAt, nil), ok, lacks("data.webhooks.1"), text("data.webhooks.0.auth_type", "None"))
}
