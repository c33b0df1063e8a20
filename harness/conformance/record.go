package conformance

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Record is one log record of a service: its JSON object with numbers as json.Number. A line that is not a JSON object
// is kept under the key "line".
type Record map[string]any

// parseRecord reads one log line.
func parseRecord(line string) Record {
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.UseNumber()
	var r Record
	if err := decoder.Decode(&r); err != nil || r == nil {
		return Record{"line": line}
	}
	return r
}

// text returns a string member, "" when there is none.
func (r Record) text(name string) string {
	s, _ := r[name].(string)
	return s
}

// int returns an integer member, -1 when there is none.
func (r Record) int(name string) int64 {
	n, ok := r[name].(json.Number)
	if !ok {
		return -1
	}
	i, err := n.Int64()
	if err != nil {
		return -1
	}
	return i
}

// words is every name and string of the record in lower case, to be searched for what must not be there.
func (r Record) words() string {
	var b strings.Builder
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			b.WriteString(strings.ToLower(v))
			b.WriteByte('\n')
		case []any:
			for _, element := range v {
				walk(element)
			}
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				walk(name)
				walk(v[name])
			}
		}
	}
	walk(map[string]any(r))
	return b.String()
}

// String is the record as JSON.
func (r Record) String() string {
	text, err := json.Marshal(map[string]any(r))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// find returns the first record that holds returns true for.
func find(records []Record, holds func(Record) bool) Record {
	if i := slices.IndexFunc(records, holds); i >= 0 {
		return records[i]
	}
	return nil
}
