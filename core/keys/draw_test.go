package keys

import (
	"bytes"
	"crypto/rand"
	"io"
	"strings"
	"testing"
)

func TestDraw(t *testing.T) {
	text, err := draw(rand.Reader)
	if err != nil || !WellFormed(text) || len(text) != 36 {
		t.Fatalf("%q, %v", text, err)
	}
	if other, _ := draw(rand.Reader); other == text {
		t.Fatal("drawn twice")
	}
	if text, err := draw(io.LimitReader(rand.Reader, 10)); err == nil {
		t.Fatalf("%q without randomness", text)
	}
}

// Each character comes from four of the 256 values of a byte, and eight values name none.
func TestDrawIsUniform(t *testing.T) {
	sources := make(map[byte]int)
	skipped := 0
	for b := range 256 {
		text, err := draw(bytes.NewReader(bytes.Repeat([]byte{byte(b)}, 640)))
		if err != nil {
			skipped++
			continue
		}
		c := text[len(Prefix)]
		if text != Prefix+strings.Repeat(string(c), drawn) {
			t.Fatalf("byte %d makes %q", b, text)
		}
		sources[c]++
	}
	if len(sources) != 62 || skipped != 8 {
		t.Fatalf("%d characters, %d bytes skipped", len(sources), skipped)
	}
	for c, n := range sources {
		if n != 4 {
			t.Errorf("%c comes from %d bytes", c, n)
		}
	}
	text, err := draw(bytes.NewReader(append(bytes.Repeat([]byte{62, 63, 126, 255}, 16), bytes.Repeat([]byte{1}, 64)...)))
	if err != nil || text != Prefix+strings.Repeat("B", drawn) {
		t.Fatalf("%q, %v: bytes that name no character were used", text, err)
	}
}

func TestWellFormed(t *testing.T) {
	good := strings.Repeat("aZ09", 8)
	for text, want := range map[string]bool{
		"dfm_" + good: true, "dfm_" + good[1:]: false, "dfm_" + good + "a": false, "dfm_": false, "": false, good: false,
		"DFM_" + good: false, "dfm_-" + good[1:]: false, "dfm_" + good[1:] + "_": false, "dfm_" + good[:30] + "é": false,
		"dfm_" + good[:16] + " " + good[17:]: false,
	} {
		if WellFormed(text) != want {
			t.Errorf("%q: %t", text, !want)
		}
	}
}
