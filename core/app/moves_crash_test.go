package app_test

import (
	"fmt"
	"testing"
	"time"
)

// The instance dies at every call of the sequencer while local items are pushed, items pushed and pulled, operations
// decided. The request comes again under its key, on a healthy instance, and then everything is there once.

// scenery is a circuit of Ana with Bruno as a member, and what the request is about.
type scenery struct {
	*world
	vars       map[string]string
	ana, bruno person
	circuit    string
	lid, other string // local items of Ana and Bruno, of one thing
	dfid       string
	op         string
}

func (f *scenery) send(t *testing.T, s *service, who person, path, body string) (int, map[string]any) {
	t.Helper()
	return s.as(t, who, "POST", path, body, "Idempotency-Key", "the-one")
}

// moveCrashes runs a request of a person at each step of which the instance dies.
func moveCrashes(t *testing.T, vars map[string]string, settings string, setUp func(*testing.T, *service, *scenery),
	run func(*testing.T, *service, *scenery) (int, map[string]any), check func(*testing.T, *service, *scenery, map[string]any),
) {
	start := func(t *testing.T) (*scenery, *service) {
		f := &scenery{world: newWorld(), vars: vars}
		s := f.start(t, vars)
		f.ana, f.bruno = s.person(t, "ana"), s.person(t, "bruno")
		f.circuit = s.found(t, f.ana, settings)
		s.join(t, f.ana, f.circuit, f.bruno, "member")
		f.lid = s.newLocal(t, f.ana.token, tagged("BR123456789012", `{"a":1}`))
		f.other = s.newLocal(t, f.bruno.token, tagged("BR123456789012", `{"a":2,"b":1}`))
		if setUp != nil {
			setUp(t, s, f)
		}
		return f, s
	}
	f, s := start(t)
	before := s.calls
	if code, v := run(t, s, f); code != 200 {
		t.Fatal(code, v)
	}
	s.Drain()
	everyStep(t, s.calls-before, func(t *testing.T, step int, applied bool) {
		f, dying := start(t)
		dying.Drain()
		dying.dieAt, dying.applied = dying.calls+step, applied
		code, first := run(t, dying, f)
		dying.Drain()
		f.pass(61 * time.Second) // the life of a reservation
		healthy := f.start(t, vars)
		again, v := run(t, healthy, f)
		if again != 200 || code == 200 && fmt.Sprint(first) != fmt.Sprint(v) {
			t.Fatalf("answered %d %v, and again %d %v", code, first, again, v)
		}
		f.atRest(t, healthy)
		check(t, healthy, f, v)
	})
}

// counts wants a circuit to have so many items, operations and activities.
func (f *scenery) counts(t *testing.T, s *service, items, operations, activities int) {
	t.Helper()
	for path, want := range map[string]int{"items": items, "operations": operations, "activities": activities} {
		if list := s.must(t, f.ana, "GET", "/"+f.circuit+"/"+path, "")["list"].([]any); len(list) != want {
			t.Fatalf("%d %s, want %d: %v", len(list), path, want, list)
		}
	}
}

func (s *service) eventsOf(t *testing.T, who person, dfid string, want int) {
	t.Helper()
	if list := s.get(t, who, "/api/events/item/"+dfid)["list"].([]any); len(list) != want {
		t.Fatalf("%d events, want %d: %v", len(list), want, list)
	}
}

func TestPushLocalCrashes(t *testing.T) {
	for name, vars := range map[string]map[string]string{"display": nil, "enforce": {"CREDITS_MODE": "enforce", "LIMITS_MODE": "enforce"}} {
		t.Run(name, func(t *testing.T) {
			moveCrashes(t, vars, "", nil, func(t *testing.T, s *service, f *scenery) (int, map[string]any) {
				return f.send(t, s, f.ana, "/"+f.circuit+"/push-local", fmt.Sprintf(`{"local_id":%q,"enriched_data":{"c":1}}`, f.lid))
			}, func(t *testing.T, s *service, f *scenery, v map[string]any) {
				dfid := text(v["data"], "dfid")
				f.counts(t, s, 1, 1, 1)
				s.eventsOf(t, f.bruno, dfid, 1)
				if got := s.get(t, f.ana, itemsPath+"/LID-"+f.lid); got["dfid"] != dfid || fmt.Sprint(got["enriched_data"]) != "map[a:1 c:1]" {
					t.Fatal(got)
				}
				if list := s.owned(t, f.ana.token); len(list) != 1 || list[dfid] != "Active" {
					t.Fatal(list)
				}
				again := s.pushLocal(t, f.ana, f.circuit, f.lid, "")
				if again["dfid"] != dfid || again["operation_id"] != text(v["data"], "operation_id") {
					t.Fatal(again)
				}
				if vars != nil {
					if got := s.get(t, f.ana, "/users/me/credits/balance")["credits"]; got != 95.0 {
						t.Fatalf("%v credits left, want 100 less 2 and 3", got)
					}
				}
				if got := s.pushLocal(t, f.bruno, f.circuit, f.other, ""); got["dfid"] != dfid { // the index leads to it
					t.Fatal(got)
				}
			})
		})
	}
}

func TestPendingPushLocalCrashes(t *testing.T) {
	moveCrashes(t, nil, `"require_approval_for_push":true`, nil, func(t *testing.T, s *service, f *scenery) (int, map[string]any) {
		return f.send(t, s, f.ana, "/"+f.circuit+"/push-local", fmt.Sprintf(`{"local_id":%q}`, f.lid))
	}, func(t *testing.T, s *service, f *scenery, v map[string]any) {
		f.counts(t, s, 0, 1, 0)
		dfid := text(v["data"], "dfid")
		s.eventsOf(t, f.ana, dfid, 0)
		if got := s.get(t, f.ana, itemsPath+"/LID-"+f.lid); got["dfid"] != dfid {
			t.Fatal(got)
		}
		s.must(t, f.ana, "POST", "/operations/"+text(v["data"], "operation_id")+"/approve", "")
		f.counts(t, s, 1, 1, 1)
		s.eventsOf(t, f.bruno, dfid, 1)
	})
}

func TestLayerCrashes(t *testing.T) {
	moveCrashes(t, nil, "", func(t *testing.T, s *service, f *scenery) {
		f.dfid = s.pushLocal(t, f.ana, f.circuit, f.lid, "")["dfid"].(string)
	}, func(t *testing.T, s *service, f *scenery) (int, map[string]any) {
		return f.send(t, s, f.bruno, "/"+f.circuit+"/push-local", fmt.Sprintf(`{"local_id":%q}`, f.other))
	}, func(t *testing.T, s *service, f *scenery, v map[string]any) {
		if text(v["data"], "dfid") != f.dfid {
			t.Fatal(v)
		}
		f.counts(t, s, 1, 2, 2)
		s.eventsOf(t, f.ana, f.dfid, 2)
		if got := s.get(t, f.ana, itemsPath+"/"+f.dfid); fmt.Sprint(got["enriched_data"]) != "map[a:1 b:1]" {
			t.Fatal(got)
		}
		if list := s.owned(t, f.bruno.token); len(list) != 0 {
			t.Fatal(list)
		}
	})
}

func TestPushCrashes(t *testing.T) {
	moveCrashes(t, map[string]string{"CREDITS_MODE": "enforce"}, "", func(t *testing.T, s *service, f *scenery) {
		f.dfid = s.makeItem(t, f.bruno, "", pair("Canonical", "rfid", "982000123456789"))
	}, func(t *testing.T, s *service, f *scenery) (int, map[string]any) {
		return f.send(t, s, f.bruno, "/"+f.circuit+"/push/"+f.dfid, "")
	}, func(t *testing.T, s *service, f *scenery, v map[string]any) {
		f.counts(t, s, 1, 1, 1)
		s.eventsOf(t, f.ana, f.dfid, 1)
		if got := s.get(t, f.bruno, "/users/me/credits/balance")["credits"]; got != 95.0 {
			t.Fatalf("%v credits left, want 100 less 2 and 3", got)
		}
	})
}

func TestPullCrashes(t *testing.T) {
	moveCrashes(t, nil, "", func(t *testing.T, s *service, f *scenery) {
		f.dfid = s.makeItem(t, f.ana, "", pair("Canonical", "rfid", "982000123456789"))
		s.must(t, f.ana, "POST", "/"+f.circuit+"/push/"+f.dfid, "")
	}, func(t *testing.T, s *service, f *scenery) (int, map[string]any) {
		return f.send(t, s, f.bruno, "/"+f.circuit+"/pull/"+f.dfid, "")
	}, func(t *testing.T, s *service, f *scenery, v map[string]any) {
		f.counts(t, s, 0, 2, 2)
		s.eventsOf(t, f.bruno, f.dfid, 2)
		s.get(t, f.bruno, itemsPath+"/"+f.dfid)
	})
}

func TestMoveApprovalCrashes(t *testing.T) {
	moveCrashes(t, nil, `"require_approval_for_push":true`, func(t *testing.T, s *service, f *scenery) {
		first := s.pushLocal(t, f.ana, f.circuit, f.lid, "")
		f.dfid = first["dfid"].(string)
		s.must(t, f.ana, "POST", "/operations/"+first["operation_id"].(string)+"/approve", "")
		f.op = s.pushLocal(t, f.bruno, f.circuit, f.other, "")["operation_id"].(string)
	}, func(t *testing.T, s *service, f *scenery) (int, map[string]any) {
		return f.send(t, s, f.ana, "/operations/"+f.op+"/approve", "")
	}, func(t *testing.T, s *service, f *scenery, v map[string]any) {
		f.counts(t, s, 1, 2, 2)
		s.eventsOf(t, f.ana, f.dfid, 2)
		if got := s.get(t, f.ana, itemsPath+"/"+f.dfid); fmt.Sprint(got["enriched_data"]) != "map[a:1 b:1]" {
			t.Fatal(got)
		}
	})
}

func TestPushEventsCrashes(t *testing.T) {
	var local, event string
	moveCrashes(t, nil, "", func(t *testing.T, s *service, f *scenery) {
		f.dfid = s.makeItem(t, f.ana, "", pair("Canonical", "rfid", "982000123456789"))
		s.must(t, f.ana, "POST", "/"+f.circuit+"/push/"+f.dfid, "")
		code, v := s.send(t, "POST", "/api/events/local", `{"event_type":"created","visibility":"public","metadata":{"n":1}}`, "Authorization", "Bearer "+f.bruno.token)
		if code != 200 {
			t.Fatal(code, v)
		}
		local, event = text(v, "local_event_id"), text(v, "event_id")
	}, func(t *testing.T, s *service, f *scenery) (int, map[string]any) {
		return f.send(t, s, f.bruno, "/"+f.circuit+"/push-events", fmt.Sprintf(`{"local_event_ids":[%q],"dfid":%q}`, local, f.dfid))
	}, func(t *testing.T, s *service, f *scenery, v map[string]any) {
		s.eventsOf(t, f.ana, f.dfid, 2)
		if list := v["events"].([]any); len(list) != 1 || text(list[0], "event_id") != event {
			t.Fatal(v)
		}
		if got := s.get(t, f.ana, "/api/events/"+event); got["dfid"] != f.dfid {
			t.Fatal(got)
		}
		if code, _ := s.send(t, "GET", "/api/events/local/"+local, "", "Authorization", "Bearer "+f.bruno.token); code != 404 {
			t.Fatal(code)
		}
	})
}

func TestBatchCrashes(t *testing.T) {
	moveCrashes(t, nil, "", func(t *testing.T, s *service, f *scenery) {
		f.dfid = s.makeItem(t, f.ana, "", pair("Canonical", "rfid", "982000123456789"))
		f.op = s.makeItem(t, f.ana, "", pair("Canonical", "rfid", "982000123456780"))
	}, func(t *testing.T, s *service, f *scenery) (int, map[string]any) {
		code, v := f.send(t, s, f.ana, "/"+f.circuit+"/push/batch", fmt.Sprintf(`{"items":[{"dfid":%q},{"dfid":%q}]}`, f.dfid, f.op))
		if code == 200 && v["failed_count"] != 0.0 {
			return 503, v // an element has failed of it
		}
		return code, v
	}, func(t *testing.T, s *service, f *scenery, v map[string]any) {
		f.counts(t, s, 2, 2, 2)
		s.eventsOf(t, f.ana, f.dfid, 1)
		s.eventsOf(t, f.ana, f.op, 1)
	})
}
