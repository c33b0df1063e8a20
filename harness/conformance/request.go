package conformance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Request is one HTTP request exactly as it goes over the wire: nothing is added but Host, Connection and the framing
// of the body.
//
// Before it is sent, the words of Session.fill ($name, $email, $password, $token, ...) are replaced in target, header
// values and body, so that cases can be written as data.
type Request struct {
	Method  string
	Target  string // the request target, byte for byte
	Header  []Field
	Body    string
	Chunked bool // send the body in chunks, without Content-Length

	front  bool // see orFrontRefuses
	direct bool // see withoutForwarded
}

// Field is one header field. Names may repeat; values may hold any byte but CR and LF.
type Field struct{ Name, Value string }

// get is a GET of target.
func get(target string) Request { return Request{Method: "GET", Target: target} }

// bare is a request with a method and nothing else.
func bare(method, target string) Request { return Request{Method: method, Target: target} }

// post is a POST of a JSON text.
func post(target, body string) Request {
	return Request{Method: "POST", Target: target, Body: body}.with("Content-Type", "application/json")
}

// with returns r with one more header field.
func (r Request) with(name, value string) Request {
	r.Header = append(slices.Clip(r.Header), Field{name, value})
	return r
}

// without returns r without the header fields of that name.
func (r Request) without(name string) Request {
	r.Header = slices.DeleteFunc(slices.Clone(r.Header), func(f Field) bool { return strings.EqualFold(f.Name, name) })
	return r
}

// as returns r with another content type.
func (r Request) as(contentType string) Request {
	return r.without("Content-Type").with("Content-Type", contentType)
}

// bearer returns r with a bearer token.
func (r Request) bearer(token string) Request { return r.with("Authorization", "Bearer "+token) }

// chunked returns r with its body sent in chunks.
func (r Request) chunked() Request { r.Chunked = true; return r }

// carrying returns r with a body.
func (r Request) carrying(body string) Request { r.Body = body; return r }

// orFrontRefuses returns r marked as malformed already as HTTP: an HTTP server may answer it with an error of its own
// before the service sees it. Such an answer has no X-Trace-Id and ends the exchange.
func (r Request) orFrontRefuses() Request { r.front = true; return r }

// withoutForwarded returns r marked to be sent without the X-Forwarded-For of its case.
func (r Request) withoutForwarded() Request { r.direct = true; return r }

// value returns the first value of a header field, "" when it is missing.
func (r Request) value(name string) string {
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// path is the target without its query.
func (r Request) path() string {
	path, _, _ := strings.Cut(r.Target, "?")
	return path
}

// preflight reports whether r is a CORS preflight.
func (r Request) preflight() bool {
	return r.Method == "OPTIONS" && r.value("Origin") != "" && r.value("Access-Control-Request-Method") != ""
}

// String is the request in one line, long parts cut.
func (r Request) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", r.Method, cut(r.Target, 120))
	for _, f := range r.Header {
		if !strings.EqualFold(f.Name, "X-Forwarded-For") && f != (Field{"Content-Type", "application/json"}) {
			fmt.Fprintf(&b, " [%s: %s]", cut(f.Name, 40), cut(f.Value, 90))
		}
	}
	if r.Body != "" {
		fmt.Fprintf(&b, " %s", cut(r.Body, 200))
	}
	return b.String()
}

// fields is a JSON object under construction.
type fields map[string]any

// String is the object as JSON.
func (f fields) String() string {
	text, err := json.Marshal(map[string]any(f))
	if err != nil {
		panic(err) // only strings, numbers and nulls are ever put in
	}
	return string(text)
}

// cut shortens s to at most n bytes for a message and makes control bytes visible.
func cut(s string, n int) string {
	if len(s) > n {
		s = fmt.Sprintf("%s...(%d bytes)", s[:n], len(s))
	}
	quoted := fmt.Sprintf("%q", s)
	if plain := quoted[1 : len(quoted)-1]; strings.ReplaceAll(plain, `\"`, `"`) == s {
		return s
	}
	return quoted
}
