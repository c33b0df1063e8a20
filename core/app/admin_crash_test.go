package app_test

import (
	"fmt"
	"testing"

	"tracedge/core/storage"
)

func TestAdminCreationCrashes(t *testing.T) {
	ask := func(t *testing.T, a *adminStage, s *service) (int, map[string]any) {
		return a.keyed(t, s, "/users", newUserBody("third"))
	}
	adminCrashes(t, nil, func(t *testing.T, a *adminStage, s *service) int {
		code, _ := ask(t, a, s)
		if code == 200 { // acknowledged: it is listed and counted at once, or as soon as somebody looks
			a.logIn(t, a.instance(t), "third", "Cocoa beans 2")
		}
		return code
	}, func(t *testing.T, a *adminStage, s *service, _ int) {
		code, v := ask(t, a, s)
		if code != 200 {
			t.Fatal(code, v)
		}
		id := v["user_id"].(string)
		a.logIn(t, s, "third", "Cocoa beans 2")
		a.atRest(t, s)
		if n := a.actions(t, s, "UserCreated"); n != 2 {
			t.Fatalf("%d actions, want 2", n)
		}
		if got := a.get(t, s, "/users?username=third"); got["count"] != 1.0 {
			t.Fatalf("listed %v times", got["count"])
		}
		if n := a.under(t, storage.In("user", id), "transaction/", "admin_create"); n != 1 {
			t.Fatalf("%d grants", n)
		}
	})
}

func TestAdminUpdateCrashes(t *testing.T) {
	ask := func(t *testing.T, a *adminStage, s *service) int {
		code, _ := s.call(t, "PUT", "/api/admin/users/"+a.ana, a.root,
			`{"tier":"Enterprise","status":"Banned","credits":140,"available_adapters":["ipfs-ipfs"]}`)
		return code
	}
	adminCrashes(t, nil, ask, func(t *testing.T, a *adminStage, s *service, _ int) {
		if code := ask(t, a, s); code != 200 {
			t.Fatal(code)
		}
		user := a.get(t, s, "/users/"+a.ana)["user"].(map[string]any)
		if user["tier"] != "Enterprise" || user["status"] != "Banned" || user["credits"] != 140.0 {
			t.Fatal(user)
		}
		a.atRest(t, s)
		home := storage.In("user", a.ana)
		for what, n := range map[string]int{
			"transactions": a.under(t, home, "transaction/", "admin_set"), "notices": a.under(t, home, "notice/", "AccountUpdated"),
			"notices of adapters": a.under(t, home, "notice/", "AdaptersUpdated"), "events": a.events(t, home, "UserUpdated"),
		} {
			if n != 1 {
				t.Fatalf("%d %s, want 1", n, what)
			}
		}
		if n := a.actions(t, s, "UserUpdated"); n != 2 { // and the one that made the second admin
			t.Fatalf("%d actions, want 2", n)
		}
		if got := a.get(t, s, "/users?status=Banned"); got["count"] != 1.0 || got["total"] != 1.0 {
			t.Fatalf("listed %v of %v", got["count"], got["total"])
		}
	})
}

func TestFreezeCrashes(t *testing.T) {
	ask := func(t *testing.T, a *adminStage, s *service) int {
		code, _ := s.call(t, "PUT", "/api/admin/users/"+a.ana+"/freeze", a.root, "")
		return code
	}
	adminCrashes(t, nil, ask, func(t *testing.T, a *adminStage, s *service, code int) {
		if got, _ := s.call(t, "POST", "/api/auth/login", "", loginBody("Cocoa beans 1")); code == 200 && got != 403 {
			t.Fatalf("acknowledged, and a login answers %d", got)
		}
		if code := ask(t, a, s); code != 200 {
			t.Fatal(code)
		}
		a.atRest(t, s)
		home := storage.In("user", a.ana)
		if n, m := a.under(t, home, "notice/", "AccountFrozen"), a.actions(t, s, "UserSuspended"); n != 1 || m != 1 {
			t.Fatalf("%d notices, %d actions", n, m)
		}
	})
}

// However the one who takes an admin's rights dies, an admin is left, and the same can be asked again, by either of them.
func TestDepositionCrashes(t *testing.T) {
	ask := func(t *testing.T, s *service, token, id string) int {
		code, _ := s.call(t, "PUT", "/api/admin/users/"+id, token, `{"is_admin":false}`)
		return code
	}
	adminCrashes(t, nil, func(t *testing.T, a *adminStage, s *service) int { return ask(t, s, a.root, a.otherID) },
		func(t *testing.T, a *adminStage, s *service, code int) {
			still, _ := s.call(t, "GET", "/api/admin/users?limit=1", a.second, "")
			if code == 200 && still == 200 {
				t.Fatal("acknowledged, and the account still administers")
			}
			if still == 200 { // not decided: the locks have lapsed, so the other one may do the same
				if code := ask(t, s, a.second, a.rootID); code != 200 {
					t.Fatal(code)
				}
				if code := ask(t, s, a.root, a.otherID); code != 403 {
					t.Fatal(code)
				}
				if code, _ := s.call(t, "PUT", "/api/admin/users/"+a.rootID, a.second, `{"is_admin":true}`); code != 200 {
					t.Fatal(code)
				}
				if code := ask(t, s, a.root, a.otherID); code != 200 {
					t.Fatal(code)
				}
			}
			a.atRest(t, s)
			for _, id := range []string{a.rootID, a.otherID} {
				if n := a.under(t, storage.In("user", id), "claim/", ""); n != 0 {
					t.Fatalf("%d locks are left", n)
				}
			}
			if got := a.get(t, s, "/users?is_admin=true"); got["total"] != 1.0 || got["count"] != 1.0 {
				t.Fatalf("%v admins are counted, %v listed", got["total"], got["count"])
			}
		})
}

func TestAdjustmentCrashes(t *testing.T) {
	ask := func(t *testing.T, a *adminStage, s *service) (int, map[string]any) {
		return a.keyed(t, s, "/users/"+a.ana+"/credits", `{"amount":-30,"reason":"audit"}`)
	}
	adminCrashes(t, nil, func(t *testing.T, a *adminStage, s *service) int {
		code, _ := ask(t, a, s)
		return code
	}, func(t *testing.T, a *adminStage, s *service, _ int) {
		code, v := ask(t, a, s)
		if code != 200 || v["new_balance"] != 70.0 {
			t.Fatal(code, v)
		}
		again, w := ask(t, a, s)
		if again != 200 || fmt.Sprint(v) != fmt.Sprint(w) {
			t.Fatal(again, w)
		}
		a.atRest(t, s)
		home := storage.In("user", a.ana)
		if n, m := a.under(t, home, "transaction/", "Penalty"), a.actions(t, s, "CreditsAdjusted"); n != 1 || m != 1 {
			t.Fatalf("%d transactions, %d actions", n, m)
		}
		if n := a.under(t, home, "notice/", "CreditsAdjusted"); n != 1 {
			t.Fatalf("%d notices", n)
		}
	})
}

// A bulk grant that died anywhere, asked for again under its key, has granted everybody once.
func TestBulkGrantCrashes(t *testing.T) {
	ask := func(t *testing.T, a *adminStage, s *service) (int, map[string]any) {
		return a.keyed(t, s, "/users/credits/bulk-grant",
			fmt.Sprintf(`{"user_ids":[%q,%q,"nobody",%q],"amount":9,"reason":"harvest"}`, a.ana, a.otherID, a.rootID))
	}
	adminCrashes(t, nil, func(t *testing.T, a *adminStage, s *service) int {
		code, _ := ask(t, a, s)
		return code
	}, func(t *testing.T, a *adminStage, s *service, _ int) {
		code, v := ask(t, a, s)
		if code != 200 || v["total_users"] != 4.0 {
			t.Fatal(code, v)
		}
		a.atRest(t, s)
		// Who was out of reach when the request went on without it, and was put in failed, has nothing; everybody else once.
		granted := 0
		for _, id := range []string{a.ana, a.otherID, a.rootID} {
			home := storage.In("user", id)
			n := a.under(t, home, "transaction/", "bulk_grant")
			if n > 1 || a.events(t, home, "bulk_grant") != n {
				t.Fatalf("%d transactions, %d events", n, a.events(t, home, "bulk_grant"))
			}
			granted += n
		}
		if float64(granted) != v["successful_count"] || granted != 3 {
			t.Fatalf("%d were granted credits: %v", granted, v)
		}
		if n := a.actions(t, s, "BulkCreditsGranted"); n != 1 {
			t.Fatalf("%d actions", n)
		}
	})
}

// What is charged is counted once, however the request or the sweep that reports it dies.
func TestReportCrashes(t *testing.T) {
	enforced := map[string]string{"CREDITS_MODE": "enforce"}
	adminCrashes(t, enforced, func(t *testing.T, a *adminStage, s *service) int {
		healthy := a.instance(t)
		token, _ := a.logIn(t, healthy, "ana", "Cocoa beans 1")
		text, _ := healthy.newKey(t, token, "")
		code, _ := s.keyed(t, "GET", profilePath, text)
		s.keyed(t, "GET", profilePath, text)
		a.pass(61e9)
		s.Sweep(t.Context())
		return code
	}, func(t *testing.T, a *adminStage, s *service, _ int) {})
}
