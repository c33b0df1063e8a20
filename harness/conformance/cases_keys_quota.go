package conformance

import (
	"fmt"
	"regexp"
	"time"
)

// keyQuotaCases are rows 10 and 11 of the table, and what is counted.
func keyQuotaCases() []Case {
	cases := under("quota",
		Case{Name: "per-key", Run: func(s *Session) {
			const says = "C3 row 10: denied iff admitted requests in the window >= rate_limit_per_hour; denied ones are not counted"
			k, other := s.myKey(fields{"rate_limit_per_hour": 3}), s.myKey(fields{"rate_limit_per_hour": 1})
			profile := k.use(get("/api/auth/profile"))
			for range 3 {
				s.ask(says, profile, ok)
			}
			for range 3 {
				s.ask(says, profile, refusedKey(429, "rate_limit_exceeded"), limited(3, time.Hour))
			}
			s.ask("C6", k.route("GET", ""), ok, number("usage_count", 3))
			s.ask("C6: per key", other.use(get("/api/auth/profile")), ok)
			s.ask("C6: the owner's token has no quota of a key", get("/api/auth/profile").bearer(s.me().token), ok)
			s.ask("K4", k.patch(fields{"rate_limit_per_hour": 4}), ok)
			s.ask(says+": the limit is the key's own, as it is now", profile, ok)
			s.ask(says, profile, limited(4, time.Hour))
			s.ask("K4", k.patch(fields{"rate_limit_per_hour": 2}), ok)
			s.ask(says, profile, limited(2, time.Hour))
			s.ask("A3: only a refused credential is 401", k.use(get("/api/auth/verify")), refusedKey(429, "rate_limit_exceeded"))
		}},
		Case{Name: "refused-is-not-counted", Run: func(s *Session) {
			const says = "C3: what rows 1 to 9 refuse is not counted"
			k := s.myKey(fields{"rate_limit_per_hour": 1, "allowed_ips": []string{s.address}})
			s.ask(says, k.use(get("/api/auth/profile")).with("X-Forwarded-For", "192.0.2.1"), refusedKey(403, "ip_not_allowed"))
			s.ask(says, k.use(bare("POST", "/api/auth/refresh")), refusedKey(403, "insufficient_permissions"))
			s.ask(says, k.use(get("/api/admin/errors")), refusedKey(403, "insufficient_permissions"))
			s.ask(says, k.use(get("/api/nothing")), notFound)
			s.ask(says, k.route("GET", ""), ok, number("usage_count", 0), is("last_used_at", nil))
			s.ask(says, k.use(get("/api/auth/profile")), ok)
			s.ask(says, k.use(get("/api/auth/profile")), refusedKey(429, "rate_limit_exceeded"))
		}},
		Case{Name: "usage", Run: keyUsageCase},
		Case{Name: "usage-query", Run: func(s *Session) {
			k := s.myKey(nil)
			for _, days := range []string{"1", "7", "90", "0", "-5", "1000", "9007199254740991"} {
				s.ask("K7: days taken into 1 to 90", k.route("GET", "/usage?days="+days), ok, number("total_requests", 0),
					number("avg_response_time_ms", 0), is("last_used_at", nil))
			}
			for _, days := range []string{"", "x", "1.5", "1&days=2"} {
				s.ask("C5: a bad number, or one given twice, is 400", k.route("GET", "/usage?days="+days), badRequest)
			}
		}},
	)
	race := Case{Name: "quota/race", Alone: true, Run: func(s *Session) {
		const says = "C3: check and count are one atomic step: of 100 requests at once under a limit of 50 exactly 50 are admitted"
		k := s.myKey(fields{"rate_limit_per_hour": 50})
		requests := make([]Request, crowd)
		for i := range requests {
			requests[i] = k.use(get("/api/auth/verify"))
		}
		counts := make(map[int]int)
		for _, r := range s.together(s.try, requests) {
			counts[r.Status]++
			if r.Status != 200 {
				s.want(r, says, limited(50, time.Hour))
			}
		}
		if counts[200] != 50 || counts[429] != 50 {
			s.Errorf("sent %d requests; came %v; contract: %s", crowd, counts, says)
		}
		s.ask(says, k.route("GET", ""), ok, number("usage_count", 50))
	}}
	revoked := Case{Name: "revoke/race", Alone: true, Run: func(s *Session) {
		const says = "accounts 8.1: a request that begins after the revocation has been answered is refused"
		k := s.myKey(fields{"rate_limit_per_hour": 1000})
		requests := make([]Request, 30)
		for i := range requests {
			requests[i] = k.use(get("/api/auth/profile"))
		}
		requests[10] = k.route("POST", "/revoke")
		for i, r := range s.together(s.try, requests) {
			if i == 10 {
				s.want(r, says, ok)
			} else if r.Status != 200 {
				s.want(r, says, refusedKey(401, "api_key_inactive"))
			}
		}
		for range 10 {
			s.ask(says, k.use(get("/api/auth/profile")), refusedKey(401, "api_key_inactive"))
		}
	}}
	return append(cases, race, revoked)
}

func keyUsageCase(s *Session) {
	const says = "K7: totals, average, last use, and daily_usage of days with requests"
	k := s.myKey(nil)
	empty := s.ask(says, k.route("GET", "/usage"), ok, number("total_requests", 0), number("successful_requests", 0), number("failed_requests", 0))
	if list, _ := empty.object["daily_usage"].([]any); list == nil || len(list) != 0 {
		s.wrong(empty, "daily_usage is not an empty array", says)
	}
	before := time.Now().UTC()
	for range 3 {
		s.ask("accounts 8.1", k.use(get("/api/auth/profile")), ok)
	}
	s.ask("accounts 8.1", k.use(get("/users/me/credits/history?limit=x")), badRequest)
	s.ask("C3: usage_count + 1, last_used_at", k.route("GET", ""), ok, number("usage_count", 4), instant("last_used_at"))
	var r *Reply
	counted := s.poll(20*time.Second, func() bool { // the usage row is written after the response
		r = s.ask(says, k.route("GET", "/usage"), ok)
		return r.int("total_requests") == 4
	})
	if !counted {
		s.wrong(r, "the requests are not counted", says)
		return
	}
	s.want(r, says, number("successful_requests", 3), number("failed_requests", 1),
		matching("last_used_at", "a time with +00:00", `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$`),
		each([]string{"avg_response_time_ms"}, "a number", isDuration))
	var requests, errors int64
	days, _ := r.object["daily_usage"].([]any)
	for _, d := range days {
		day, _ := d.(map[string]any)
		one := Record(day)
		date, err := time.Parse(time.DateOnly, one.text("date"))
		if err != nil || !regexp.MustCompile(`^\d{4}-\d\d-\d\d$`).MatchString(one.text("date")) || date.Sub(before).Abs() > 48*time.Hour || len(day) != 3 {
			s.wrong(r, fmt.Sprintf("a day is %v", day), says)
		}
		requests += one.int("requests")
		errors += one.int("errors")
	}
	if requests != 4 || errors != 1 {
		s.wrong(r, "the days do not sum up", says)
	}
}
