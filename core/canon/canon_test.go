package canon_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tracedge/core/canon"
	"tracedge/core/web"
)

// The decoder of bodies shows to clients what a misfit says.
var _ web.Misfit = (*canon.Misfit)(nil)

func pairs(t testing.TB) [][2]string {
	t.Helper()
	doc, err := os.ReadFile("testdata/text.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out [][2]string
	for block := range strings.SplitSeq(strings.SplitN(string(doc), "\n", 2)[1], "\n\n") {
		if sent, want, ok := strings.Cut(strings.TrimRight(block, "\n"), "\n"); ok {
			out = append(out, [2]string{sent, want})
		}
	}
	return out
}

func TestText(t *testing.T) {
	for _, p := range pairs(t) {
		o, err := canon.ParseObject([]byte(p[0]))
		if err != nil || o.String() != p[1] {
			t.Errorf("%s is %s, %v, want %s", p[0], o, err, p[1])
		}
		v, err := canon.Parse([]byte("[" + p[0] + "]"))
		if err != nil || v.String() != "["+p[1]+"]" {
			t.Errorf("[%s] is %s, %v", p[0], v, err)
		}
	}
}

func TestContentHash(t *testing.T) {
	doc, err := os.ReadFile("testdata/hash.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		DFID     string       `json:"dfid"`
		Type     string       `json:"event_type"`
		Source   string       `json:"source"`
		Metadata canon.Object `json:"metadata"`
		Hash     string       `json:"hash"`
	}
	if err := json.Unmarshal(doc, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		if got := canon.ContentHash(v.DFID, v.Type, v.Source, v.Metadata); got != v.Hash {
			t.Errorf("%+v: %s", v, got)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, text := range []string{``, ` `, `{`, `{}{}`, `[]`, `1`, `null`, `{"a":NaN}`, `{"a":Infinity}`, `{"a":1e400}`, `{"a":[{"b":-1e999}]}`, `{"a":01}`, `{a:1}`} {
		_, err := canon.ParseObject([]byte(text))
		var m *canon.Misfit
		if !errors.As(err, &m) || m.Misfit() == "" {
			t.Errorf("%s: %v", text, err)
		}
	}
	var v struct{ O canon.Object }
	if err := json.Unmarshal([]byte(`{"O":[1]}`), &v); err == nil {
		t.Error("an array is read as an object")
	}
}

// A long number of digits only is a float when it is large, and refused when no float is.
func TestLongInteger(t *testing.T) {
	v, err := canon.Parse([]byte("1" + strings.Repeat("0", 300)))
	if err != nil || v.String() != "1e300" {
		t.Errorf("%s, %v", v, err)
	}
	if _, err := canon.Parse([]byte("1" + strings.Repeat("0", 400))); err == nil {
		t.Error("accepted")
	}
}

func TestMembers(t *testing.T) {
	o, err := canon.ParseObject([]byte(`{"b":[1,{"y":null,"x":"é"},"]"],"a":null,"c":{"k":1.0}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(o.Names(), ","); got != "a,b,c" || o.Len() != 3 {
		t.Errorf("names %s", got)
	}
	if v, ok := o.Get("a"); !ok || !v.IsNull() || v != (canon.Value{}) {
		t.Errorf("a is %v, %t", v, ok)
	}
	if v, ok := o.Get("d"); ok || !v.IsNull() {
		t.Errorf("d is %v", v)
	}
	b, _ := o.Get("b")
	list, ok := b.Array()
	if !ok || len(list) != 3 || list[0].String() != "1" || list[1].String() != `{"x":"é","y":null}` {
		t.Errorf("b is %v", list)
	}
	if text, ok := list[2].Text(); !ok || text != "]" {
		t.Errorf("text %q", text)
	}
	inner, ok := list[1].Object()
	if y, found := inner.Get("y"); !ok || !found || !y.IsNull() {
		t.Errorf("inner %v", inner)
	}
	if got := canon.Array(list); got != b {
		t.Errorf("array %v", got)
	}
	next := o.Merge(canon.Of("a", canon.Text("<\u2028>")).With("c", canon.Value{}).With("d", inner.Value()))
	if want := `{"a":"<` + "\u2028" + `>","b":[1,{"x":"é","y":null},"]"],"c":null,"d":{"x":"é","y":null}}`; next.String() != want {
		t.Errorf("merged %s", next)
	}
	if o.String() != `{"a":null,"b":[1,{"x":"é","y":null},"]"],"c":{"k":1.0}}` || o.Equal(next) || !o.Equal(o.Merge(canon.Object{})) {
		t.Errorf("the original is %s", o)
	}
	for name, v := range next.All() {
		if got, _ := next.Get(name); got != v {
			t.Errorf("%s is %v", name, v)
		}
	}
}

// What is written, stored by the standard encoder with its escapes, and read again is the same.
func TestCanonical(t *testing.T) { rapid.Check(t, sameAgain) }

func sameAgain(t *rapid.T) {
	free := tree(4).Draw(t, "value")
	doc, err := json.Marshal(free)
	if err != nil {
		t.Fatal(err)
	}
	v, err := canon.Parse(doc)
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	stored, err := json.Marshal(map[string]any{"v": v})
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		V canon.Value `json:"v"`
	}
	if err := json.Unmarshal(stored, &back); err != nil || back.V != v {
		t.Fatalf("%s is read as %s, %v", v, back.V, err)
	}
	if list, ok := v.Array(); ok && canon.Array(list) != v {
		t.Fatalf("%s taken apart is %s", v, canon.Array(list))
	}
	if o, ok := v.Object(); ok && o.Value() != v {
		t.Fatalf("%s taken apart is %s", v, o)
	}
}

func TestMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.MapOfN(rapid.StringN(0, 2, -1), rapid.Int64(), 0, 8)
		a, b := members.Draw(t, "a"), members.Draw(t, "b")
		want := map[string]int64{}
		for _, m := range []map[string]int64{a, b} {
			for k, v := range m {
				want[k] = v
			}
		}
		if got := object(t, a).Merge(object(t, b)); !got.Equal(object(t, want)) {
			t.Fatalf("%v and %v make %s", a, b, got)
		}
	})
}

func object(t *rapid.T, v map[string]int64) canon.Object {
	doc, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	o, err := canon.ParseObject(doc)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func tree(depth int) *rapid.Generator[any] {
	leaf := rapid.OneOf(rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Int64().AsAny(), rapid.Uint64().AsAny(), rapid.String().AsAny(),
		rapid.Float64().Filter(func(f float64) bool { return f-f == 0 }).AsAny())
	if depth == 0 {
		return leaf
	}
	inner := rapid.Deferred(func() *rapid.Generator[any] { return tree(depth - 1) })
	return rapid.OneOf(leaf, rapid.SliceOfN(inner, 0, 4).AsAny(), rapid.MapOfN(rapid.StringN(0, 3, -1), inner, 0, 4).AsAny())
}

// FuzzParse wants every JSON text either refused for a number or read as what the standard decoder reads, in a form that
// does not change any more.
func FuzzParse(f *testing.F) {
	for _, p := range pairs(f) {
		f.Add([]byte(p[0]))
	}
	f.Add([]byte(`[1e400,"\ud800\u`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		v, err := canon.Parse(doc)
		if !json.Valid(doc) {
			if err == nil {
				t.Fatalf("%q is read as %s", doc, v)
			}
			return
		}
		if err != nil {
			if floats(doc) {
				t.Fatalf("%q: %v", doc, err)
			}
			return
		}
		again, err := canon.Parse([]byte(v.String()))
		if err != nil || again != v {
			t.Fatalf("%q is %s and then %s, %v", doc, v, again, err)
		}
		if a, b := standard(t, doc), standard(t, []byte(v.String())); !bytes.Equal(a, b) {
			t.Fatalf("%q is read as %s, %s as %s", doc, a, v, b)
		}
	})
}

// floats tells whether the standard decoder can hold all numbers.
func floats(doc []byte) bool {
	var v any
	return json.Unmarshal(doc, &v) == nil
}

// standard is what the standard decoder makes of a text, written again.
func standard(t *testing.T, doc []byte) []byte {
	var v any
	if err := json.Unmarshal(doc, &v); err != nil {
		t.Fatalf("%q: %v", doc, err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(out, []byte("-0"), []byte("0"))
}

func BenchmarkParseObject(b *testing.B) {
	doc := []byte(`{"breed":"Nelore","weight_kg":412.5,"tags":["a","b"],"origin":{"farm":"Boa Vista","lat":-15.79,"lon":-47.88}}`)
	for b.Loop() {
		if _, err := canon.ParseObject(doc); err != nil {
			b.Fatal(err)
		}
	}
}
