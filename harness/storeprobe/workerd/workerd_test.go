package workerd

import "testing"

func TestWithoutBuild(t *testing.T) {
	const config = "name = \"x\"\n\n[build]\ncommand = \"make\"\n# why\n\n[[rules]]\ntype = \"Text\"\n[vars]\nbuild = \"[build]\"\n"
	const want = "name = \"x\"\n\n[[rules]]\ntype = \"Text\"\n[vars]\nbuild = \"[build]\"\n"
	if got := string(withoutBuild([]byte(config))); got != want {
		t.Errorf("%q is left, want %q", got, want)
	}
}

func TestDevVars(t *testing.T) {
	got, err := devVars(map[string]string{"B": "two words # and more", "A": "", "C": "line\nbreak", "D": "it's"})
	const want = "A=''\nB='two words # and more'\nC='line\nbreak'\nD=`it's`\n"
	if err != nil || string(got) != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if got, err := devVars(map[string]string{"A": "it's `it`"}); err == nil {
		t.Errorf("both quotes give %q", got)
	}
}

func TestFreePortsDiffer(t *testing.T) {
	ports, err := freePorts(20)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, p := range ports {
		if seen[p] {
			t.Errorf("port %s twice", p)
		}
		seen[p] = true
	}
}
