package audit

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func sample() Report {
	return Report{
		Coverage:   0.999,
		Sites:      []Site{{"a_read_x", "Read", "core/a/a.go:7", "a.f", []string{"GET /a", everyRequest}}},
		Routes:     []RouteLabels{{"GET /a", "a.h", []string{"a_read_x"}}},
		Files:      []File{{"core/a/a.go", 1, 2, 3, 4}},
		Kinds:      []KindUse{{"x|y", false, "not offered"}, {"z", true, ""}},
		Exceptions: []Exception{{"label", "s", "because"}},
		Findings:   []Finding{{Rule: "section", Position: "core/a/a.go:9", Message: "time.Now reads the clock", Chain: []string{"a.f", "a.g"}}},
	}
}

func TestWrite(t *testing.T) {
	for format, wanted := range map[string][]string{
		"text": {
			"core/a/a.go  1              2         3      4\n", "GET /a  1       a_read_x\n", "Trace coverage     99 % of 1 storage calls",
			"core/a/a.go:9: section: time.Now reads the clock\n",
		},
		"markdown": {
			"| core/a/a.go | 1 | 2 | 3 | 4 |\n", "| GET /a | 1 | a_read_x |\n", "| section | core/a/a.go:9 | time.Now reads the clock |\n",
			"| a_read_x | Read | core/a/a.go | a.f | GET /a, (every request) |\n", "| x\\|y | no | not offered |\n", "| z | yes |  |\n",
			"| label | s | because |\n",
		},
		"json": {`"reached_from": [`, `"chain": [`, `"coverage": 0.999`},
	} {
		var out bytes.Buffer
		if err := sample().Write(&out, format); err != nil {
			t.Fatal(err)
		}
		for _, w := range wanted {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s has no %q:\n%s", format, w, &out)
			}
		}
	}
	if err := sample().Write(new(bytes.Buffer), "xml"); err == nil || !strings.Contains(err.Error(), "text, markdown, json") {
		t.Errorf("xml: %v", err)
	}
}

// Two audits of the same code say the same, byte for byte.
func TestSame(t *testing.T) {
	var reports [2][]byte
	for i := range reports {
		report, err := Run(root, map[string]string{"(*tracedge/core/auth.Service).login": "POST /login"})
		if err != nil {
			t.Fatal(err)
		}
		if reports[i], err = json.Marshal(report); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(reports[0], reports[1]) {
		t.Errorf("two reports differ:\n%s\n%s", reports[0], reports[1])
	}
}
