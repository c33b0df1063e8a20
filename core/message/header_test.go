package message

import (
	"slices"
	"testing"
)

func TestNamesOfFieldsHaveNoCase(t *testing.T) {
	h := Header{}
	h.Add("x-list", "a")
	h.Add("X-LIST", "b")
	h.Set("traceparent", "c")
	if got := h.Values("X-List"); !slices.Equal(got, []string{"a", "b"}) || h.Get("x-List") != "a" || h.Get("Traceparent") != "c" {
		t.Errorf("%v", h)
	}
	if h.Get("other") != "" || h.Values("other") != nil || h.Get("x[list") != "" || h.Get("x\rlist") != "" {
		t.Error("a field that is not there has a value")
	}
	c := h.Clone()
	c.Add("x-list", "c")
	if len(h.Values("x-list")) != 2 || Header(nil).Clone() != nil {
		t.Error("a copy is not one")
	}
}

func TestFieldsTakeThePlaceOfOthers(t *testing.T) {
	h := Header{{"A", "1"}, {"link", "2"}, {"B", "3"}, {"Link", "4"}}
	h.Set("LINK", "5")
	if want := (Header{{"A", "1"}, {"B", "3"}, {"LINK", "5"}}); !slices.Equal(h, want) {
		t.Errorf("%v, want %v", h, want)
	}
	h.Replace(Header{{"b", "6"}, {"B", "7"}})
	h.Replace(nil)
	if want := (Header{{"A", "1"}, {"LINK", "5"}, {"b", "6"}, {"B", "7"}}); !slices.Equal(h, want) {
		t.Errorf("%v, want %v", h, want)
	}
	var none Header
	none.Set("A", "1")
	if none.Get("a") != "1" {
		t.Errorf("%v", none)
	}
}
