package app_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tracedge/core/digest"
	"tracedge/core/keys"
	"tracedge/core/storage"
)

// newService starts an instance with these settings and registers ana.
func newService(t *testing.T, vars map[string]string) (*world, *service, string) {
	w := newWorld()
	s := w.start(t, vars)
	return w, s, s.newAna(t)
}

// A Basic account has 100 requests an hour, with every credential together.
func TestTierLimitCountsEveryCredential(t *testing.T) {
	w, s, token := newService(t, map[string]string{"LIMITS_MODE": "enforce"})
	text, _ := s.newKey(t, token, `"rate_limit_per_hour":60`) // the first
	first, _ := s.newKey(t, token, "")                        // the second
	for range 49 {
		s.want(t, "GET", profilePath, text, 200, "")
		if code, v := s.call(t, "GET", profilePath, token, ""); code != 200 {
			t.Fatal(code, v)
		}
	}
	for range 2 {
		code, v := s.call(t, "GET", profilePath, token, "")
		if code != 429 || v["limit"] != 100.0 || v["remaining"] != 0.0 || v["error"] != "rate_limit_exceeded" {
			t.Fatal(code, v)
		}
		s.want(t, "GET", profilePath, text, 429, "rate_limit_exceeded")
		s.want(t, "GET", profilePath, first, 429, "rate_limit_exceeded")
	}
	if got := w.total(t, text); got != "49" {
		t.Fatalf("the key counts %s requests, want 49: what the tier refuses is not counted", got)
	}
	w.pass(time.Hour)
	s.want(t, "GET", profilePath, text, 200, "")
}

func (w *world) total(t *testing.T, text string) string {
	t.Helper()
	return w.dump(t, keys.Partition(digest.OfText(text)))["quota/window/total"]
}

func TestDisplayCountsNothing(t *testing.T) {
	w, s, token := newService(t, nil)
	home := s.userOf(t, token)
	text, _ := s.newKey(t, token, `"rate_limit_per_hour":1000`)
	for range 110 {
		s.want(t, "GET", profilePath, text, 200, "")
	}
	for key, doc := range w.dump(t, home) {
		if strings.HasPrefix(key, "quota/") || strings.Contains(doc, "Consumption") {
			t.Fatalf("the account has %s", key)
		}
	}
}

func TestTierLimitUnderConcurrency(t *testing.T) {
	_, s, token := newService(t, map[string]string{"LIMITS_MODE": "enforce"})
	counts := s.together(150, func() int { return s.serve("GET", profilePath, "", "Authorization", "Bearer "+token).Code })
	if counts[200] != 100 || counts[429] != 50 {
		t.Fatalf("%v, want 100 and 50", counts)
	}
}

// transactions are what an account's consumption tells: the amounts in order, held against a balance that was set by hand
// after the grant of the registration.
func (w *world) transactions(t *testing.T, home storage.Partition, start int64) (n int, balance int64) {
	t.Helper()
	all := w.dump(t, home)
	var order []string
	for key := range all {
		if strings.HasPrefix(key, "transaction/") && !strings.Contains(all[key], `"Grant"`) {
			order = append(order, key)
		}
	}
	slices.Sort(order)
	balance = start
	for _, key := range order {
		var v struct {
			Amount       int64  `json:"amount"`
			Type         string `json:"transaction_type"`
			BalanceAfter int64  `json:"balance_after"`
			Operation    string `json:"operation_type"`
			OperationID  string `json:"operation_id"`
		}
		if err := json.Unmarshal([]byte(all[key]), &v); err != nil {
			t.Fatal(err)
		}
		if balance += v.Amount; balance != v.BalanceAfter || v.Type != "Consumption" || v.Operation != "api_request" || len(v.OperationID) != 32 {
			t.Fatalf("%s: %+v at a balance of %d", key, v, balance)
		}
	}
	if want := fmt.Sprintf(`"credits":%d,`, balance); !strings.Contains(all["balance"], want) {
		t.Fatalf("the balance is %s, the transactions say %d", all["balance"], balance)
	}
	return len(order), balance
}

func TestChargeOfARequest(t *testing.T) {
	w, s, token := newService(t, map[string]string{"CREDITS_MODE": "enforce"})
	home := s.userOf(t, token)
	text, _ := s.newKey(t, token, "")
	w.edit(t, home, "balance", `"credits":`+start(t, w, home), `"credits":3`)
	for range 3 {
		s.want(t, "GET", profilePath, text, 200, "")
	}
	for range 2 {
		code, v := s.send(t, "GET", profilePath, "", "X-API-Key", text)
		o := v.(map[string]any)
		if code != 402 || o["error_kind"] != "insufficient_credits" || o["operation"] != "api_request" || o["required"] != 1.0 || o["balance"] != 0.0 {
			t.Fatal(code, v)
		}
	}
	if n, balance := w.transactions(t, home, 3); n != 3 || balance != 0 {
		t.Fatalf("%d transactions, balance %d", n, balance)
	}
	if got := w.total(t, text); got != "3" {
		t.Fatalf("the key counts %s requests, want 3: a refused one is not counted", got)
	}
	if code, v := s.call(t, "GET", profilePath, token, ""); code != 200 {
		t.Fatal(code, v) // a token costs nothing
	}
}

// start is the balance that an account began with.
func start(t *testing.T, w *world, home storage.Partition) string {
	t.Helper()
	var v struct{ Credits json.Number }
	if err := json.Unmarshal([]byte(w.dump(t, home)["balance"]), &v); err != nil {
		t.Fatal(err)
	}
	return v.Credits.String()
}

func TestChargesUnderConcurrency(t *testing.T) {
	w, s, token := newService(t, map[string]string{"CREDITS_MODE": "enforce", "LIMITS_MODE": "enforce"})
	home := s.userOf(t, token)
	text, _ := s.newKey(t, token, "")
	w.edit(t, home, "balance", `"credits":`+start(t, w, home), `"credits":5`)
	counts := s.together(20, func() int { return s.serve("GET", profilePath, "", "X-API-Key", text).Code })
	n, _ := w.transactions(t, home, 5)
	if n > 5 || counts[200] != n || counts[200]+counts[402]+counts[503] != 20 {
		t.Fatalf("%v with %d charges", counts, n)
	}
	t.Logf("answers %v", counts)
}
