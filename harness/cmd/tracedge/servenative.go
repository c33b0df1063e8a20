package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"tracedge/core/overhttp"
	"tracedge/core/trace"
	"tracedge/harness/config"
	"tracedge/harness/native"
)

// serveNative serves the product without the module, until ctx is done.
func serveNative(ctx context.Context, o *serveOptions, cfg *config.Config, logs *logs, term terminal) error {
	vars := map[string]string{}
	for name, value := range cfg.Vars {
		if text, ok := value.(string); ok {
			vars[name] = text
		}
	}
	app, err := native.New(vars, recordLog{logs})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return hint(err, "choose another address with --addr")
	}
	fmt.Fprintf(term.stderr, "native, data in memory\nlistening on http://%s\n", listener.Addr())
	web := &http.Server{Handler: overhttp.Handler(app.Answer), ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- web.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = web.Shutdown(draining)
	app.Drain()
	return errors.Join(err, web.Close())
}

// recordLog writes records as the module's are written.
type recordLog struct{ logs *logs }

// Log implements trace.Logger.
func (l recordLog) Log(r trace.Record) {
	line, err := json.Marshal(r)
	if err != nil {
		return // a record is plain values
	}
	l.logs.write("log", time.Now(), []any{json.RawMessage(line)})
}
