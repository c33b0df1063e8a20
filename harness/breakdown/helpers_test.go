package breakdown

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

// golden holds a text against a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run the tests with -update and look at the difference\n%s", path, got)
	}
}

// report breaks a stream down, and holds the report to add up.
func report(t *testing.T, in io.Reader, f Filter) Report {
	t.Helper()
	b, err := Read(in, f)
	if err != nil {
		t.Fatal(err)
	}
	r := b.Report()
	if wrong := addUp(&r); wrong != "" {
		t.Fatalf("%s: %s", wrong, marshal(r))
	}
	return r
}

func reportOf(t *testing.T, in string) Report {
	t.Helper()
	return report(t, strings.NewReader(in), Filter{})
}

func reportFile(t *testing.T, name string) Report {
	t.Helper()
	in, err := os.Open(filepath.Join("testdata", "forms", name))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	return report(t, in, Filter{})
}

// addUp tells which of the sums that must agree in every report do not.
func addUp(r *Report) string {
	var endpointErrors, endpointRequests, stepRequests, stepErrors, stepServer, samples int64
	for _, e := range r.endpoints {
		endpointErrors += e.Errors
		endpointRequests += e.Requests
	}
	for _, s := range r.Timeline.Steps {
		stepRequests += s.Requests
		stepErrors += s.Errors
		stepServer += s.Server
	}
	for _, k := range r.Kinds {
		if n := int64(len(r.Samples[k.Name])); n != min(k.Count, samplesPerKind) {
			return "the samples of " + k.Name
		}
		samples++
	}
	var failedCalls bool
	for _, o := range r.Storage {
		failedCalls = failedCalls || total(o.Kinds) != o.Errors || o.Errors > o.Calls
	}
	for _, c := range []struct {
		what  string
		holds bool
	}{
		{"errors by kind", total(r.Kinds) == r.Errors},
		{"requests by status", total(r.Statuses) == r.Requests},
		{"errors by endpoint", endpointErrors == r.Errors},
		{"requests by endpoint", endpointRequests == r.Requests},
		{"the time line's requests", stepRequests+r.Input.Undated == r.Requests},
		{"the time line's errors", stepErrors <= r.Errors && stepServer <= r.Server && (r.Input.Undated > 0 || stepErrors == r.Errors && stepServer == r.Server)},
		{"the time line's length", len(r.Timeline.Steps) <= maxSteps},
		{"server errors", r.Server <= r.Errors && r.Errors <= r.Requests},
		{"latencies", r.All.Count == r.Requests-r.Unrecorded && r.Failed.Count <= r.Errors && r.Logins.Count <= r.All.Count},
		{"coverage", total(r.Coverage.Missing) == r.Coverage.Failed-r.Coverage.Covered && r.Coverage.Covered >= 0},
		{"samples", samples == int64(len(r.Samples)) && len(r.Where) == len(r.Samples)},
		{"storage operations", !failedCalls},
		{"broken places", int64(len(r.Input.Places)) == min(r.Input.Broken, maxPlaces)},
	} {
		if !c.holds {
			return c.what
		}
	}
	return ""
}

func indented(v any) string {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err)
	}
	return string(b)
}
