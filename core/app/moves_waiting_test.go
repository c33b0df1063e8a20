package app_test

import (
	"fmt"
	"testing"
	"time"
)

// Two local items of one owner lead to one item, whose push waits for an approval: the second joins it, and the circuit
// gets to know both.
func TestSecondLocalItemOfAWaitingPush(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	ana := s.person(t, "ana")
	circuit := s.found(t, ana, `"require_approval_for_push":true`)
	first := s.newLocal(t, ana.token, tagged("BR123456789012", `{"a":1}`))
	second := s.newLocal(t, ana.token, tagged("BR123456789012", `{"b":1}`))
	waiting := s.pushLocal(t, ana, circuit, first, "")
	if got := s.pushLocal(t, ana, circuit, second, ""); got["operation_id"] != waiting["operation_id"] || got["operation_status"] != "Pending" {
		t.Fatal(got)
	}
	s.Drain()
	w.atRest(t, s)
	s.must(t, ana, "POST", "/operations/"+waiting["operation_id"].(string)+"/approve", "")
	for _, lid := range []string{first, second} {
		if got := s.pushLocal(t, ana, circuit, lid, ""); got["operation_id"] != waiting["operation_id"] || got["operation_status"] != "Completed" {
			t.Fatal(got)
		}
	}
	if got := s.get(t, ana, itemsPath+"/LID-"+second); fmt.Sprint(got["enriched_data"]) != "map[a:1 b:1]" {
		t.Fatal(got)
	}
}

// Where the circuit holds the item by somebody else's push, the own push that waits is still told as waiting.
func TestWaitingPushOfAHeldItemIsPending(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	ana, bruno := s.person(t, "ana"), s.person(t, "bruno")
	circuit := s.found(t, ana, `"require_approval_for_push":true`)
	s.join(t, ana, circuit, bruno, "member")
	first := s.pushLocal(t, ana, circuit, s.newLocal(t, ana.token, tagged("BR123456789012", `{"a":1}`)), "")
	s.must(t, ana, "POST", "/operations/"+first["operation_id"].(string)+"/approve", "")
	lid := s.newLocal(t, bruno.token, tagged("BR123456789012", `{"b":1}`))
	waiting := s.pushLocal(t, bruno, circuit, lid, "")
	if got := s.pushLocal(t, bruno, circuit, lid, ""); got["operation_id"] != waiting["operation_id"] || got["operation_status"] != "Pending" {
		t.Fatalf("%v, and again %v", waiting, got)
	}
}

// The instance dies while a local item is pushed, and the client asks again without a key: it finds the operation that
// was decided, whatever the circuit knows of it by then, and makes no second one.
func TestPushLocalAgainAfterCrash(t *testing.T) {
	for name, settings := range map[string]string{"direct": "", "approval": `"require_approval_for_push":true`} {
		t.Run(name, func(t *testing.T) {
			start := func(t *testing.T) (*scenery, *service) {
				f := &scenery{world: newWorld()}
				s := f.start(t, nil)
				f.ana = s.person(t, "ana")
				f.circuit = s.found(t, f.ana, settings)
				f.lid = s.newLocal(t, f.ana.token, tagged("BR123456789012", `{"a":1}`))
				s.Drain()
				return f, s
			}
			push := func(t *testing.T, s *service, f *scenery) (int, map[string]any) {
				return s.as(t, f.ana, "POST", "/"+f.circuit+"/push-local", fmt.Sprintf(`{"local_id":%q}`, f.lid))
			}
			f, s := start(t)
			before := s.calls
			if code, v := push(t, s, f); code != 200 {
				t.Fatal(code, v)
			}
			s.Drain()
			everyStep(t, s.calls-before, func(t *testing.T, step int, applied bool) {
				f, dying := start(t)
				dying.dieAt, dying.applied = dying.calls+step, applied
				push(t, dying, f)
				dying.Drain()
				f.pass(61 * time.Second) // the life of a reservation; nothing has swept
				healthy := f.start(t, nil)
				code, v := push(t, healthy, f)
				op := text(v["data"], "operation_id")
				if code != 200 || op == "" {
					t.Fatal(code, v)
				}
				f.atRest(t, healthy)
				list := healthy.must(t, f.ana, "GET", "/"+f.circuit+"/operations", "")["list"].([]any)
				if len(list) != 1 || text(list[0], "operation_id") != op {
					t.Fatalf("told of %s, and there are %v", op, list)
				}
			})
		})
	}
}
