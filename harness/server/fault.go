package server

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// fail writes an error that is found before the worker, or for want of one, in
// the form of all errors of the API. It returns the trace id.
func fail(w http.ResponseWriter, r *http.Request, start time.Time, status int, kind, message string) (traceID string) {
	traceID, flags := inboundTrace(r.Header.Get("Traceparent"))
	if traceID == "" {
		traceID, flags = randomHex(16), "01"
	}
	body, err := json.Marshal(struct {
		Error   string `json:"error"`
		Kind    string `json:"error_kind"`
		TraceID string `json:"trace_id"`
	}{message, kind, traceID})
	if err != nil {
		panic(err) // three strings
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Link, Retry-After, X-Trace-Id, traceparent, Server-Timing, Idempotency-Replayed, Allow")
	h.Set("X-Trace-Id", traceID)
	h.Set("Traceparent", fmt.Sprintf("00-%s-%s-%s", traceID, randomHex(8), flags))
	h.Set("Server-Timing", fmt.Sprintf("total;dur=%.1f", float64(time.Since(start).Microseconds())/1000))
	if status == http.StatusMethodNotAllowed {
		h.Set("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
	}
	w.WriteHeader(status)
	w.Write(body)
	return traceID
}

var traceparent = regexp.MustCompile(`^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$`)

// inboundTrace returns the trace id and the flags of a valid W3C traceparent
// header, or two empty strings.
func inboundTrace(header string) (id, flags string) {
	m := traceparent.FindStringSubmatch(strings.TrimSpace(header))
	switch {
	case m == nil, m[1] == "ff", m[1] == "00" && m[5] != "":
		return "", ""
	case strings.Trim(m[2], "0") == "", strings.Trim(m[3], "0") == "":
		return "", ""
	}
	if strings.ContainsRune("13579bdf", rune(m[4][1])) {
		return m[2], "01" // sampled; the other bits are not for passing on
	}
	return m[2], "00"
}

func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
