package openapi

import (
	"reflect"
	"strconv"
	"strings"

	"tracedge/core/web"
)

// refusal is a status of errors as every route gives it (conventions, section 4). Its members of the error object, beside
// those of every error, are JSON.
type refusal struct {
	status  int
	name    string // of the component
	doc     string
	kinds   string // separated by commas
	members string
	always  string // those that are always there
}

const (
	namesField = `"field":{"type":"string","description":"What was refused, as in identifiers[2].value"},` +
		`"provided":{},"allowed":{"type":"array","items":{"type":"string"}},"code":{"type":"string"}`
	accountState = `"account_status":{"type":"string"},"code":{"type":"string","description":"tier_limit_exceeded, with limit_name, limit ` +
		`and current"},"limit_name":{"type":"string"},"limit":{"type":"integer"},"current":{"type":"integer"}`
	price = `"operation":{"type":"string"},"required":{"type":"integer"},"balance":{"type":"integer"}`
	wait  = `"limit":{"type":"integer"},"remaining":{"type":"integer"},"reset_at":{"type":"string","format":"date-time","pattern":"Z$"},` +
		`"retry_after":{"type":"integer","minimum":1,"description":"Seconds"}`
)

var refusals = [...]refusal{
	{400, "BadRequest", "Malformed query, path, header or body, or a rule for a field is broken", "validation_error", namesField, ""},
	{401, "Unauthorized", "No usable credential", "auth_error", `"account_status":{"type":"string"}`, ""},
	{402, "PaymentRequired", "The balance is below the cost", "insufficient_credits", price, `,"operation","required","balance"`},
	{403, "Forbidden", "The caller may not do this", "auth_error", accountState, ""},
	{404, "NotFound", "Missing, or not visible to the caller", "not_found", "", ""},
	{405, "MethodNotAllowed", "The path does not take this method; Allow names those that it takes", "other", "", ""},
	{409, "Conflict", "A unique value is taken, the state forbids the change, or the Idempotency-Key is in flight", "conflict", namesField, ""},
	{413, "ContentTooLarge", "The body is longer than 2 MiB", "validation_error", "", ""},
	{415, "UnsupportedMediaType", "The body is not JSON by its content type", "validation_error", "", ""},
	{422, "UnprocessableContent", "Wrong type, missing field, unfitting value, or an Idempotency-Key of another request", "validation_error", namesField, ""},
	{429, "TooManyRequests", "A quota or throttle is used up", "rate_limit_exceeded", wait, `,"message","limit","remaining","reset_at","retry_after"`},
	{500, "InternalServerError", "Unexpected", "database_error,internal_error", "", ""},
	{501, "NotImplemented", "This build does not offer it", "other", "", ""},
	{502, "BadGateway", "A remote service failed or gave no answer in time", "external_timeout,external_error", "", ""},
	{503, "ServiceUnavailable", "Overload, contention, or something is not configured", "storage_lock_timeout,database_timeout,overloaded,external_error,other", "", ""},
}

// body is the schema of the error object.
func (f *refusal) body() raw {
	const head = `{"type":"object","required":["error","error_kind","trace_id"`
	const members = `],"properties":{"error":{"type":"string","description":"Text for people, or a code beside message"},` +
		`"message":{"type":"string","description":"Text for people, when error is a code"},` +
		`"trace_id":{"type":"string","pattern":"^[0-9a-f]{32}$","description":"Equal to X-Trace-Id"},` +
		`"success":{"type":"boolean","enum":[false],"description":"Where the success has it"},"error_kind":{"type":"string","enum":["`
	more := f.members
	if more != "" {
		more = "," + more
	}
	return raw(head + f.always + members + strings.ReplaceAll(f.kinds, ",", `","`) + `"]}` + more + "}}")
}

// response is the response of a refusal with a schema.
func (f *refusal) response(doc string, schema any) object {
	headers := always()
	for _, h := range [...]struct {
		name, component string
		on              string
	}{
		{"WWW-Authenticate", "WWWAuthenticate", "401"}, {"Allow", "Allow", "405"}, {"Retry-After", "RetryAfter", "409 429 503"},
	} {
		if strings.Contains(h.on, strconv.Itoa(f.status)) {
			headers = append(headers, member{h.name, ref("headers", h.component)})
		}
	}
	return object{{"description", doc}, {"headers", headers}, {"content", inJSON(schema, nil)}}
}

// implied tells whether a status follows from what a route is. Route.Failures lists what does.
func implied(r *web.Route, status int) bool {
	called := r.Class != web.Public
	switch status {
	case 413, 500, 503:
		return true
	case 401, 402, 403, 429:
		return called
	case 400:
		return called || r.Request != nil || r.Query != nil || strings.Contains(r.Pattern, ":")
	case 404:
		return strings.Contains(r.Pattern, ":")
	case 409: // by the key, or since the state forbids the change
		return called && r.Method != "GET"
	case 415:
		return r.Request != nil
	case 422:
		return r.Request != nil || keyed(r)
	}
	return false
}

// failures are the errors of a route: what follows from it as references, what it adds or changes in full.
func (b *builder) failures(r *web.Route) (out object) {
	for _, f := range refusals {
		name, code, doc, own := f.name, strconv.Itoa(f.status), "", false
		if implied(r, f.status) {
			doc = f.doc
		}
		told := doc
		for _, more := range r.Failures {
			if more.Status != f.status {
				continue
			}
			if told != "" {
				told += ". "
			}
			told += more.Doc
			own = b.widen(&f, more) || own
		}
		switch {
		case told == "":
		case own:
			out = append(out, member{code, f.response(told, f.body())})
		case told == doc:
			out = append(out, member{code, ref("responses", name)})
		default:
			out = append(out, member{code, ref("responses", name).set("description", told)})
		}
	}
	return out
}

// widen adds the kinds and members of a route's failure to a refusal and reports whether there are any.
func (b *builder) widen(f *refusal, by web.Failure) bool {
	for _, k := range by.Kinds {
		f.kinds += "," + string(k)
	}
	if by.Extra != nil {
		s := b.object(reflect.TypeOf(by.Extra))
		for _, p := range s.get("properties").(object) {
			more := string(appendJSON(nil, object{p}))
			if f.members != "" {
				f.members += ","
			}
			f.members += more[1 : len(more)-1]
		}
		if required, ok := s.get("required").(list); ok {
			names := string(appendJSON(nil, required))
			f.always += "," + names[1:len(names)-1]
		}
	}
	return by.Kinds != nil || by.Extra != nil
}
