package keys

import (
	"net/netip"
	"net/url"
	"strings"
)

// parseAddresses reads an address or a CIDR range. An address is the range of itself; IPv4 in IPv6 is IPv4.
func parseAddresses(text string) (netip.Prefix, bool) {
	if addr, err := netip.ParseAddr(text); err == nil {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), addr.Zone() == ""
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, false
	}
	if mapped := 96; p.Addr().Is4In6() && p.Bits() >= mapped {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-mapped)
	}
	return p.Masked(), true
}

// takesAddress tells whether a client address is allowed. An unknown one ("") never is when there is a list.
func (k *Key) takesAddress(address string) bool {
	if len(k.Addresses) == 0 {
		return true
	}
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, text := range k.Addresses {
		if p, ok := parseAddresses(text); ok && p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// takesPath tells whether the segments of a path, decoded, are allowed.
func (k *Key) takesPath(segments []string) bool {
	if len(k.Endpoints) == 0 {
		return true
	}
	for _, entry := range k.Endpoints {
		if covers(entry, segments) {
			return true
		}
	}
	return false
}

// covers tells whether an entry is the path or stands above it at a segment boundary. A segment :name is any one
// segment; what an entry writes percent-encoded is compared decoded, as the path is. An entry that ends with a slash is
// what stands below it.
func covers(entry string, segments []string) bool {
	wanted := strings.Split(strings.TrimPrefix(entry, "/"), "/")
	if len(segments) < len(wanted) {
		return false
	}
	for i, want := range wanted {
		last := i == len(wanted)-1
		switch {
		case strings.HasPrefix(want, ":") && len(want) > 1:
			if segments[i] == "" {
				return false
			}
		case want == "" && last:
		default:
			if text, err := url.PathUnescape(want); err == nil {
				want = text
			}
			if segments[i] != want {
				return false
			}
		}
	}
	return true
}
