package servicestest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tracedge/harness/services"
)

func pair(text string) services.Pair {
	key, value, _ := strings.Cut(text, "=")
	return services.Pair{Key: key, Value: []byte(value)}
}

// list returns what o holds under opts as "key=value" texts.
func list(t *testing.T, o services.Object, opts services.ListOptions) []string {
	t.Helper()
	ps, err := o.List(opts)
	if err != nil {
		t.Fatalf("List(%+v): %v", opts, err)
	}
	texts := []string{}
	for _, p := range ps {
		texts = append(texts, p.Key+"="+string(p.Value))
	}
	return texts
}

func want(t *testing.T, what string, got []string, texts ...string) {
	t.Helper()
	if !slices.Equal(got, texts) {
		t.Errorf("%s = %q, want %q", what, got, texts)
	}
}

func testObjectValues(t *testing.T, f *fixture) {
	o := f.store.Objects("C").Object("o")
	if _, ok, err := o.Get("k"); ok || err != nil {
		t.Fatalf("Get of an object that does not exist = %v, %v", ok, err)
	}
	want(t, "List of an object that does not exist", list(t, o, services.ListOptions{}))

	f.apply(t, o, services.Batch{Puts: pairs("b=2", "a=1", "empty=", "\x00=nul", "\xff=ff", "é=utf8")})
	want(t, "List", list(t, o, services.ListOptions{}), "\x00=nul", "a=1", "b=2", "empty=", "é=utf8", "\xff=ff")
	if v, ok, err := o.Get("empty"); !ok || len(v) != 0 || err != nil {
		t.Errorf("Get(empty) = %q, %v, %v", v, ok, err)
	}

	f.apply(t, o, services.Batch{Puts: pairs("a=new"), Deletes: []string{"b", "missing"}})
	want(t, "List after a change", list(t, o, services.ListOptions{Prefix: "a"}), "a=new")
	if _, ok, _ := o.Get("b"); ok {
		t.Error("a deleted key is still there")
	}

	v, _, _ := o.Get("a")
	copy(v, "XXX")
	if again, _, _ := o.Get("a"); string(again) != "new" {
		t.Errorf("changing a value that Get returned changed the store to %q", again)
	}
}

func testObjectsAreSeparate(t *testing.T, f *fixture) {
	// Names and keys chosen to collide in a store that merely joins them.
	names := []string{"", "a", "ab", "a/b", "a\x00", "\x01a", "\xff", strings.Repeat("n", 300)}
	for _, class := range []string{"A", "B"} {
		for _, name := range names {
			f.apply(t, f.store.Objects(class).Object(name), services.Batch{Puts: pairs("b/k="+class+name, "k="+class+name)})
		}
	}
	f.apply(t, f.store.Objects("A").Object("a"), services.Batch{DeleteAll: true})
	for _, class := range []string{"A", "B"} {
		for _, name := range names {
			got := list(t, f.store.Objects(class).Object(name), services.ListOptions{})
			if class == "A" && name == "a" {
				want(t, "the emptied object", got)
				continue
			}
			want(t, fmt.Sprintf("object %.5q of class %s", name, class), got, "b/k="+class+name, "k="+class+name)
		}
	}
}

func testListOptions(t *testing.T, f *fixture) {
	o := f.store.Objects("C").Object("o")
	f.apply(t, o, services.Batch{Puts: pairs("a=0", "p/=1", "p/1=2", "p/2=3", "p/20=4", "p/3=5", "p0=6", "z=7")})
	// Neighbours that a wrong bound would run into.
	f.apply(t, f.store.Objects("C").Object("n"), services.Batch{Puts: pairs("p/9=no")})
	f.apply(t, f.store.Objects("C").Object("p"), services.Batch{Puts: pairs("p/0=no")})
	for _, tt := range []struct {
		o    services.ListOptions
		want string // the values
	}{
		{services.ListOptions{}, "01234567"},
		{services.ListOptions{Reverse: true}, "76543210"},
		{services.ListOptions{Limit: 3}, "012"},
		{services.ListOptions{Limit: 3, Reverse: true}, "765"},
		{services.ListOptions{Prefix: "p/"}, "12345"},
		{services.ListOptions{Prefix: "p/", Reverse: true}, "54321"},
		{services.ListOptions{Prefix: "p/", StartAfter: "p/2"}, "45"},
		{services.ListOptions{Prefix: "p/", Start: "p/2"}, "345"},
		{services.ListOptions{Prefix: "p/", End: "p/2"}, "12"},
		{services.ListOptions{Prefix: "p/", End: "p/2", Reverse: true}, "21"},
		{services.ListOptions{Prefix: "p/", StartAfter: "p/", End: "p/3", Reverse: true, Limit: 2}, "43"},
		{services.ListOptions{Prefix: "p/", StartAfter: "a"}, "12345"},
		{services.ListOptions{Prefix: "p/", StartAfter: "q"}, ""},
		{services.ListOptions{Prefix: "p/", End: "p/"}, ""},
		{services.ListOptions{Start: "p/15", End: "p/25"}, "34"},
		{services.ListOptions{Start: "z", End: "a"}, ""},
		{services.ListOptions{StartAfter: "z"}, ""},
		{services.ListOptions{StartAfter: "y", Reverse: true}, "7"},
		{services.ListOptions{End: "b", Reverse: true}, "0"},
		{services.ListOptions{Prefix: "nothing"}, ""},
	} {
		var got strings.Builder
		for _, text := range list(t, o, tt.o) {
			_, value, _ := strings.Cut(text, "=")
			got.WriteString(value)
		}
		if got.String() != tt.want {
			t.Errorf("List(%+v) = %q, want %q", tt.o, got.String(), tt.want)
		}
	}
}

func testListErrors(t *testing.T, f *fixture) {
	o := f.store.Objects("C").Object("o")
	f.apply(t, o, services.Batch{Puts: pairs("a=0")})
	for _, opts := range []services.ListOptions{{Start: "a", StartAfter: "a"}, {Limit: -1}} {
		if _, err := o.List(opts); err == nil {
			t.Errorf("List(%+v) has no error", opts)
		}
	}
}

func testDeleteAll(t *testing.T, f *fixture) {
	class := f.store.Objects("C")
	o, other := class.Object("o"), class.Object("o2")
	at := int64(1234)
	var many []services.Pair
	for i := range 1000 {
		many = append(many, pair(fmt.Sprintf("k%04d=v", i)))
	}
	f.apply(t, o, services.Batch{Puts: many, Alarm: &at})
	f.apply(t, other, services.Batch{Puts: pairs("k=v"), Alarm: &at})

	f.apply(t, o, services.Batch{DeleteAll: true})
	want(t, "List after DeleteAll", list(t, o, services.ListOptions{}))
	want(t, "List of the other object", list(t, other, services.ListOptions{}), "k=v")
	want(t, "alarms", alarms(t, f, class), "o2@1234")

	f.apply(t, o, services.Batch{Puts: many, Alarm: &at})
	at = 99
	f.apply(t, o, services.Batch{DeleteAll: true, Puts: pairs("kept=1"), Deletes: []string{"k0001"}, Alarm: &at})
	want(t, "List after DeleteAll with puts", list(t, o, services.ListOptions{}), "kept=1")
	want(t, "alarms", alarms(t, f, class), "o2@1234", "o@99")
}

func testLargeValues(t *testing.T, f *fixture) {
	o := f.store.Objects("C").Object("user/" + strings.Repeat("i", 500))
	big := strings.Repeat("0123456789abcdef", 1<<16) // 1 MiB
	keys := []string{}
	b := services.Batch{}
	for i := range 4 {
		key := strings.Repeat("k", 511) + fmt.Sprint(i)
		keys = append(keys, key)
		b.Puts = append(b.Puts, services.Pair{Key: key, Value: []byte(big + fmt.Sprint(i))})
	}
	f.apply(t, o, b)
	for i, key := range keys {
		if v, ok, err := o.Get(key); !ok || err != nil || string(v) != big+fmt.Sprint(i) {
			t.Errorf("Get of value %d = %d bytes, %v, %v", i, len(v), ok, err)
		}
	}
	ps, err := o.List(services.ListOptions{Limit: 3})
	if err != nil || len(ps) != 3 || string(ps[2].Value) != big+"2" {
		t.Errorf("List of large values = %d pairs, %v", len(ps), err)
	}
}
