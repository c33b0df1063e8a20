package postactions

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// maxURL bounds the address of a webhook in bytes.
const maxURL = 2048

// CheckURL tells why a webhook may not have an address, "" when it may (section 12.4, rules 1 to 3). Own are names of
// hosts of this deployment. What a name leads to is looked at before each attempt, see AllowedAddress.
//
// A host that is no plain ASCII name is refused: what fetches it may read it as another one.
func CheckURL(text string, own ...string) string {
	if len(text) > maxURL {
		return "The URL is too long"
	}
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Opaque != "", u.Host == "":
		return "Not an absolute http or https URL"
	case u.User != nil:
		return "The URL must not hold a user or a password"
	case !allowedPort(u.Port()):
		return "The port must be 80, 443 or above 1023"
	case strings.HasPrefix(u.Host, "["):
		a, err := netip.ParseAddr(u.Hostname())
		if err != nil || a.Zone() != "" || !AllowedAddress(a) {
			return refusedHost
		}
		return ""
	}
	return checkHost(strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), own)
}

const refusedHost = "The host is not allowed"

func checkHost(host string, own []string) string {
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	if numeric(last) { // an address, as what fetches it sees it
		if a, ok := parseIPv4(labels); !ok || !AllowedAddress(a) {
			return refusedHost
		}
		return ""
	}
	if len(host) > 253 || len(labels) < 2 {
		return refusedHost
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return refusedHost
		}
	}
	switch {
	case last == "localhost", last == "local", last == "internal", strings.HasSuffix("."+host, ".home.arpa"):
		return refusedHost
	}
	for _, name := range own {
		if name != "" && host == strings.TrimSuffix(strings.ToLower(name), ".") {
			return refusedHost
		}
	}
	return ""
}

// allowedPort judges the port of a URL, "" for that of the scheme.
func allowedPort(text string) bool {
	if text == "" {
		return true
	}
	n, err := strconv.Atoi(text)
	return err == nil && n <= 65535 && (n == 80 || n == 443 || n > 1023)
}

// numeric tells whether the last label of a host makes it an address (URL standard, "ends in a number").
func numeric(label string) bool {
	if label == "" {
		return false
	}
	if strings.Trim(label, "0123456789") == "" {
		return true
	}
	_, ok := number(label)
	return ok
}

// number reads a decimal, octal or hexadecimal number.
func number(label string) (uint64, bool) {
	base := 10
	if rest, ok := strings.CutPrefix(label, "0x"); ok {
		base, label = 16, rest
		if label == "" {
			return 0, true
		}
	} else if len(label) > 1 && label[0] == '0' {
		base, label = 8, label[1:]
	}
	if label == "" || strings.Trim(label, "0123456789abcdef") != "" {
		return 0, false
	}
	n, err := strconv.ParseUint(label, base, 64)
	return n, err == nil
}

// parseIPv4 reads an address in any of its forms: of one to four numbers, the last of which fills what is left.
func parseIPv4(parts []string) (netip.Addr, bool) {
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var whole uint64
	for i, part := range parts {
		n, ok := number(part)
		rest := 8 * uint(5-len(parts)) // bits of the last number
		last := i == len(parts)-1
		if !ok || !last && n > 255 || last && n >= 1<<rest {
			return netip.Addr{}, false
		}
		if !last {
			rest = 8
		}
		whole = whole<<rest | n
	}
	return netip.AddrFrom4([4]byte{byte(whole >> 24), byte(whole >> 16), byte(whole >> 8), byte(whole)}), true
}

// AllowedAddress tells whether a webhook may be reached at an address: only what is routed for everybody.
func AllowedAddress(a netip.Addr) bool {
	a = a.Unmap()
	if a.Is4() {
		b := a.As4()
		n := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
		for _, r := range [...]struct {
			net  uint32
			bits uint
		}{
			{0, 8}, {10 << 24, 8}, {100<<24 | 64<<16, 10}, {127 << 24, 8}, {169<<24 | 254<<16, 16}, {172<<24 | 16<<16, 12},
			{192 << 24, 24}, {192<<24 | 2<<8, 24}, {192<<24 | 168<<16, 16}, {198<<24 | 18<<16, 15}, {198<<24 | 51<<16 | 100<<8, 24},
			{203<<24 | 113<<8, 24}, {224 << 24, 3},
		} {
			if n>>(32-r.bits) == r.net>>(32-r.bits) {
				return false
			}
		}
		return true
	}
	b := a.As16()
	switch {
	case b[0]>>5 != 1: // outside of 2000::/3
		return false
	case b[0] == 0x20 && b[1] == 0x02: // 2002::/16 leads to any IPv4 address
		return false
	case b[0] == 0x20 && b[1] == 0x01 && b[2] == 0 && b[3] == 0, b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8:
		return false
	}
	return true
}
