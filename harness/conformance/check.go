package conformance

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Check looks at one thing of a reply and says what is wrong with it, "" for nothing.
type Check func(*Reply) string

// status wants one of these statuses.
func status(want ...int) Check {
	return func(r *Reply) string {
		if slices.Contains(want, r.Status) {
			return ""
		}
		return fmt.Sprintf("status is %d, want %s", r.Status, strings.Trim(fmt.Sprint(want), "[]"))
	}
}

// all wants everything that checks want and says the first thing that is wrong.
func all(checks ...Check) Check {
	return func(r *Reply) string {
		for _, check := range checks {
			if wrong := check(r); wrong != "" {
				return wrong
			}
		}
		return ""
	}
}

// refused wants an error of a status and kind.
func refused(code int, kind string) Check { return all(status(code), text("error_kind", kind)) }

// The refusals that most cases want.
var (
	badRequest    = refused(400, "validation_error")
	tooLarge      = refused(413, "validation_error")
	wrongType     = refused(415, "validation_error")
	unprocessable = refused(422, "validation_error")
	unauthorized  = refused(401, "auth_error")
	notFound      = refused(404, "not_found")
	notAllowed    = refused(405, "other")
	conflict      = refused(409, "conflict")
	ok            = status(200)
)

// field wants the error to name a field of the request.
func field(name string) Check { return text("field", name) }

// code wants `error` to be a code, with the human text beside it.
func code(want string) Check { return all(text("error", want), nonEmpty("message")) }

// text wants a string at a dotted path.
func text(path, want string) Check {
	return func(r *Reply) string {
		if got, found := r.get(path); !found || got != want {
			return fmt.Sprintf("%s is %s, want %q", path, shown(got, found), want)
		}
		return ""
	}
}

// is wants a value (string, bool, nil or json.Number) at a dotted path.
func is(path string, want any) Check {
	return func(r *Reply) string {
		if got, found := r.get(path); !found || got != want {
			return fmt.Sprintf("%s is %s, want %v", path, shown(got, found), want)
		}
		return ""
	}
}

// number wants an integer at a dotted path.
func number(path string, want int64) Check { return is(path, json.Number(fmt.Sprint(want))) }

// nonEmpty wants strings with something in them.
func nonEmpty(paths ...string) Check { return each(paths, "a non-empty string", isText) }

// integer wants JSON integers.
func integer(paths ...string) Check {
	return each(paths, "an integer", func(v any) bool {
		n, ok := v.(json.Number)
		return ok && regexp.MustCompile(`^-?[0-9]+$`).MatchString(n.String())
	})
}

// textOrNull wants members that are there and hold a non-empty string or null.
func textOrNull(paths ...string) Check {
	return each(paths, "a string or null", func(v any) bool { return v == nil || isText(v) })
}

// matching wants a string of a form.
func matching(path, form, pattern string) Check {
	expression := regexp.MustCompile(pattern)
	return each([]string{path}, form, func(v any) bool {
		s, ok := v.(string)
		return ok && expression.MatchString(s)
	})
}

// instant wants a time in the form rfc3339z.
func instant(path string) Check {
	return matching(path, "a time like 2026-01-28T10:11:12.345Z",
		`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6}|\.\d{9})?Z$`)
}

// lacks wants members to be absent.
func lacks(paths ...string) Check {
	return func(r *Reply) string {
		for _, path := range paths {
			if got, found := r.get(path); found {
				return fmt.Sprintf("%s is there (%s)", path, shown(got, true))
			}
		}
		return ""
	}
}

// header wants a header field with exactly this value, "" for none.
func header(name, want string) Check {
	return func(r *Reply) string {
		if got := strings.Join(r.Header.Values(name), ", "); got != want {
			return fmt.Sprintf("header %s is %q, want %q", name, got, want)
		}
		return ""
	}
}

// headerLike wants a header field of a form.
func headerLike(name, pattern string) Check {
	expression := regexp.MustCompile(pattern)
	return func(r *Reply) string {
		if got := r.Header.Get(name); !expression.MatchString(got) {
			return fmt.Sprintf("header %s is %q, want the form %s", name, got, pattern)
		}
		return ""
	}
}

func each(paths []string, form string, holds func(any) bool) Check {
	return func(r *Reply) string {
		for _, path := range paths {
			if got, found := r.get(path); !found || !holds(got) {
				return fmt.Sprintf("%s is %s, want %s", path, shown(got, found), form)
			}
		}
		return ""
	}
}

func isText(v any) bool { s, ok := v.(string); return ok && s != "" }

func shown(v any, found bool) string {
	if !found {
		return "missing"
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return cut(string(text), 100)
}
