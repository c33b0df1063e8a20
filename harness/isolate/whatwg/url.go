package whatwg

import (
	"errors"
	"strconv"
	"strings"
)

// URL is a URL record. Components are stored encoded.
type URL struct {
	Scheme             string // without the colon
	Username, Password string
	Host               string
	HasHost            bool // Host may be "" and still be there: file:///
	Port               string
	Path               string // for opaque paths everything, else "" or "/..."
	Opaque             bool
	Query, Fragment    string // without ? and #
	HasQuery           bool
	HasFragment        bool
}

// defaultPorts are those of the special schemes.
var defaultPorts = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21", "file": ""}

func isSpecial(scheme string) bool { _, ok := defaultPorts[scheme]; return ok }

var (
	errRelative = errors.New("relative URL without a base")
	errPort     = errors.New("invalid port")
	errHost     = errors.New("missing host")
)

// ParseURL parses input, relative to base when that is not nil. Schemes file and
// ftp are parsed like http (no drive letters).
func ParseURL(input string, base *URL) (*URL, error) {
	input = strings.TrimFunc(input, func(r rune) bool { return r <= 0x20 })
	input = removeTabs(input)
	u := &URL{}
	input, u.Fragment, u.HasFragment = strings.Cut(input, "#")
	u.Fragment = percentEncode(u.Fragment, fragmentSet)

	rest := input
	if scheme, r, ok := cutScheme(input); ok {
		u.Scheme, rest = scheme, r
		switch {
		case !isSpecial(scheme):
			return u, u.parseGeneric(rest)
		case base != nil && base.Scheme == scheme && !strings.HasPrefix(slashes(rest), "//"):
			return u, u.parseRelative(rest, base)
		}
		if scheme == "file" {
			return u, u.parseAuthority(strings.TrimPrefix(slashes(rest), "//"))
		}
		return u, u.parseAuthority(strings.TrimLeft(rest, `/\`))
	}
	if base == nil || base.Opaque && (rest != "" || !u.HasFragment) {
		return nil, errRelative
	}
	u.Scheme = base.Scheme
	return u, u.parseRelative(rest, base)
}

func removeTabs(s string) string {
	if !strings.ContainsAny(s, "\t\n\r") {
		return s
	}
	return strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
}

// slashes turns the backslashes before the query of a special URL around.
func slashes(s string) string {
	path, query, has := strings.Cut(s, "?")
	path = strings.ReplaceAll(path, `\`, "/")
	if has {
		return path + "?" + query
	}
	return path
}

func cutScheme(s string) (scheme, rest string, ok bool) {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		case i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return strings.ToLower(s[:i]), s[i+1:], true
		default:
			return "", "", false
		}
	}
	return "", "", false
}

// parseGeneric parses what follows the scheme of a URL that is not special.
func (u *URL) parseGeneric(rest string) error {
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		return u.parseAuthority(after)
	}
	path := u.takeQuery(rest)
	if strings.HasPrefix(path, "/") {
		u.Path = u.normalize(path)
		return nil
	}
	u.Opaque, u.Path = true, percentEncode(path, c0Control)
	return nil
}

// parseAuthority parses userinfo, host, port and all that follows.
func (u *URL) parseAuthority(rest string) error {
	end := strings.IndexAny(rest, "/?")
	if isSpecial(u.Scheme) {
		end = strings.IndexAny(rest, `/?\`)
	}
	authority, tail := rest, ""
	if end >= 0 {
		authority, tail = rest[:end], rest[end:]
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		user, password, _ := strings.Cut(authority[:at], ":")
		u.Username, u.Password = percentEncode(user, userinfoSet), percentEncode(password, userinfoSet)
		if authority = authority[at+1:]; authority == "" {
			return errHost
		}
	}
	if err := u.SetAuthority(authority); err != nil {
		return err
	}
	u.Path = u.normalize(u.takeQuery(tail))
	return nil
}

// SetAuthority parses "host" or "host:port".
func (u *URL) SetAuthority(s string) error {
	host, port := s, ""
	if colon := strings.LastIndexByte(s, ':'); colon > strings.LastIndexByte(s, ']') {
		host, port = s[:colon], s[colon+1:]
	}
	special := isSpecial(u.Scheme)
	if host == "" && special && u.Scheme != "file" || host == "" && port != "" {
		return errHost
	}
	if host != "" {
		parsed, err := parseHost(host, special)
		if err != nil {
			return err
		}
		host = parsed
	}
	if err := u.SetPort(port); err != nil {
		return err
	}
	u.Host, u.HasHost = host, true
	return nil
}

// SetPort sets the port; the default port of the scheme becomes "".
func (u *URL) SetPort(port string) error {
	if port == "" {
		u.Port = ""
		return nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || strings.HasPrefix(port, "+") {
		return errPort
	}
	if u.Port = strconv.FormatUint(n, 10); u.Port == defaultPorts[u.Scheme] {
		u.Port = ""
	}
	return nil
}

// parseRelative resolves rest, which has no scheme of its own, against base.
func (u *URL) parseRelative(rest string, base *URL) error {
	special := isSpecial(u.Scheme)
	path := rest
	if special {
		path = slashes(rest)
	}
	if after, ok := strings.CutPrefix(path, "//"); ok {
		if special {
			after = strings.TrimLeft(after, "/")
		}
		return u.parseAuthority(after)
	}
	u.Username, u.Password, u.Host, u.HasHost, u.Port = base.Username, base.Password, base.Host, base.HasHost, base.Port
	u.Opaque = base.Opaque
	path = u.takeQuery(path)
	switch {
	case path == "":
		u.Path = base.Path
		if !u.HasQuery {
			u.Query, u.HasQuery = base.Query, base.HasQuery
		}
	case strings.HasPrefix(path, "/"):
		u.Path = u.normalize(path)
	default:
		u.Path = u.normalize(base.Path[:strings.LastIndexByte(base.Path, '/')+1] + path)
	}
	return nil
}

// takeQuery cuts the query off s and stores it.
func (u *URL) takeQuery(s string) (path string) {
	path, query, ok := strings.Cut(s, "?")
	if ok {
		u.SetQuery(query)
	}
	return path
}

// SetQuery stores a query, encoded.
func (u *URL) SetQuery(query string) {
	set := encodeSet(querySet)
	if isSpecial(u.Scheme) {
		set = specialQuerySet
	}
	u.Query, u.HasQuery = percentEncode(query, set), true
}

// SetPath stores a path, normalized.
func (u *URL) SetPath(path string) { u.Path = u.normalize(path) }

// SetFragment stores a fragment, encoded.
func (u *URL) SetFragment(fragment string) {
	u.Fragment, u.HasFragment = percentEncode(fragment, fragmentSet), true
}

// SetUserinfo stores user name and password, encoded.
func (u *URL) SetUserinfo(username, password string) {
	u.Username, u.Password = percentEncode(username, userinfoSet), percentEncode(password, userinfoSet)
}

// normalize resolves dot segments and encodes.
func (u *URL) normalize(path string) string {
	special := isSpecial(u.Scheme)
	if special {
		path = strings.ReplaceAll(path, `\`, "/")
	}
	if path == "" {
		if special {
			return "/"
		}
		return ""
	}
	var out []string
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case isDots(s, 2):
			if len(out) > 0 {
				out = out[:len(out)-1]
			}
			if last {
				out = append(out, "")
			}
		case isDots(s, 1):
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, percentEncode(s, pathSet))
		}
	}
	return "/" + strings.Join(out, "/")
}

// isDots reports whether a segment is n dots, which may be written %2e.
func isDots(s string, n int) bool {
	if len(s) != n && !strings.Contains(s, "%") || len(s) > 3*n {
		return false
	}
	s = strings.ReplaceAll(strings.ToLower(s), "%2e", ".")
	return len(s) == n && strings.Trim(s, ".") == ""
}

// Authority is "host" or "host:port".
func (u *URL) Authority() string {
	if u.Port != "" {
		return u.Host + ":" + u.Port
	}
	return u.Host
}

// Origin is the origin of a special URL, and "null" for others.
func (u *URL) Origin() string {
	if !isSpecial(u.Scheme) || u.Scheme == "file" {
		return "null"
	}
	return u.Scheme + "://" + u.Authority()
}

// String serializes the URL.
func (u *URL) String() string {
	var b strings.Builder
	b.WriteString(u.Scheme)
	b.WriteByte(':')
	switch {
	case u.HasHost:
		b.WriteString("//")
		if u.Username != "" || u.Password != "" {
			b.WriteString(u.Username)
			if u.Password != "" {
				b.WriteString(":" + u.Password)
			}
			b.WriteByte('@')
		}
		b.WriteString(u.Authority())
	case !u.Opaque && strings.HasPrefix(u.Path, "//"):
		b.WriteString("/.")
	}
	b.WriteString(u.Path)
	if u.HasQuery {
		b.WriteString("?" + u.Query)
	}
	if u.HasFragment {
		b.WriteString("#" + u.Fragment)
	}
	return b.String()
}

// CanSetScheme reports whether the scheme may become s: special and other
// schemes do not mix.
func (u *URL) CanSetScheme(s string) bool { return isSpecial(u.Scheme) == isSpecial(s) }

// IsScheme reports whether s has the form of a scheme.
func IsScheme(s string) bool {
	_, rest, ok := cutScheme(s + ":")
	return ok && rest == ""
}
