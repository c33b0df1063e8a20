package conformance

import (
	"bytes"
	"fmt"
	"strings"
)

// adminCreditCases are AD7 to AD9.
func adminCreditCases() []Case {
	return []Case{
		{Name: "adjust", Run: adminAdjusts},
		{Name: "adjust-bounds", Run: func(s *Session) {
			const says, most = "AD7: 409 balance would fall below 0 or pass 2^53 - 1", int64(9007199254740991)
			a, u := s.newAdmin(), s.newUser()
			s.ask(says, a.adjust(u, -101, nil), conflict, is("success", false))
			s.ask(says, a.adjust(u, most, nil), conflict)
			s.ask(says, a.adjust(u, -most, nil), conflict)
			s.ask(says, a.adjust(u, most-100, nil), ok, number("new_balance", most))
			s.ask(says, a.adjust(u, 1, nil), conflict)
			s.ask(says, a.adjust(u, -most, nil), ok, number("new_balance", 0))
			s.ask(says, a.adjust(u, -1, nil), conflict)
			s.ask(says, a.adjust(u, most, nil), ok, number("new_balance", most))
			if n := s.reproduces(u); n != 4 {
				s.Errorf("%d transactions, want 4; contract: %s", n, says)
			}
			for i, amount := range []any{most + 1, -most - 1, 1.5, "1", true, jsonNull{}, nil} {
				s.ask(fmt.Sprintf("C5: integers (%d)", i), a.adjust(u, amount, nil), unprocessable, field("amount"))
			}
		}},
		{Name: "adjust-nothing", Run: func(s *Session) {
			const says = "AD7: amount 0: transaction_id null, nothing written"
			a, u := s.newAdmin(), s.newUser()
			s.ask(says, a.adjust(u, 0, nil), ok, is("success", true), nonEmpty("message"), number("amount", 0), number("new_balance", 100), is("transaction_id", nil))
			if n := s.reproduces(u); n != 1 || len(s.actionsOf(a)) != 0 {
				s.Errorf("%d transactions, %d actions; contract: %s", n, len(s.actionsOf(a)), says)
			}
		}},
		{Name: "adjust-refusals", Run: func(s *Session) {
			a, u := s.newAdmin(), s.newUser()
			for _, id := range []string{"8e03978e-40d5-43e8-bc93-6894a57f9324", "x", strings.Repeat("x", 600)} {
				s.ask("AD7: 404 unknown user", a.adjust(&user{id: id}, 1, nil), notFound, is("success", false))
				s.ask("C2: step 9 before step 10", a.adjust(&user{id: id}, "x", nil), notFound)
			}
			s.ask("C5: required", a.adjust(u, 1, fields{"reason": nil}), unprocessable, field("reason"))
			s.ask("AD7: reason at most 1024 bytes", a.adjust(u, 1, fields{"reason": strings.Repeat("é", 513)}), unprocessable, field("reason"))
			s.ask("AD7: reason at most 1024 bytes", a.adjust(u, 1, fields{"reason": strings.Repeat("é", 512)}), ok)
			s.ask("AD7: operation_type at most 255 bytes", a.adjust(u, 1, fields{"operation_type": strings.Repeat("o", 256)}), unprocessable, field("operation_type"))
			s.ask("AD7: operation_type at most 255 bytes", a.adjust(u, 1, fields{"operation_type": long255}), ok)
			s.ask("C5: content type", a.adjust(u, 1, nil).as("text/plain"), wrongType)
			s.ask("C5: one JSON value", a.adjust(u, 1, nil).carrying("[1]x"), badRequest)
		}},
		{Name: "adjust-under-an-idempotency-key", Run: func(s *Session) {
			const says = "C9: nothing is charged again"
			a, u := s.newAdmin(), s.newUser()
			send := a.adjust(u, 5, nil).with("Idempotency-Key", "once")
			first := s.ask(says, send, ok, header("Idempotency-Replayed", ""), number("new_balance", 105))
			again := s.ask(says, send, ok, header("Idempotency-Replayed", "true"))
			if !bytes.Equal(first.Body, again.Body) {
				s.wrong(again, "body differs from the first", says)
			}
			s.ask(says, a.adjust(u, 6, nil).with("Idempotency-Key", "once"), unprocessable)
			zero := a.adjust(u, 0, nil).with("Idempotency-Key", "zero")
			s.ask(says, zero, ok)
			s.ask(says, zero, ok, header("Idempotency-Replayed", "true"))
			if n := s.reproduces(u); n != 2 {
				s.Errorf("%d transactions, want 2; contract: %s", n, says)
			}
		}},
		{Name: "bulk", Run: adminBulk},
		{Name: "bulk-refusals", Run: func(s *Session) {
			a, u := s.newAdmin(), s.newUser()
			many := make([]string, 201)
			for i := range many {
				many[i] = fmt.Sprintf("id-%d", i)
			}
			s.ask("AD8: at most 200, else 422", a.bulk(many, 1), unprocessable, field("user_ids"), is("success", false))
			s.ask("AD8: at most 200", a.bulk(many[1:], 1), ok, number("total_users", 200), number("failed_count", 200), is("success", false))
			s.ask("AD8: any sign but 0, else 422", a.bulk([]string{u.id}, 0), unprocessable, field("amount"))
			s.ask("C5: integers", a.bulk([]string{u.id}, 1.5), unprocessable, field("amount"))
			for _, member := range []string{"user_ids", "amount", "reason"} {
				body := fields{"user_ids": []string{u.id}, "amount": 1, "reason": "r"}
				delete(body, member)
				s.ask("C5: required", a.bulk(nil, 1).carrying(body.String()), unprocessable, field(member))
			}
			s.ask("AD8: reason", a.bulk(nil, 1).carrying(fields{"user_ids": []any{1}, "amount": 1, "reason": "r"}.String()), unprocessable)
			s.ask("C5: content type", a.bulk(nil, 1).as("text/plain"), wrongType)
			s.ask("AD8: nobody", a.bulk([]string{}, 1), ok, is("success", true), number("total_users", 0), number("successful_count", 0), number("failed_count", 0))
			s.acted(a, "BulkCreditsGranted", nil, fields{"user_count": 0})
			if n := s.reproduces(u); n != 1 {
				s.Errorf("%d transactions, want 1", n)
			}
		}},
		{Name: "bulk-under-an-idempotency-key", Run: func(s *Session) {
			const says = "AD8: one transaction per key and user"
			a, u, v := s.newAdmin(), s.newUser(), s.newUser()
			send := a.bulk([]string{u.id, v.id}, 9).with("Idempotency-Key", "harvest")
			first := s.ask(says, send, ok, is("success", true))
			again := s.ask(says, send, ok, header("Idempotency-Replayed", "true"))
			if !bytes.Equal(first.Body, again.Body) {
				s.wrong(again, "body differs from the first", says)
			}
			replies := s.together(s.try, []Request{send.with("X-N", "1"), send.with("X-N", "2"), send.with("X-N", "3")})
			for _, r := range replies {
				s.want(r, says, ok)
			}
			if n, m := s.reproduces(u), s.reproduces(v); n != 2 || m != 2 {
				s.Errorf("%d and %d transactions, want 2; contract: %s", n, m, says)
			}
			s.ask(says, a.bulk([]string{u.id, v.id}, 9), ok) // without the key it is another one
			if n := s.reproduces(u); n != 3 {
				s.Errorf("%d transactions, want 3", n)
			}
		}},
		{Name: "history", Run: adminHistory},
		{Name: "five-hundred-adjustments", Alone: true, Run: fiveHundred},
		{Name: "bulk-at-once", Alone: true, Run: func(s *Session) {
			const says = "AD8: concurrent runs under one key grant everybody once"
			a := s.newAdmin()
			users, ids := make([]*user, 5), make([]string, 5)
			for i := range users {
				users[i] = s.newUser()
				ids[i] = users[i].id
			}
			requests := make([]Request, 10)
			for i := range requests {
				requests[i] = a.bulk(ids, 3).with("Idempotency-Key", "race")
			}
			won := 0
			for _, r := range s.together(s.settled, requests) {
				s.want(r, says, status(200, 409))
				if r.Status == 200 {
					won++
				}
			}
			if won == 0 {
				s.Errorf("none succeeded; contract: %s", says)
			}
			for _, u := range users {
				if n := s.reproduces(u); n != 2 {
					s.Errorf("%d transactions, want 2; contract: %s", n, says)
				}
			}
		}},
	}
}

func adminAdjusts(s *Session) {
	const says = "AD7: CreditTransaction Grant or Penalty, description <reason> (Admin: <admin user_id>), operation_type as sent, operation_id = action_id"
	a, u := s.newAdmin(), s.newUser()
	for i, step := range []struct {
		amount, balance int64
		kind            string
		operation       any
	}{{50, 150, "Grant", nil}, {-30, 120, "Penalty", "correction"}} {
		more := fields{"reason": fmt.Sprintf("reason %d", i)}
		if step.operation != nil {
			more["operation_type"] = step.operation
		}
		r := s.ask(says, a.adjust(u, step.amount, more), ok, is("success", true), nonEmpty("message"), number("amount", step.amount),
			number("new_balance", step.balance), matching("transaction_id", "a UUID", "^"+uuidV4+"$"))
		t := s.transactionsOf(u)[0]
		action := s.acted(a, "CreditsAdjusted", u, fields{"amount": step.amount, "reason": fmt.Sprintf("reason %d", i)})
		if t.text("transaction_id") != r.text("transaction_id") || t.int("amount") != step.amount || t.int("balance_after") != step.balance ||
			t.text("transaction_type") != step.kind || t["operation_type"] != step.operation || t.text("operation_id") != action.text("action_id") ||
			t.text("description") != fmt.Sprintf("reason %d (Admin: %s)", i, a.id) || t.text("user_id") != u.id {
			s.Errorf("the transaction is %v, the action %v; contract: %s", t, action, says)
		}
	}
	s.ask("U3: balance", get("/users/me/credits/balance").bearer(u.token), ok, number("credits", 120))
	s.ask("U1: history", get("/users/me/credits/history?limit=1").bearer(u.token), ok, number("total_credits", 120), number("transactions.0.amount", -30))
	if n := s.reproduces(u); n != 3 {
		s.Errorf("%d transactions, want 3; contract: %s", n, says)
	}
}

func adminBulk(s *Session) {
	const says = "AD8: per id, in order, own commit; unknown user and floor put it in failed and the rest goes on"
	a, u, v, poor := s.newAdmin(), s.newUser(), s.newUser(), s.newUser()
	const nobody = "8e03978e-40d5-43e8-bc93-6894a57f9324"
	s.ask(says, a.bulk([]string{u.id, v.id, u.id}, 9), ok, is("success", true), nonEmpty("message"), text("successful.0", u.id), text("successful.1", v.id),
		number("total_users", 2), number("successful_count", 2), number("failed_count", 0), lacks("failed.0", "successful.2"))
	first := s.acted(a, "BulkCreditsGranted", nil, fields{"amount": 9, "user_count": 2, "reason": "harvest", "successful_count": 2, "failed_count": 0})
	if first["target_user_id"] != nil {
		s.Errorf("the action is %v; contract: AD8: no target", first)
	}
	t := s.transactionsOf(u)[0]
	if t.int("amount") != 9 || t.text("operation_type") != "bulk_grant" || t.text("operation_id") != first.text("action_id") ||
		t.text("description") != "harvest (Admin: "+a.id+")" || t.text("transaction_type") != "Grant" || t.int("balance_after") != 109 {
		s.Errorf("the transaction is %v, the action %v; contract: AD8", t, first)
	}
	s.ask("AD4", a.edit(poor, fields{"credits": 3}), ok)
	s.ask(says, a.bulk([]string{nobody, poor.id, v.id, "", "\x00", strings.Repeat("x", 600)}, -5), ok, is("success", false), text("successful.0", v.id),
		text("failed.0.0", nobody), nonEmpty("failed.0.1", "failed.1.1"), text("failed.1.0", poor.id), text("failed.2.0", ""),
		number("total_users", 6), number("successful_count", 1), number("failed_count", 5))
	s.acted(a, "BulkCreditsGranted", nil, fields{"amount": -5, "user_count": 6, "successful_count": 1, "failed_count": 5})
	if t := s.transactionsOf(v)[0]; t.text("transaction_type") != "Penalty" || t.int("amount") != -5 {
		s.Errorf("the transaction is %v; contract: AD8: Grant or Penalty", t)
	}
	s.want(s.seenAs(poor), says, number("user.credits", 3))
	for _, w := range []*user{u, v, poor} {
		s.reproduces(w)
	}
}

func adminHistory(s *Session) {
	const says = "AD9: success, user_id, transactions (all fields, rfc3339z), count, next_cursor; limit lenient"
	a, u := s.newAdmin(), s.newUser()
	for i := range 4 {
		s.ask("AD7", a.adjust(u, i+1, nil), ok)
	}
	at := "/users/" + u.id + "/credits/history"
	r := s.ask(says, a.admins("GET", at), ok, is("success", true), text("user_id", u.id), number("count", 5), is("next_cursor", nil),
		instant("transactions.0.timestamp"), nonEmpty("transactions.0.transaction_id", "transactions.0.description", "transactions.0.operation_id"),
		number("transactions.0.amount", 4), number("transactions.4.amount", 100), text("transactions.4.operation_type", "registration"),
		is("transactions.0.operation_type", nil), integer("transactions.0.balance_after"), text("transactions.0.user_id", u.id))
	_ = r
	page := s.ask(says, a.admins("GET", at+"?limit=2"), ok, number("count", 2), nonEmpty("next_cursor"), headerLike("Link", `rel="next"$`))
	s.ask(says, a.admins("GET", at+"?limit=2&cursor="+page.text("next_cursor")), ok, number("transactions.0.amount", 2))
	s.ask(says, a.admins("GET", "/users/"+s.newUser().id+"/credits/history?cursor="+page.text("next_cursor")), badRequest)
	for _, query := range []string{"limit=x", "limit=-1", "limit=3&limit=50"} {
		s.ask("AD9: lenient", a.admins("GET", at+"?"+query), ok, number("count", 5))
	}
	s.ask("C8: 0 gives an empty page", a.admins("GET", at+"?limit=0"), ok, number("count", 0))
	s.ask("AD9: 404 unknown user", a.admins("GET", "/users/8e03978e-40d5-43e8-bc93-6894a57f9324/credits/history"), notFound, is("success", false))
}

// fiveHundred sends many adjustments of one balance at once.
func fiveHundred(s *Session) {
	const says, n = "AD7: balance and transaction in one commit: many at once end at the exact sum, with as many transactions as successes", 500
	a, u := s.newAdmin(), s.newUser()
	s.ask("AD4", a.edit(u, fields{"credits": 10_000}), ok)
	requests := make([]Request, n)
	for i := range requests {
		amount := i%37 - 18
		if amount == 0 {
			amount = 1000
		}
		requests[i] = a.adjust(u, amount, nil).with("Idempotency-Key", fmt.Sprintf("one-of-%d", i))
	}
	sum, made := int64(10_000), 0
	balances := make(map[int64]int)
	for i, r := range s.together(s.settled, requests) {
		s.want(r, says, ok)
		if r.Status == 200 {
			sum, made = sum+r.int("amount"), made+1
			balances[r.int("new_balance")] = i
		}
	}
	s.want(s.seenAs(u), says, number("user.credits", sum))
	if got := s.reproduces(u); got != made+2 {
		s.Errorf("%d transactions after %d successes and two before; contract: %s", got, made, says)
	}
	for _, t := range s.transactionsOf(u) {
		delete(balances, t.int("balance_after"))
	}
	if len(balances) != 0 {
		s.Errorf("%d answers name a balance that no transaction has; contract: %s", len(balances), says)
	}
}
