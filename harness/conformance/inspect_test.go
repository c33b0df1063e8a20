package conformance

import (
	"regexp"
	"strings"
	"testing"

	"github.com/grafana/sobek"
)

// inspectedRecords are the objects among lines that workerd printed for console.log. It prints an object as a
// JavaScript literal, on one line or from a line "{" to a line "}".
func inspectedRecords(lines []string) []Record {
	vm := sobek.New()
	var records []Record
	for i := 0; i < len(lines); i++ {
		switch line := lines[i]; {
		case line == "{":
			end := i + 1
			for end < len(lines) && lines[end] != "}" {
				end++
			}
			if end == len(lines) {
				return records // the rest is not printed yet
			}
			records = append(records, inspected(vm, strings.Join(lines[i:end+1], "\n")))
			i = end
		case strings.HasPrefix(line, "{ ") && strings.HasSuffix(line, " }"):
			records = append(records, inspected(vm, line))
		}
	}
	return records
}

// elided are the words for what stands too deep to be shown.
var elided = regexp.MustCompile(`(?m)(: |^\s*)\[(?:Object|Array)\]`)

// inspected evaluates one literal.
func inspected(vm *sobek.Runtime, literal string) Record {
	value, err := vm.RunString("JSON.stringify((" + elided.ReplaceAllString(literal, "${1}null") + "))")
	if err != nil {
		return Record{"line": literal}
	}
	return parseRecord(value.String())
}

func TestInspectedRecords(t *testing.T) {
	printed := `
 wrangler 4
[wrangler:info] Ready on http://127.0.0.1:1
{
  level: 'info',
  event: 'request',
  duration_ms: 1.25,
  error_kind: null,
  user_id: ` + "`user-1'\"2`" + `,
  text: 'ünï\n\x01' +
    'more',
  ops: [
    { op: 'a_b_c', inner: [Object], list: [Array] },
    { op: "it's }", inner: [] }
  ],
  cold: true
}
[wrangler:info] GET / 200 OK (163ms)
{ event: 'sweep', count: 3 }
{
  event: 'cut`
	want := []string{
		`{"cold":true,"duration_ms":1.25,"error_kind":null,"event":"request","level":"info",` +
			`"ops":[{"inner":null,"list":null,"op":"a_b_c"},{"inner":[],"op":"it's }"}],"text":"ünï\n\u0001more","user_id":"user-1'\"2"}`,
		`{"count":3,"event":"sweep"}`,
	}
	records := inspectedRecords(strings.Split(printed, "\n"))
	if len(records) != len(want) {
		t.Fatalf("read %d records, want %d: %v", len(records), len(want), records)
	}
	for i, record := range records {
		if got := record.String(); got != want[i] {
			t.Errorf("read %s\nwant %s", got, want[i])
		}
	}
}
