package conformance

// batchCases are PU3.
func batchCases() []Case {
	return []Case{
		{Name: "batch", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			u, stranger := c.owner, s.newUser()
			batch := func(u *user, dfids ...string) Request {
				list := []fields{}
				for _, dfid := range dfids {
					list = append(list, fields{"dfid": dfid, "data": []int{1}})
				}
				return c.at(u, "POST", "/push/batch", fields{"items": list})
			}
			a, b, theirs := s.newItem(u), s.newItem(u), s.newItem(stranger)
			r := s.ask("4.2: everything else is per element", batch(u, a, theirs, b, a, "x"), ok, number("success_count", 3), number("failed_count", 2))
			s.same(r, "4.2: request order", "dfids", s.textsAt(r, "results", "dfid"), []string{a, theirs, b, a, "x"})
			for n, e := range s.under(r, "results") {
				if n == 1 || n == 4 {
					s.want(e, "4.2", is("success", false), nonEmpty("error_message"), is("operation_id", nil), is("operation_status", nil))
				} else {
					s.want(e, "4.2", is("success", true), is("error_message", nil), uuid("operation_id"), text("operation_status", "Completed"))
				}
			}
			s.ask("4.2: empty is allowed", batch(u), ok, number("success_count", 0), number("failed_count", 0))
			s.ask("4.2: circuit errors answer for the whole call", batch(stranger, theirs), notFound)
			s.ask("4.2", batch(s.newMember(c, "viewer"), a), deniedFor("Push"))
			s.ask("4.2: at most 500", batch(u, make([]string, 501)...), unprocessable, field("items"))
			s.ask("dfid!", c.own("POST", "/push/batch", fields{"items": []fields{{}}}), unprocessable, field("items[0].dfid"))
			keyed := batch(u, a, b).with("Idempotency-Key", s.newName())
			first := s.ask("C9", keyed, ok, number("success_count", 2))
			if again := s.ask("C9", keyed, ok); string(again.Body) != string(first.Body) {
				s.wrong(again, "another body", "C9")
			}
			if list := s.entriesOf("OP1", c.own("GET", "/operations", nil)); len(list) != 5 {
				s.Errorf("4.3: each makes one operation: %d", len(list))
			}
		}},
	}
}

// pushChargeCases are 2.3.
func pushChargeCases() []Case {
	return []Case{
		{Name: "hold", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), fields{"require_approval_for_push": true})
			u := c.owner
			dfid := s.newItem(u)
			before := s.balance(u)
			op := s.ask("PU1", c.push(u, dfid), ok, text("status", "Pending")).text("operation_id")
			if got := before - s.balance(u); got != 3 {
				s.Errorf("2.3: circuit_operation costs 3 on Basic, paid %d", got)
			}
			s.ask("4.3: a repeat", c.push(u, dfid), ok)
			if got := before - s.balance(u); got != 3 {
				s.Errorf("2.3: a repeat costs nothing, paid %d", got)
			}
			s.ask("PI3", c.own("POST", "/pending-items/"+op+"/reject", nil), ok)
			if got := before - s.balance(u); got != 0 {
				s.Errorf("2.3: a rejection refunds, paid %d", got)
			}
		}},
		{Name: "premium", Run: func(s *Session) {
			owner := s.newUser()
			s.ask("AD4", s.newAdmin().edit(owner, fields{"tier": "Enterprise"}), ok)
			c := s.newCircuit(owner, fields{"adapter_config": fields{"adapter_type": "stellar_mainnet-ipfs"}, "require_approval_for_push": true})
			dfid := s.newItem(owner)
			before := s.balance(owner)
			op := s.ask("PU1", c.push(owner, dfid), ok, text("status", "Pending")).text("operation_id")
			if got := before - s.balance(owner); got != 3 {
				s.Errorf("2.3: on Enterprise circuit_operation costs 1 and premium_adapter_usage 2, paid %d", got)
			}
			s.ask("PI3", c.own("POST", "/pending-items/"+op+"/reject", nil), ok)
			if got := before - s.balance(owner); got != 0 {
				s.Errorf("2.3: a rejection refunds both, paid %d", got)
			}
		}},
	}
}
