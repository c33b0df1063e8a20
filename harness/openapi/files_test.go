package openapi_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"tracedge/harness/audit"
	"tracedge/harness/openapi"
)

var update = flag.Bool("update", false, "write the documents of core/apidocs")

func TestDocumentsAreUpToDate(t *testing.T) {
	table, err := audit.Table()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{
		"openapi.json": openapi.Document("{version}", table.Routes()),
		"docs.html":    openapi.Page("{version}", table.Routes()),
	} {
		file := "../../core/apidocs/" + name
		want = append(bytes.TrimSpace(want), '\n')
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s is out of date (%v): make runbooks", name, err)
		}
	}
}
