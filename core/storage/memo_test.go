package storage_test

import (
	"fmt"
	"testing"

	"tracedge/core/storage"
)

// thing is a document that counts how often it was read.
type thing struct{ Name string }

var decoded int

func (t *thing) UnmarshalJSON(b []byte) error {
	decoded++
	t.Name = string(b)
	return nil
}

// What a document says is decoded once, whatever record it is in; another text is another document.
func TestMemoDecodesATextOnce(t *testing.T) {
	w := newWorld()
	process := w.process()
	ctx, _ := w.traced(t)
	p := storage.In("user", "1")
	put := func(part string, doc any) storage.Record {
		t.Helper()
		k := p.Key(part)
		if err := process.Update(ctx, "test_put_thing", p, func(tx *storage.Tx) error { return tx.Put(k, doc) }); err != nil {
			t.Fatal(err)
		}
		found, err := process.Store.Read(ctx, "test_read_thing", p, k)
		if err != nil {
			t.Fatal(err)
		}
		r, ok := found.Record(k)
		if !ok {
			t.Fatal("nothing is there")
		}
		return r
	}
	var memo storage.Memo[thing]
	decoded = 0
	for _, part := range []string{"a", "b"} {
		r := put(part, "one")
		for range 2 {
			if v, err := memo.Decode(r); err != nil || v.Name != `"one"` {
				t.Errorf("%+v, %v", v, err)
			}
		}
	}
	if decoded != 1 {
		t.Errorf("decoded %d times", decoded)
	}
	for n := range 200 {
		if v, err := memo.Decode(put("a", n)); err != nil || v.Name != fmt.Sprint(n) {
			t.Errorf("%+v, %v", v, err)
		}
	}
	if decoded != 201 {
		t.Errorf("decoded %d times", decoded)
	}
	var numbers storage.Memo[int]
	if _, err := numbers.Decode(put("a", "a text")); err == nil {
		t.Error("a text is a number")
	}
}
