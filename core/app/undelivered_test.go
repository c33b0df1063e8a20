package app_test

import (
	"strings"
	"testing"
)

// What was acknowledged is never said not to be there. Its creation may have left a row that is still to be delivered, and
// whoever asks delivers it; where the sequencer fails meanwhile, the answer is that it failed.
func TestAcknowledgedIsNeverUnknown(t *testing.T) {
	for _, c := range []struct {
		name   string
		create func(*testing.T, keyStage, *service) (acknowledged bool, use func(*service) int)
	}{
		{"key", func(t *testing.T, k keyStage, s *service) (bool, func(*service) int) {
			code, v := k.own(t, s, "POST", "", keyBody(""))
			text, _ := v.(map[string]any)["api_key"].(string)
			return code == 200, func(s *service) int {
				code, _ := s.keyed(t, "GET", profilePath, text)
				return code
			}
		}},
		{"account", func(t *testing.T, _ keyStage, s *service) (bool, func(*service) int) {
			const body = `{"username":"bea","password":"Cocoa beans 1","email":"bea@farm.example"}`
			code, _ := s.send(t, "POST", "/api/auth/register", body)
			return code == 200, func(s *service) int {
				code, _ := s.send(t, "POST", "/api/auth/login", strings.Replace(body, `,"email":"bea@farm.example"`, "", 1))
				return code
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newKeyStage(t, nil, "")
			s := k.instance(t, nil)
			before := s.calls
			c.create(t, k, s)
			uses := 0
			for step := 1; step <= s.calls-before; step++ {
				for use, acknowledged := 1, true; use <= 8 && acknowledged; use++ {
					k := newKeyStage(t, nil, "")
					var ask func(*service) int
					if acknowledged, ask = c.create(t, k, k.dyingAt(t, nil, step, false)); !acknowledged {
						continue
					}
					s := k.dyingAt(t, nil, use, false)
					s.outage = 3 // as often as a call is tried
					if code := ask(s); code != 200 && code < 500 {
						t.Fatalf("created up to call %d, asked for while calls from %d on fail: %d", step, use, code)
					}
					uses++
				}
			}
			if uses == 0 {
				t.Error("no creation was acknowledged")
			}
		})
	}
}
