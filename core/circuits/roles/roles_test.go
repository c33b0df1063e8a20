package roles_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tracedge/core/circuits/roles"
)

func sets() *rapid.Generator[roles.Set] {
	return rapid.Custom(func(t *rapid.T) roles.Set {
		return roles.Of(rapid.SliceOf(rapid.SampledFrom(roles.All.List())).Draw(t, "permissions")...)
	})
}

func TestSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := sets().Draw(t, "a"), sets().Draw(t, "b")
		for _, p := range roles.All.List() {
			if slices.Contains(a.List(), p) != a.Has(p) {
				t.Fatalf("%v and %s", a.List(), p)
			}
		}
		if a.Holds(b) != (b&^a == 0) || !roles.All.Holds(a) || !a.Holds(0) || !a.Holds(a) {
			t.Fatal(a.List(), b.List())
		}
		if !slices.IsSortedFunc(a.List(), func(x, y roles.Permission) int {
			return slices.Index(roles.All.List(), x) - slices.Index(roles.All.List(), y)
		}) {
			t.Fatal("not in order", a.List())
		}
		doc, err := json.Marshal(a)
		var back roles.Set
		if err != nil || json.Unmarshal(doc, &back) != nil || back != a {
			t.Fatalf("%s became %v", doc, back.List())
		}
	})
}

// Whatever is tried, nobody hands out more than they hold, takes from others more than they hold, makes an owner, or
// touches the owner; and what breaks none of these goes through.
func TestGrants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := roles.Change{
			Own: sets().Draw(t, "own"), Target: sets().Draw(t, "target"), Grant: sets().Draw(t, "grant"),
			OfOwner: rapid.Bool().Draw(t, "of owner"),
			Base:    rapid.SampledFrom([]roles.Base{roles.Owner, roles.Admin, roles.Member, roles.Viewer, ""}).Draw(t, "base"),
		}
		want := roles.Rule("")
		switch {
		case c.OfOwner:
			want = roles.OwnerImmutable
		case c.Base == roles.Owner:
			want = roles.OwnerRole
		case c.Target|c.Own != c.Own:
			want = roles.TargetOutranks
		case c.Grant|c.Own != c.Own:
			want = roles.GrantExceedsOwn
		}
		rule, missing := c.Broken()
		if rule != want {
			t.Fatalf("%+v breaks %q, want %q", c, rule, want)
		}
		if rule == roles.GrantExceedsOwn && (missing == 0 || missing&c.Own != 0 || !c.Grant.Holds(missing)) {
			t.Fatalf("%+v: missing %v", c, missing.List())
		}
		if rule != roles.GrantExceedsOwn && missing != 0 {
			t.Fatalf("%+v: missing %v", c, missing.List())
		}
	})
}

// Any number of grants in any order leave nobody but the owner with a permission that somebody could not give.
func TestPermissionsNeverGrow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		has := rapid.SliceOfN(sets(), 2, 6).Draw(t, "members")
		var all roles.Set
		for _, s := range has {
			all |= s
		}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			from, to := rapid.IntRange(0, len(has)-1).Draw(t, "from"), rapid.IntRange(0, len(has)-1).Draw(t, "to")
			c := roles.Change{Own: has[from], Grant: sets().Draw(t, "grant")}
			if from != to {
				c.Target = has[to]
			}
			if rule, _ := c.Broken(); rule == "" {
				has[to] = c.Grant
			}
		}
		for _, s := range has {
			if !all.Holds(s) {
				t.Fatal("somebody has what nobody had")
			}
		}
	})
}

func TestChangedIsWhatDiffers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := sets().Draw(t, "a"), sets().Draw(t, "b")
		for _, p := range roles.All.List() {
			if roles.Changed(a, b).Has(p) != (a.Has(p) != b.Has(p)) {
				t.Fatal(a.List(), b.List(), p)
			}
		}
	})
}

func TestSpellings(t *testing.T) {
	for text, want := range map[string]roles.Permission{
		"push": roles.Push, "MANAGEMEMBERS": roles.ManageMembers, "manage_members": "", "": "", "Push ": "", "aud\u0131t": "", "pu\u017fh": "",
	} {
		if got, ok := roles.ParsePermission(text); got != want || ok != (want != "") {
			t.Errorf("%q is %q", text, got)
		}
	}
	for text, want := range map[string]roles.Base{"OWNER": roles.Owner, "viewer": roles.Viewer, "viewe\u0155": "", "Owner\u200b": "", "": ""} {
		if got, ok := roles.ParseBase(text); got != want || ok != (want != "") {
			t.Errorf("%q is %q", text, got)
		}
	}
}

// A name is read as a base role only if it is one, letter by letter.
func FuzzRoleNames(f *testing.F) {
	for _, s := range []string{"Owner", "oWnEr", "viewer", "Viewer ", "ſ", "K", "\xff", "ＯＷＮＥＲ", "Manage Members"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		base, ok := roles.ParseBase(text)
		if ok != (base != "") || ok && ascii(text) != ascii(string(base)) {
			t.Fatalf("%q is read as %q", text, base)
		}
		if base.Permissions() != 0 != ok {
			t.Fatalf("%q may do %v", text, base.Permissions().List())
		}
		p, ok := roles.ParsePermission(text)
		if ok != (p != "") || ok && ascii(text) != ascii(string(p)) {
			t.Fatalf("%q is read as %q", text, p)
		}
		if roles.Of(roles.Permission(text)) != 0 && !slices.Contains(roles.All.List(), roles.Permission(text)) {
			t.Fatalf("%q is a permission", text)
		}
	})
}

// ascii lowers the letters A to Z and nothing else.
func ascii(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}
