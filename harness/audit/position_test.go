package audit

import "testing"

func TestByPosition(t *testing.T) {
	ordered := []string{"GET /a", "core/a.go:9", "core/a.go:10", "core/b.go:1"}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := byPosition(a, b); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%s and %s compare as %d", a, b, got)
			}
		}
	}
	if fileOf("GET /a/:id") != "" || fileOf("core/a.go:9") != "core/a.go" {
		t.Error("an endpoint is taken for a file")
	}
}
