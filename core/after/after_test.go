package after_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"tracedge/core/after"
)

func TestRunDoesEverythingInOrder(t *testing.T) {
	var g after.Group
	ctx, cancel := context.WithCancel(after.With(t.Context(), &g))
	var did, failed []string
	note := func(name string, err error) {
		after.Do(ctx, name, func(ctx context.Context) error {
			if ctx.Err() != nil {
				t.Errorf("%s: the client's leaving ended background work", name)
			}
			did = append(did, name)
			return err
		})
	}
	note("a", nil)
	note("b", errors.New("broken"))
	after.Do(ctx, "c", func(context.Context) error { panic("x") })
	after.Do(ctx, "d", func(context.Context) error { note("e", nil); return nil })
	cancel()
	if did != nil {
		t.Fatal("work ran before Run")
	}
	g.Run(func(_ context.Context, name string, err error) { failed = append(failed, name) })
	if !slices.Equal(did, []string{"a", "b", "e"}) || !slices.Equal(failed, []string{"b", "c"}) {
		t.Fatalf("did %v, failed %v", did, failed)
	}
}

func TestWithoutAGroupWorkRunsAtOnce(t *testing.T) {
	want := errors.New("broken")
	if err := after.Do(t.Context(), "a", func(context.Context) error { return want }); err != want {
		t.Fatalf("err = %v", err)
	}
}
