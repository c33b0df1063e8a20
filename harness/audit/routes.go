package audit

import (
	"context"
	"crypto/rand"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"time"

	"tracedge/core/app"
	"tracedge/core/platform"
	"tracedge/core/storage/memory"
	"tracedge/core/trace"
	"tracedge/core/web"
)

// Table is the product's own route table, as it is put together.
func Table() (*web.Table, error) {
	backend := memory.New(memory.Options{})
	a, err := app.New(app.Options{
		Vars: map[string]string{"JWT_SECRET": strings.Repeat("-", 32)}, Sequencer: backend, Edge: backend.Edge(),
		Fetcher: noFetch{}, Logger: trace.LoggerFunc(func(trace.Record) {}), Clock: time.Now, Random: rand.Reader,
	})
	if err != nil {
		return nil, err
	}
	return a.Table(), nil
}

// Handlers are the handlers of the product's own routes with their endpoints.
func Handlers() (map[string]string, error) {
	table, err := Table()
	if err != nil {
		return nil, err
	}
	out := make(map[string]string)
	for _, r := range table.Routes() {
		// A method value is called x-fm at run time.
		handler := strings.TrimSuffix(runtime.FuncForPC(reflect.ValueOf(r.Handler).Pointer()).Name(), "-fm")
		endpoint := r.Method + " " + r.Pattern
		if had, ok := out[ssaName(handler)]; ok {
			endpoint = had + ", " + endpoint
		}
		out[ssaName(handler)] = endpoint
	}
	return out, nil
}

// literalName ends the name of a literal: inside f it is called f.func1 at run time, and one inside that f.func1.2. SSA
// calls them f$1 and f$1$2.
var literalName = regexp.MustCompile(`\.func(\d+(?:\.\d+)*)$`)

// ssaName is the name that SSA gives the function which the runtime calls path/pkg.(*T).m.
func ssaName(name string) string {
	if m := literalName.FindStringSubmatchIndex(name); m != nil {
		return ssaName(name[:m[0]]) + "$" + strings.ReplaceAll(name[m[2]:], ".", "$")
	}
	dir, base := "", name
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		dir, base = name[:i+1], name[i+1:]
	}
	pkg, rest, _ := strings.Cut(base, ".")
	if recv, method, ok := strings.Cut(rest, ")."); ok && strings.HasPrefix(recv, "(*") {
		return "(*" + dir + pkg + "." + recv[2:] + ")." + method
	}
	return name
}

// noFetch reaches nothing: the routes are looked at and not called.
type noFetch struct{}

func (noFetch) Fetch(context.Context, platform.FetchRequest) (platform.FetchResponse, error) {
	return platform.FetchResponse{}, platform.ErrFetchTimeout
}
