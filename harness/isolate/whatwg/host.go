package whatwg

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// ErrNotEmulated marks what a complete implementation has and this one has not.
var ErrNotEmulated = errors.New("not emulated")

const (
	forbiddenHost   = "\x00\t\n\r #/:<>?@[\\]^|"
	forbiddenDomain = forbiddenHost + "%\x7F\x01\x02\x03\x04\x05\x06\x07\x08\x0B\x0C\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F"
)

// parseHost is the host parser. Hosts of special schemes are domains or
// addresses; others are kept as they are.
func parseHost(s string, special bool) (string, error) {
	if strings.HasPrefix(s, "[") {
		return parseIPv6(s)
	}
	if !special {
		if strings.ContainsAny(s, forbiddenHost) {
			return "", fmt.Errorf("forbidden character in host %q", s)
		}
		return percentEncode(s, c0Control), nil
	}
	domain := percentDecode(s)
	if !isASCII(domain) {
		return "", fmt.Errorf("internationalized host name %q: %w", domain, ErrNotEmulated)
	}
	domain = strings.ToLower(domain)
	if domain == "" || strings.ContainsAny(domain, forbiddenDomain) {
		return "", fmt.Errorf("invalid host %q", s)
	}
	if endsInNumber(domain) {
		return parseIPv4(domain)
	}
	return domain, nil
}

func parseIPv6(s string) (string, error) {
	if !strings.HasSuffix(s, "]") {
		return "", fmt.Errorf("unclosed address %q", s)
	}
	addr, err := netip.ParseAddr(s[1 : len(s)-1])
	if err != nil || addr.Is4() || addr.Zone() != "" {
		return "", fmt.Errorf("invalid address %q", s)
	}
	if addr.Is4In6() { // the standard never writes the dotted form
		b := addr.As16()
		return fmt.Sprintf("[::ffff:%x:%x]", uint16(b[12])<<8|uint16(b[13]), uint16(b[14])<<8|uint16(b[15])), nil
	}
	return "[" + addr.String() + "]", nil
}

// endsInNumber reports whether a domain has to be an IPv4 address.
func endsInNumber(domain string) bool {
	parts := strings.Split(strings.TrimSuffix(domain, "."), ".")
	last := parts[len(parts)-1]
	if last == "" {
		return false
	}
	if strings.Trim(last, "0123456789") == "" {
		return true
	}
	_, err := parseIPv4Number(last)
	return err == nil
}

// parseIPv4 accepts decimal, octal and hexadecimal parts, the last of which may
// fill several bytes.
func parseIPv4(domain string) (string, error) {
	parts := strings.Split(strings.TrimSuffix(domain, "."), ".")
	if len(parts) > 4 {
		return "", fmt.Errorf("invalid address %q", domain)
	}
	var addr uint64
	for i, part := range parts {
		n, err := parseIPv4Number(part)
		limit := uint64(256)
		if i == len(parts)-1 {
			limit = 1 << (8 * (5 - len(parts)))
		}
		if err != nil || n >= limit {
			return "", fmt.Errorf("invalid address %q", domain)
		}
		if i == len(parts)-1 {
			addr |= n
		} else {
			addr |= n << (8 * (3 - i))
		}
	}
	return fmt.Sprintf("%d.%d.%d.%d", addr>>24, addr>>16&255, addr>>8&255, addr&255), nil
}

func parseIPv4Number(s string) (uint64, error) {
	switch {
	case s == "":
		return 0, strconv.ErrSyntax
	case strings.HasPrefix(s, "0x"):
		if s == "0x" {
			return 0, nil
		}
		return strconv.ParseUint(s[2:], 16, 64)
	case len(s) > 1 && s[0] == '0':
		return strconv.ParseUint(s[1:], 8, 64)
	}
	return strconv.ParseUint(s, 10, 64)
}
