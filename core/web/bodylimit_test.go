package web

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"tracedge/core/fault"
	"tracedge/core/platform"
)

func TestBodyLimit(t *testing.T) {
	reached := 0
	count := func(*Call) (any, error) { reached++; return reached, nil }
	f := serve(t, Options{}, route("POST", "/", count), route("GET", "/", count))
	send := func(method string, body io.Reader, declared int64, info platform.Info) *httptest.ResponseRecorder {
		r := request(method, "/", "")
		r.Body, r.ContentLength = io.NopCloser(body), declared
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r.WithContext(platform.With(r.Context(), info)))
		return w
	}
	full, over := strings.Repeat("x", 2097152), strings.Repeat("x", 2097153)
	if w := send("POST", strings.NewReader(full), -1, platform.Info{}); w.Code != 200 {
		t.Errorf("exactly the limit: %d", w.Code)
	}
	before := reached
	for _, method := range []string{"POST", "GET"} {
		wantFault(t, send(method, strings.NewReader(over), -1, platform.Info{}), http.StatusRequestEntityTooLarge, fault.Validation)
	}
	wantFault(t, send("POST", strings.NewReader(""), 2097153, platform.Info{}), 413, fault.Validation)
	wantFault(t, send("POST", strings.NewReader("x"), 1, platform.Info{Oversize: true}), 413, fault.Validation)
	wantFault(t, send("POST", iotest.ErrReader(errors.New("reset by peer")), -1, platform.Info{}), 400, fault.Validation)
	if reached != before {
		t.Errorf("the handler ran %d times behind the limit", reached-before)
	}
}

func TestBodyMayBeNil(t *testing.T) {
	f := serve(t, Options{}, route("POST", "/", ok))
	r := request("POST", "/", "")
	r.Body = nil
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Errorf("status %d", w.Code)
	}
}
