package isolate

import (
	"errors"
	"strings"

	"github.com/grafana/sobek"

	"tracedge/harness/isolate/whatwg"
)

// urlHandle is the record behind a URL object.
type urlHandle struct{ url *whatwg.URL }

// installURL gives the prelude the URL parser and form encoding.
func (i *isolate) installURL() {
	i.def("parseURL", func(call sobek.FunctionCall) sobek.Value {
		var base *whatwg.URL
		if v := call.Argument(1); !sobek.IsUndefined(v) {
			base = i.parseURL(v.String(), nil)
		}
		return i.rt.ToValue(&urlHandle{i.parseURL(call.Argument(0).String(), base)})
	})
	i.def("urlGet", func(call sobek.FunctionCall) sobek.Value {
		return i.rt.ToValue(urlPart(handleOf[*urlHandle](i, call.Argument(0)).url, call.Argument(1).String()))
	})
	i.def("urlSet", func(call sobek.FunctionCall) sobek.Value {
		h := handleOf[*urlHandle](i, call.Argument(0))
		part, value := call.Argument(1).String(), call.Argument(2).String()
		if part == "href" {
			h.url = i.parseURL(value, nil)
			return sobek.Undefined()
		}
		setURLPart(h.url, part, value)
		return sobek.Undefined()
	})
	i.def("parseForm", func(call sobek.FunctionCall) sobek.Value {
		var pairs []sobek.Value
		for _, p := range whatwg.ParseForm(call.Argument(0).String()) {
			pairs = append(pairs, i.list(i.rt.ToValue(p.Name), i.rt.ToValue(p.Value)))
		}
		return i.list(pairs...)
	})
	i.def("encodeForm", func(call sobek.FunctionCall) sobek.Value {
		var pairs []whatwg.Pair
		i.rt.ForOf(call.Argument(0), func(pair sobek.Value) bool {
			pairs = append(pairs, whatwg.Pair{Name: i.get(pair, "0").String(), Value: i.get(pair, "1").String()})
			return true
		})
		return i.rt.ToValue(whatwg.EncodeForm(pairs))
	})
}

func (i *isolate) parseURL(input string, base *whatwg.URL) *whatwg.URL {
	u, err := whatwg.ParseURL(input, base)
	if errors.Is(err, whatwg.ErrNotEmulated) {
		panic(i.newError("Error", unemulated("an internationalized host name in a URL")))
	}
	if err != nil {
		panic(i.rt.NewTypeError("Invalid URL string."))
	}
	return u
}

// urlPart is a property of URL.
func urlPart(u *whatwg.URL, part string) string {
	prefixed := func(prefix, s string) string {
		if s == "" {
			return ""
		}
		return prefix + s
	}
	switch part {
	case "href":
		return u.String()
	case "origin":
		return u.Origin()
	case "protocol":
		return u.Scheme + ":"
	case "username":
		return u.Username
	case "password":
		return u.Password
	case "host":
		return u.Authority()
	case "hostname":
		return u.Host
	case "port":
		return u.Port
	case "pathname":
		return u.Path
	case "search":
		return prefixed("?", u.Query)
	case "hash":
		return prefixed("#", u.Fragment)
	}
	return ""
}

// setURLPart assigns a property of URL. As in the standard, what does not parse
// is ignored.
func setURLPart(u *whatwg.URL, part, value string) {
	next := *u
	var err error
	switch part {
	case "protocol":
		scheme, _, _ := strings.Cut(strings.ToLower(value), ":")
		if !whatwg.IsScheme(scheme) || !u.CanSetScheme(scheme) {
			return
		}
		next.Scheme = scheme
		err = next.SetPort(u.Port)
	case "username", "password":
		if u.Host == "" {
			return
		}
		name, password := u.Username, u.Password
		next.SetUserinfo(value, value)
		if part == "username" {
			next.Password = password
		} else {
			next.Username = name
		}
	case "host":
		if u.Opaque {
			return
		}
		err = next.SetAuthority(value)
		if err == nil && !strings.Contains(strings.TrimSuffix(value, "]"), ":") {
			next.Port = u.Port
		}
	case "hostname":
		if u.Opaque || strings.Contains(value, ":") && !strings.HasPrefix(value, "[") {
			return
		}
		err = next.SetAuthority(value)
		next.Port = u.Port
	case "port":
		err = next.SetPort(value)
	case "pathname":
		if !u.Opaque {
			next.SetPath(value)
		}
	case "search":
		next.Query, next.HasQuery = "", false
		if value = strings.TrimPrefix(value, "?"); value != "" {
			next.SetQuery(value)
		}
	case "hash":
		next.Fragment, next.HasFragment = "", false
		if value = strings.TrimPrefix(value, "#"); value != "" {
			next.SetFragment(value)
		}
	}
	if err == nil {
		*u = next
	}
}
