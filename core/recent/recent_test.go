package recent

import (
	"fmt"
	"testing"
	"unsafe"
)

func TestOnlySoManyAreRemembered(t *testing.T) {
	var texts Texts[int]
	if _, ok := texts.Find("0"); ok {
		t.Error("it is remembered before it was added")
	}
	for n := range 10 * most {
		texts.Add(fmt.Sprint(n), n)
		if got, ok := texts.Find(fmt.Sprint(n)); !ok || got != n {
			t.Fatalf("%d stands for %d, %v", n, got, ok)
		}
		if len(texts.known) > most {
			t.Fatalf("%d are remembered", len(texts.known))
		}
	}
}

// What is remembered keeps nothing else in memory.
func TestATextIsCopied(t *testing.T) {
	whole := string(make([]byte, 100))
	part := whole[10:20]
	var texts Texts[bool]
	texts.Add(part, true)
	for kept := range texts.known {
		if kept != part || unsafe.StringData(kept) == unsafe.StringData(part) {
			t.Error("it is part of the whole still")
		}
	}
}
