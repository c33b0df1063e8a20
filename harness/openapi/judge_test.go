package openapi_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"tracedge/harness/audit"
	"tracedge/harness/openapi"
)

// document is that of the product.
func document(t *testing.T) []byte {
	t.Helper()
	table, err := audit.Table()
	if err != nil {
		t.Fatal(err)
	}
	return openapi.Document("test", table.Routes())
}

func judge(t *testing.T) *openapi.Judge {
	t.Helper()
	j, err := openapi.NewJudge(document(t))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// The schema is the one that the OpenAPI Initiative publishes for 3.1, of 2022-10-07. It leaves the schemas within a
// document to JSON Schema, whose own is applied when they are compiled.
func TestDocumentIsOpenAPI(t *testing.T) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	meta, err := c.Compile("testdata/openapi-3.1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(document(t)))
	if err != nil {
		t.Fatal(err)
	}
	if err := meta.Validate(doc); err != nil {
		t.Error(err)
	}
	delete(doc.(map[string]any)["info"].(map[string]any), "title")
	if meta.Validate(doc) == nil {
		t.Error("a document without a title passes")
	}
}

func TestEverySchemaCompiles(t *testing.T) {
	if err := judge(t).Compile(); err != nil {
		t.Fatal(err)
	}
}

// A judge that cannot refuse proves nothing.
func TestJudge(t *testing.T) {
	j := judge(t)
	const refusal = `{"error":"e","error_kind":"not_found","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}`
	const health = `{"status":"healthy","timestamp":"2026-01-28T10:11:12.345Z","uptime":"1s"}`
	for name, tc := range map[string]struct {
		method, target string
		status         int
		body           string
		want           string // in the verdict
	}{
		"fits":                {"GET", "/health?x=1", 200, health, ""},
		"more members":        {"GET", "/health", 200, `{"new":1,` + health[1:], ""},
		"head":                {"HEAD", "/health", 200, "", ""},
		"no body":             {"DELETE", "/api/api-keys/x", 204, "", ""},
		"unknown path":        {"GET", "/nowhere", 404, refusal, ""},
		"other method":        {"PUT", "/health", 405, strings.Replace(refusal, "not_found", "other", 1), ""},
		"preflight":           {"OPTIONS", "/nowhere", 204, "", ""},
		"missing member":      {"GET", "/health", 200, `{"status":"healthy","uptime":"1s"}`, "timestamp"},
		"wrong type":          {"GET", "/health", 200, strings.Replace(health, `"1s"`, "1", 1), "uptime"},
		"wrong zone":          {"GET", "/health", 200, strings.Replace(health, "Z", "+00:00", 1), "timestamp"},
		"no time":             {"GET", "/health", 200, strings.Replace(health, "01-28", "13-28", 1), "timestamp"},
		"undeclared status":   {"GET", "/health", 409, refusal, "does not declare status 409"},
		"undeclared path":     {"GET", "/nowhere", 200, "{}", "does not know"},
		"undeclared method":   {"PUT", "/health", 200, "{}", "does not know"},
		"body of a 204":       {"DELETE", "/api/api-keys/x", 204, "{}", "no body"},
		"lost body":           {"GET", "/health", 200, "", "promises a body"},
		"kind of a status":    {"GET", "/nowhere", 404, strings.Replace(refusal, "not_found", "conflict", 1), "error_kind"},
		"error without trace": {"GET", "/nowhere", 404, `{"error":"e","error_kind":"not_found"}`, "trace_id"},
		"own failure":         {"GET", "/health/db", 503, `{"database":1,` + strings.Replace(refusal[1:], "not_found", "database_error", 1), "/database"},
		"literal first":       {"GET", "/api/adapters/templates", 200, "{}", "missing properties"},
	} {
		t.Run(name, func(t *testing.T) {
			media := map[bool]string{true: "application/json"}[tc.body != "" || tc.method == "HEAD"]
			got := j.Response(tc.method, tc.target, tc.status, media, []byte(tc.body))
			if (got == "") != (tc.want == "") || !strings.Contains(got, tc.want) {
				t.Errorf("verdict %q, want %q", got, tc.want)
			}
		})
	}
	for body, want := range map[string]string{
		`{"username":"a","password":"b"}`: "", `{"username":"a"}`: "password", `{"username":1,"password":"b"}`: "username", ``: "EOF",
	} {
		if got := j.Request("POST", "/api/auth/login", []byte(body)); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("request %s: verdict %q, want %q", body, got, want)
		}
	}
	if !j.Has("GET", "/health") || j.Has("PUT", "/health") {
		t.Error("Has is wrong")
	}
}
