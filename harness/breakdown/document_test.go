package breakdown

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

// story is a document with something in each section.
func story(t *testing.T) Document {
	t.Helper()
	var in, before bytes.Buffer
	newTraffic(11).write(&in, compactForm, 600)
	for _, line := range []string{
		`{"outcome":"exceededCpu","eventTimestamp":1772366700000,"logs":[],"exceptions":[{"name":"Error","message":"Worker exceeded CPU time limit."}],"event":{"request":{"url":"https://tracedge.example/api/auth/login","method":"POST"}},"cpuTime":30001,"wallTime":30044}`,
		`{"outcome":"ok","eventTimestamp":1772366705000,"logs":[{"message":[{"event":"sweep","level":"info","count":3}]}],"event":{"cron":"* * * * *"}}`,
		`{"broken": `, `words`,
	} {
		in.WriteString(line + "\n")
	}
	newTraffic(12).write(&before, bareForm, 500)
	r, b := report(t, &in, Filter{}), report(t, &before, Filter{})
	objectives, err := ParseObjectives("error-rate=2%,login-p95=1200ms,lock-timeout=0.1%")
	if err != nil {
		t.Fatal(err)
	}
	verdicts, _ := Judge(r, objectives)
	return Document{
		Report: r, Baseline: &b, Changes: Compare(b, r), Verdicts: verdicts, Input: "to day.json",
		Command: "go run ./harness/cmd/tracedge errors --input 'to day.json' --baseline yesterday.json",
	}
}

func TestDocuments(t *testing.T) {
	d := story(t)
	for _, format := range Formats {
		var out bytes.Buffer
		if err := d.Write(&out, format); err != nil {
			t.Fatal(err)
		}
		golden(t, "document."+format, out.Bytes())
	}
	if err := d.Write(io.Discard, "pdf"); err == nil || !strings.Contains(err.Error(), "text, markdown, html, json") {
		t.Errorf("an unknown format: %v", err)
	}
}

// hostile is a log that somebody wrote who wants to be read as something else.
func hostile(t *testing.T) Document {
	t.Helper()
	const evil = "</td><script>alert(1)</script>|`[x](javascript:1)\x1b[2J\n# heading\u202e'\"&"
	text, err := json.Marshal(evil)
	if err != nil {
		t.Fatal(err)
	}
	e := string(text)
	r := reportOf(t, `{"event":"request","level":"error","trace_id":`+e+`,"span_id":"s","endpoint":`+e+`,"method":`+e+`,"status_code":500,"error_kind":`+e+`,"message":`+e+`,"ops":[{"op":`+e+`,"error_kind":`+e+`}],"time":"2026-03-01T12:00:00Z"}
{"event":`+e+`,"level":"info"}
{"outcome":`+e+`,"event":{"request":{"url":"https://x/%3Cscript%3E","method":`+e+`}},"logs":[],"exceptions":[{"name":`+e+`,"message":`+e+`}]}`)
	if r.Errors != 2 {
		t.Fatalf("%s", indented(r))
	}
	return Document{Report: r, Changes: Compare(Report{}, r), Command: "tracedge errors --input log.json", Input: "log.json"}
}

func TestHostileLogs(t *testing.T) {
	d := hostile(t)
	for _, format := range Formats {
		var out bytes.Buffer
		if err := d.Write(&out, format); err != nil {
			t.Fatal(err)
		}
		document := out.String()
		if strings.Contains(document, "\x1b") || strings.Contains(document, "\u202e") {
			t.Errorf("%s can make a terminal do something", format)
		}
		if strings.Contains(document, "\n# heading") {
			t.Errorf("%s has a heading from the log", format)
		}
		if format != "text" && format != "json" && strings.Contains(document, "<script") {
			t.Errorf("%s has a script from the log", format)
		}
		if format == "markdown" {
			for line := range strings.Lines(document) {
				if strings.HasPrefix(line, "|") && strings.Contains(strings.ReplaceAll(line, "\\`", ""), "`") {
					t.Errorf("a table with code from the log: %s", line)
				}
			}
		}
	}
}

var emptyElement = regexp.MustCompile(`(<meta[^>]*)>`)

// The page needs nothing else, and is well-formed: HTML that is also XML, but for its elements without an end.
func TestPageStandsAlone(t *testing.T) {
	for name, d := range map[string]Document{"story": story(t), "hostile": hostile(t), "empty": {Report: reportOf(t, "")}} {
		var out bytes.Buffer
		if err := d.Write(&out, "html"); err != nil {
			t.Fatal(err)
		}
		page := out.String()
		for _, outside := range []string{"<script", "<link", "<img", "src=", "href=", "url(", "@import", "<iframe", "ZgotmplZ", "NaN", "Inf"} {
			if strings.Contains(page, outside) {
				t.Errorf("%s: the page has %q", name, outside)
			}
		}
		for _, inside := range []string{"prefers-color-scheme: dark", "@media print", "<!doctype html>", `lang="en"`, "<title>"} {
			if !strings.Contains(page, inside) {
				t.Errorf("%s: the page has no %q", name, inside)
			}
		}
		x := xml.NewDecoder(strings.NewReader(emptyElement.ReplaceAllString(strings.TrimPrefix(page, "<!doctype html>"), "$1/>")))
		for {
			if _, err := x.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"tail.json": "tail.json", "a/b-c_d=2%,e:f@g+h": "a/b-c_d=2%,e:f@g+h", "": "''", "to day": "'to day'", "it's": `'it'\''s'`, "$(x)": "'$(x)'", "a\nb": "'a\nb'", "~": "'~'",
	} {
		if got := Quote(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestNumbersForPeople(t *testing.T) {
	for got, want := range map[string]string{
		grouped(0): "0", grouped(999): "999", grouped(1000): "1,000", grouped(-123456): "-123,456", grouped(-1234567): "-1,234,567",
		percent(0.12345): "12.35 %", millis(0.125): "0.12", millis(9.999): "10.00", millis(99.94): "99.9", millis(1234.5): "1,235",
		span(1): "1 second", span(30): "30 seconds", span(60): "1 minute", span(1800): "30 minutes", span(7 * 86400): "7 days", span(90): "90 seconds",
		size(9999): "9,999 bytes", size(12345): "12 kB", size(1_073_741_824): "1,073 MB", clock(noon): "2026-03-01 12:00:00.000",
		sparkline([]int64{0, 1, 4, 8}): " ▂▅█", sparkline([]int64{0, 0}): "  ", sparkline(nil): "",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
