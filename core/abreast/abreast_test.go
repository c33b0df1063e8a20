package abreast

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// Things that take a second take one for each round of as many as are done at a time.
func TestWidth(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(int, func(int) error) error
		n    int
		want time.Duration
	}{
		"each, none":  {Each, 0, 0},
		"each, a few": {Each, width, time.Second},
		"each, more":  {Each, width + 1, 2 * time.Second},
		"all":         {All, 5 * width, time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			begin, done := time.Now(), make([]bool, c.n)
			if err := c.do(c.n, func(i int) error {
				time.Sleep(time.Second)
				done[i] = true
				return nil
			}); err != nil {
				t.Error(err)
			}
			if got := time.Since(begin); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
			for i, ok := range done {
				if !ok {
					t.Errorf("%s: %d was not done", name, i)
				}
			}
		})
	}
}

func TestErrorsAreJoined(t *testing.T) {
	first, last := errors.New("first"), errors.New("last")
	err := Each(3, func(i int) error {
		return []error{first, nil, last}[i]
	})
	if !errors.Is(err, first) || !errors.Is(err, last) {
		t.Errorf("%v", err)
	}
}
