//go:build js && wasm

// Program guest is a small worker built with syumai/workers, as anybody might
// write one. The tests of package isolate run it to show that the harness hosts
// workers that were not made for it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/syumai/workers"
	"github.com/syumai/workers/cloudflare"
	"github.com/syumai/workers/cloudflare/cron"
	"github.com/syumai/workers/cloudflare/fetch"
	"github.com/syumai/workers/cloudflare/kv"
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "hello %s", cloudflare.Getenv("NAME"))
	})
	mux.HandleFunc("POST /echo", echo)
	mux.HandleFunc("GET /request", describe)
	mux.HandleFunc("GET /stream", stream)
	mux.HandleFunc("GET /empty", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/kv/{key}", store)
	mux.HandleFunc("GET /kv", list)
	mux.HandleFunc("GET /sleep", sleep)
	mux.HandleFunc("GET /panic", func(w http.ResponseWriter, _ *http.Request) {
		go func() {
			time.Sleep(time.Millisecond)
			panic("a goroutine of the guest")
		}()
		time.Sleep(time.Second)
	})
	mux.HandleFunc("GET /fetch", subrequest)
	mux.HandleFunc("GET /object/{name}", object)
	mux.HandleFunc("GET /later", func(w http.ResponseWriter, r *http.Request) {
		background.Add(1)
		cloudflare.WaitUntil(func() {
			defer background.Done()
			time.Sleep(20 * time.Millisecond)
			fmt.Println("done later")
		})
		fmt.Fprint(w, "now")
	})
	cron.ScheduleTaskNonBlock(func(ctx context.Context) error {
		event, err := cron.NewEvent(ctx)
		if err != nil {
			return err
		}
		fmt.Println("scheduled", event.Cron, event.ScheduledTime.Format(time.RFC3339))
		return nil
	})
	if cloudflare.Getenv("KEEP") != "" { // the entry module keeps the program for more events
		workers.ServeNonBlock(mux)
		workers.Ready()
		select {}
	}
	workers.Serve(mux) // until the response is out
	background.Wait()
}

// background counts what goes on after the response.
var background sync.WaitGroup

func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(body)
}

func describe(w http.ResponseWriter, r *http.Request) {
	_ = json.NewEncoder(w).Encode(map[string]any{
		"method": r.Method, "url": r.URL.String(), "host": r.Host, "address": r.RemoteAddr, "agent": r.UserAgent(),
		"args": os.Args,
	})
}

// stream writes as many lines as ?lines= says, without a Content-Length.
func stream(w http.ResponseWriter, r *http.Request) {
	var n int
	_, _ = fmt.Sscan(r.URL.Query().Get("lines"), &n)
	w.Header().Set("Content-Type", "text/plain")
	for i := range n {
		if _, err := fmt.Fprintf(w, "line %d %s\n", i, strings.Repeat("-", 100)); err != nil {
			fmt.Println("client gone:", err)
			return
		}
	}
}

func store(w http.ResponseWriter, r *http.Request) {
	ns, err := kv.NewNamespace("STORE")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	key := r.PathValue("key")
	var value string
	switch r.Method {
	case http.MethodGet:
		value, err = ns.GetString(key, nil)
	case http.MethodPut:
		var body []byte
		if body, err = io.ReadAll(r.Body); err == nil {
			err = ns.PutString(key, string(body), nil)
		}
	case http.MethodDelete:
		err = ns.Delete(key)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	fmt.Fprint(w, value)
}

func list(w http.ResponseWriter, r *http.Request) {
	ns, err := kv.NewNamespace("STORE")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	options := &kv.ListOptions{Prefix: r.URL.Query().Get("prefix"), Limit: 2}
	for {
		page, err := ns.List(options)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		for _, key := range page.Keys {
			fmt.Fprintln(w, key.Name)
		}
		if page.ListComplete {
			return
		}
		options.Cursor = page.Cursor
	}
}

func sleep(w http.ResponseWriter, r *http.Request) {
	d, err := time.ParseDuration(r.URL.Query().Get("for"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	start := time.Now()
	time.Sleep(d)
	fmt.Fprint(w, time.Since(start) >= d)
}

func subrequest(w http.ResponseWriter, r *http.Request) {
	req, err := fetch.NewRequest(r.Context(), http.MethodPost, r.URL.Query().Get("url"), strings.NewReader("from the guest"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	req.Header.Set("X-Guest", "yes")
	res, err := fetch.NewClient().Do(req, nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer res.Body.Close()
	w.Header().Set("X-Upstream", res.Header.Get("X-Upstream"))
	w.WriteHeader(res.StatusCode)
	_, _ = io.Copy(w, res.Body)
}

func object(w http.ResponseWriter, r *http.Request) {
	ns, err := cloudflare.NewDurableObjectNamespace("COUNTER")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	stub, err := ns.Get(ns.IdFromName(r.PathValue("name")))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	res, err := stub.Fetch(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer res.Body.Close()
	_, _ = io.Copy(w, res.Body)
}
