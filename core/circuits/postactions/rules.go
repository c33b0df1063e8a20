package postactions

import (
	"strings"
	"unicode"

	"tracedge/core/fault"
)

// The bounds of a webhook's fields, in bytes.
const (
	maxName        = 255
	maxHeaders     = 20 // headers
	maxHeaderName  = 100
	maxHeaderValue = 1024
	maxCredentials = 1024
	minSigning     = 16
	maxSigning     = 256
)

// check applies the rules that need nothing but what was sent.
func (f *Fields) check(own []string) error {
	if f.URL != nil {
		if why := CheckURL(*f.URL, own...); why != "" {
			return fault.BadRequest("url", why).With("code", "webhook_url_refused")
		}
	}
	if f.Name != nil && (*f.Name == "" || len(*f.Name) > maxName || control(*f.Name)) {
		return fault.Invalid("name", "1 to 255 bytes without control characters")
	}
	if err := checkHeaders(f.Headers); err != nil {
		return err
	}
	if t := f.Credentials; t != nil && (len(*t) > maxCredentials || control(*t)) {
		return fault.Invalid("auth_credentials", "At most 1024 bytes without control characters")
	}
	if t := f.Signing; t != nil && *t != "" && *t != Masked && (len(*t) < minSigning || len(*t) > maxSigning) {
		return fault.Invalid("signing_secret", "16 to 256 bytes")
	}
	return nil
}

func control(text string) bool { return strings.ContainsFunc(text, unicode.IsControl) }

func checkHeaders(list map[string]string) error {
	if len(list) > maxHeaders {
		return fault.Invalid("headers", "At most 20 headers")
	}
	for name, value := range list {
		switch {
		case len(name) > maxHeaderName || !token(name):
			return fault.Invalid("headers", "The name of a header is not an HTTP token of at most 100 bytes")
		case reserved(strings.ToLower(name)):
			return fault.Invalid("headers", "A header is reserved")
		case len(value) > maxHeaderValue || control(value):
			return fault.Invalid("headers", "The value of a header has more than 1024 bytes, or control characters")
		}
	}
	return nil
}

// token tells whether a text is a token of RFC 9110.
func token(text string) bool {
	if text == "" {
		return false
	}
	for i := range len(text) {
		c := text[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return true
}

// reserved tells whether a header, in lower case, is the service's own.
func reserved(name string) bool {
	return name == "host" || name == "connection" || name == "transfer-encoding" ||
		strings.HasPrefix(name, "content-") || strings.HasPrefix(name, "x-tracedge-")
}
