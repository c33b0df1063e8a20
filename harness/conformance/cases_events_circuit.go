package conformance

import (
	"fmt"
	"strings"
)

// circuitFeedCases are E0 with a circuit, and the rows of its feed.
func circuitFeedCases() []Case {
	naming := func(c circuit, n int) string { return fmt.Sprintf(`{"circuit_id":%q,"n":%d}`, c.id, n) }
	of := func(c circuit) string { return "?circuit_id=" + c.id }
	return under("circuit-feed",
		Case{Name: "list", Run: func(s *Session) {
			ana, bob := s.newUser(), s.newUser()
			c := s.newCircuit(ana, nil)
			s.add(c, bob, "member")
			held, aside := s.newItem(ana), s.newItem(ana)
			s.pushes(c, ana, held)
			pushed := textsOf(s.list("E4", ana.events("/item/"+held)), "event_id")[0]
			if !s.poll(edgeDelay, func() bool { return len(s.eventList(ana, of(c))) == 1 }) {
				s.Errorf("the event of a push does not come into the circuit's feed; contract: circ-items 4.1")
			}
			public := s.made(ana.event(held, "updated", "public", naming(c, 1)))
			members := s.made(bob.event(held, "created", "circuitonly", naming(c, 2)))
			private := s.made(ana.event(held, "updated", "private", naming(c, 3)))
			strange := s.made(ana.event(aside, "updated", "public", naming(c, 4)))
			s.made(ana.event(held, "updated", "public", `{"n":5}`))
			s.made(ana.event(held, "updated", "public", naming(circuit{id: nowhere}, 6)))
			s.lists(ana, of(c), strange, private, members, public, pushed)
			s.lists(ana, of(c)+"&limit=2", strange, private, members, public, pushed)
			s.lists(ana, "?circuit_id="+strings.ToUpper(c.id), strange, private, members, public, pushed)
			s.lists(bob, of(c), members, public, pushed) // 9.2: who may see the item, and whom the visibility admits
			s.lists(bob, of(c)+"&visibility=public", public)
			s.lists(bob, of(c)+"&event_type=created&visibility=circuitonly", members)
			s.lists(bob, of(c)+"&event_type=pushedtocircuit", pushed)
			s.lists(bob, of(c)+"&from=9&to=8")
			s.lists(bob, of(c)+"&dfid="+held, members, public, pushed)
			s.lists(ana, of(c)+"&dfid="+held+"&event_type=updated", private, public)
			s.lists(ana, of(c)+"&dfid="+aside, strange)
			s.share(ana, aside, bob)
			s.lists(bob, of(c), strange, members, public, pushed)
			eve := s.newUser()
			s.lists(eve, of(c))
			s.lists(eve, of(c)+"&dfid="+held)
			s.lists(ana, "?circuit_id="+nowhere)
			s.ask("CM3", c.own("DELETE", "/members/"+bob.id, nil), ok)
			s.lists(bob, of(c))
			s.ask("C8: a bad cursor", ana.events(of(c)+"&cursor=x"), badRequest, field("cursor"))
		}},
		Case{Name: "follows", Run: func(s *Session) {
			const says = "E0: events with this metadata.circuit_id; E11: feed rows"
			u := s.newUser()
			a, b, other := s.newCircuit(u, nil), s.newCircuit(u, nil), s.newCircuit(s.newUser(), nil)
			dfid := s.newItem(u)
			id := s.made(u.event(dfid, "updated", "public", naming(a, 1)))
			s.lists(u, of(a), id)
			s.lists(u, of(b))
			for _, to := range []circuit{b, other, a} {
				s.ask(says, u.amend(id, naming(to, 2)), ok)
				for _, c := range []circuit{a, b} {
					if c.id == to.id {
						s.lists(u, of(c), id)
					} else {
						s.lists(u, of(c))
					}
				}
				s.lists(u, of(other))
				s.lists(other.owner, of(other))
			}
		}},
	)
}
