package secret_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"tracedge/core/secret"
)

func TestBox(t *testing.T) {
	key := []byte(strings.Repeat("k", 32))
	box := secret.Derived(key, "one", rand.Reader)
	sealed, err := box.Seal([]byte("token"), "record/1")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := box.Seal([]byte("token"), "record/1")
	if sealed == again {
		t.Error("two seals of one text are equal: the nonce repeats")
	}
	if plain, err := box.Open(sealed, "record/1"); err != nil || string(plain) != "token" {
		t.Fatalf("%q, %v", plain, err)
	}
	other := secret.Derived(key, "two", rand.Reader)
	for name, open := range map[string]func() ([]byte, error){
		"another record":  func() ([]byte, error) { return box.Open(sealed, "record/2") },
		"another purpose": func() ([]byte, error) { return other.Open(sealed, "record/1") },
		"cut":             func() ([]byte, error) { return box.Open(sealed[:8], "record/1") },
		"not base64":      func() ([]byte, error) { return box.Open("%", "record/1") },
	} {
		if plain, err := open(); err == nil {
			t.Errorf("opened under %s: %q", name, plain)
		}
	}
}
