package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"tracedge/core/web"
	"tracedge/harness/audit"
)

func routesCommand() command {
	return command{
		name:    "routes",
		summary: "list the routes: method, path, who may call it, what it does",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			markdown := fs.Bool("markdown", false, "write docs/api.md")
			return func(context.Context) error {
				table, err := audit.Table()
				if err != nil {
					return err
				}
				if *markdown {
					return routesMarkdown(term.stdout, table.Routes())
				}
				for _, r := range table.Routes() {
					if _, err := fmt.Fprintf(term.stdout, "%-7s %-32s %-8s %s\n", r.Method, r.Pattern, r.Class, r.Doc); err != nil {
						return err
					}
				}
				return nil
			}
		},
	}
}

const routesHead = `# API

The routes of this version, made from the route table by ` + "`go run ./harness/cmd/tracedge routes --markdown`" + `.
A running service tells more: ` + "`GET /docs`" + ` is a page with parameters, bodies and errors, ` + "`GET /openapi.json`" + `
the same for programs (OpenAPI 3.1).

| Class | Who may call |
|---|---|
| public | anybody; no credential is read |
| user | an account, by token (Authorization: Bearer) or by API key (X-API-Key) |
| jwt | an account, by token only |
| admin | an account that is an admin; a key also needs its admin permission |

Every response carries ` + "`X-Trace-Id`, `traceparent` and `Server-Timing`" + `; every error is a JSON object with ` + "`error`, `error_kind` and\n`trace_id`" + `. A 503 carries ` + "`Retry-After: 1`" + `. An authenticated POST takes an ` + "`Idempotency-Key`" + `.

| Method | Path | Class | |
|---|---|---|---|
`

func routesMarkdown(w io.Writer, routes []web.Route) error {
	var b strings.Builder
	b.WriteString(routesHead)
	for _, r := range routes {
		path := "`" + r.Pattern + "`"
		for _, alias := range r.Aliases {
			path += ", `" + alias + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.Method, path, r.Class, r.Doc)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
