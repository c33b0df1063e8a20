package postactions_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"

	"tracedge/core/circuits/postactions"
	"tracedge/core/fault"
)

func ptr[T any](v T) *T { return &v }

// change applies fields to a webhook and wants what is stored.
func change(t *testing.T, w postactions.Webhook, f postactions.Fields) postactions.Webhook {
	t.Helper()
	c, err := postactions.NewVault(bytes.Repeat([]byte("k"), 32), rand.Reader).Prepare(f, circuitID, on1)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		next, err := c.Apply(w)
		if err != nil {
			t.Fatal(err)
		}
		err = c.Storable(next)
		var open *postactions.UnsealedError
		if err == nil {
			return next
		} else if !errors.As(err, &open) {
			t.Fatal(err)
		}
		for name, value := range open.Headers {
			c.Seal(name, value)
		}
	}
	t.Fatal("never storable")
	return w
}

// What keeps a secret keeps the very text that is stored, whatever becomes of the webhook around it.
func TestKeptSecrets(t *testing.T) {
	first := change(t, postactions.Webhook{Auth: postactions.None}, postactions.Fields{
		Auth: ptr(postactions.CustomHeader), Headers: map[string]string{"X-Farm": "barn"}, Credentials: ptr("a:b"), Signing: ptr("a secret of some length"),
	})
	if first.Headers["X-Farm"].Sealed == "" || first.Headers["X-Farm"].Plain != "" || !first.Credentials.Set() || !first.Signing.Set() {
		t.Fatalf("%+v", first)
	}
	second := change(t, first, postactions.Fields{
		Auth: ptr(postactions.BasicAuth), Headers: map[string]string{"X-Farm": "***", "X-New": "plain"}, Credentials: ptr("***"), Signing: ptr("***"),
	})
	if second.Headers["X-Farm"] != first.Headers["X-Farm"] || second.Credentials != first.Credentials || second.Signing != first.Signing {
		t.Errorf("%+v became %+v", first, second)
	}
	if second.Headers["X-New"] != (postactions.Header{Plain: "plain"}) {
		t.Errorf("%+v", second.Headers)
	}
	third := change(t, second, postactions.Fields{Auth: ptr(postactions.CustomHeader)})
	if h := third.Headers["X-New"]; h.Plain != "" || h.Sealed == "" || third.Headers["X-Farm"] != first.Headers["X-Farm"] {
		t.Errorf("%+v", third.Headers)
	}
	if fourth := change(t, third, postactions.Fields{}); !fourth.Same(third) {
		t.Errorf("%+v became %+v", third, fourth)
	}
}

// Without a key the rules are judged as with one, and then nothing is stored.
func TestNoKey(t *testing.T) {
	c, err := postactions.Vault{}.Prepare(postactions.Fields{Auth: ptr(postactions.BasicAuth), Credentials: ptr("a:b")}, circuitID, on1)
	if err != nil {
		t.Fatal(err)
	}
	next, err := c.Apply(postactions.Webhook{})
	if err != nil {
		t.Fatal(err)
	}
	var f *fault.Error
	if err := c.Storable(next); !errors.As(err, &f) || f.Status != 503 {
		t.Errorf("%v", err)
	}
}
