package accounts_test

import (
	"strings"
	"testing"

	"tracedge/core/accounts"
	"tracedge/core/fault"
)

func TestCheckPassword(t *testing.T) {
	for password, ok := range map[string]bool{
		"Cocoa beans 1":                  true,
		"Aa1 5678":                       true, // a space is neither letter nor digit
		"Äü1-5678":                       true,
		"Aa1-567":                        false,
		"aa1-5678":                       false,
		"AA1-5678":                       false,
		"Aaa-bcde":                       false,
		"Aa٣-bcde":                       false, // a digit, but not an ASCII one
		"Aa1b5678":                       false,
		"Aa1-" + strings.Repeat("x", 68): true,
		"Aa1-" + strings.Repeat("x", 69): false,
	} {
		err := accounts.CheckPassword("password", password)
		if (err == nil) != ok {
			t.Errorf("%q: %v", password, err)
		}
		if err != nil && fault.From(err).Extra["field"] != "password" {
			t.Errorf("%q: no field", password)
		}
	}
}

func TestHashes(t *testing.T) {
	const password = "Cocoa beans 1"
	hash, err := accounts.HashPassword(password, 4)
	if err != nil || !strings.HasPrefix(hash, "$2b$04$") {
		t.Fatal(hash, err)
	}
	for _, form := range []string{"2a", "2b", "2x", "2y"} {
		if !accounts.MatchPassword("$"+form+hash[3:], password) {
			t.Errorf("%s is not verified", form)
		}
	}
	if accounts.MatchPassword(hash, "cocoa beans 1") || accounts.MatchPassword("", "") {
		t.Error("a wrong password matches")
	}
	if !accounts.WeakHash(hash, 5) || accounts.WeakHash(hash, 4) {
		t.Error("weakness is not told by the cost")
	}
	dummy := accounts.DummyHash(4)
	if len(dummy) != len(hash) || accounts.MatchPassword(dummy, password) || accounts.WeakHash(dummy, 4) {
		t.Errorf("dummy %s is not a well-formed hash of its cost", dummy)
	}
}

func TestFold(t *testing.T) {
	same := [][2]string{{"Ana", "aNA"}, {"JOS\u00c9", "jose\u0301"}, {"ÅSA", "a\u030asa"}}
	for _, pair := range same {
		if accounts.UsernamePartition(pair[0]) != accounts.UsernamePartition(pair[1]) {
			t.Errorf("%q and %q are two names", pair[0], pair[1])
		}
	}
	if accounts.UsernamePartition("ana") == accounts.UsernamePartition("anna") {
		t.Error("two names are one")
	}
	if accounts.Fold(accounts.Fold("JOS\u00c9\u0301")) != accounts.Fold("JOS\u00c9\u0301") {
		t.Error("folding twice changes the name")
	}
}

func TestCheckIdentity(t *testing.T) {
	long := strings.Repeat("x", 256)
	for _, c := range []struct{ username, email, field string }{
		{"ana", "ana@farm.example", ""},
		{"", "", "username"},
		{"a\x00b", "ana@farm.example", "username"},
		{long, "ana@farm.example", "username"},
		{"ana", "", "email"},
		{"ana", "@farm.example", "email"},
		{"ana", "ana@farm", "email"},
		{"ana", "ana@fa rm.example", "email"},
		{"ana", "ana@x@farm.example", "email"},
		{"ana", "ana", "email"},
	} {
		err := accounts.CheckIdentity(c.username, c.email)
		var field any = ""
		if err != nil {
			field = fault.From(err).Extra["field"]
		}
		if field != c.field {
			t.Errorf("%q %q: field %v, want %q", c.username, c.email, field, c.field)
		}
	}
}
