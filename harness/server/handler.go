package server

import (
	"io"
	"net/http"
	"strconv"
	"time"
)

// scheduledPath is where the platform's local tooling runs scheduled events.
const scheduledPath = "/cdn-cgi/handler/scheduled"

// Handler returns the handler of all requests.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		switch {
		case refusedMethod(r.Method):
			fail(w, r, start, http.StatusMethodNotAllowed, "other", "Method not allowed")
		case r.ContentLength > maxBodyBytes:
			fail(w, r, start, http.StatusRequestEntityTooLarge, "validation_error", "Request body is too large")
		case s.testScheduled && r.URL.Path == scheduledPath:
			s.runScheduled(w, r)
		default:
			s.fetch(w, r, start)
		}
	})
}

// refusedMethod reports methods that the edge answers itself and that a Request
// cannot have.
func refusedMethod(method string) bool {
	return method == http.MethodConnect || method == http.MethodTrace || method == "TRACK"
}

// fetch lets the worker answer.
func (s *Server) fetch(w http.ResponseWriter, r *http.Request, start time.Time) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBodyBytes)
	resp, err := s.worker.Fetch(r.Context(), edgeRequest(r))
	if err != nil {
		if r.Context().Err() == nil { // else nobody is there to read an answer
			trace := fail(w, r, start, http.StatusInternalServerError, "internal_error", "Internal error")
			s.log.Printf("%s %s has no answer (trace %s): %v", r.Method, r.URL.Path, trace, err)
		}
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 599 {
		trace := fail(w, r, start, http.StatusInternalServerError, "internal_error", "Internal error")
		s.log.Printf("%s %s was answered with status %d, which is not emulated (trace %s)", r.Method, r.URL.Path, resp.StatusCode, trace)
		return
	}
	copyHeader(w.Header(), resp.Header)
	if n := resp.ContentLength; n > 0 || n == 0 && r.Method != http.MethodHead && hasBody(resp.StatusCode) {
		w.Header().Set("Content-Length", strconv.FormatInt(n, 10))
	}
	w.WriteHeader(resp.StatusCode)
	if r.Method == http.MethodHead || !hasBody(resp.StatusCode) {
		return
	}
	if _, err := io.Copy(w, resp.Body); err != nil {
		if r.Context().Err() == nil {
			s.log.Printf("the answer to %s %s broke off: %v", r.Method, r.URL.Path, err)
		}
		panic(http.ErrAbortHandler) // the client must not take a part for the whole
	}
}

// runScheduled runs the scheduled handler for the query's cron (by default every
// minute) and time (unix milliseconds, by default now) and tells the outcome.
func (s *Server) runScheduled(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "use GET or POST", http.StatusMethodNotAllowed)
		return
	}
	query := r.URL.Query()
	at := time.Now()
	if text := query.Get("time"); text != "" {
		ms, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			http.Error(w, "time is not a number of milliseconds", http.StatusBadRequest)
			return
		}
		at = time.UnixMilli(ms)
	}
	expression := query.Get("cron")
	if expression == "" {
		expression = "* * * * *"
	}
	if err := s.scheduled(r.Context(), expression, at); err != nil {
		s.log.Printf("scheduled event %q failed: %v", expression, err)
		http.Error(w, "exception", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "ok\n")
}

// hasBody reports whether a response with this status may have a body.
func hasBody(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}
