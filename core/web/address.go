package web

import (
	"fmt"
	"net/netip"
	"strings"

	"tracedge/core/message"
	"tracedge/core/platform"
)

// Address is the client's address in its shortest form, "" when it is unknown. It is the address that the platform
// reports for the connection; headers that name another are read only when that peer is a trusted proxy.
func (c *Call) Address() string {
	addr, ok := parseAddress(platform.From(c.ctx).Address)
	if !ok {
		return ""
	}
	if c.server.trusts(addr) {
		addr = c.server.forwarded(c.request.Header, addr)
	}
	return addr.String()
}

// forwarded follows X-Forwarded-For from its end, where the nearest proxy wrote, and stops at the first address that is
// not a trusted proxy or is no address. Without that header X-Real-IP counts.
func (s *Server) forwarded(h message.Header, peer netip.Addr) netip.Addr {
	list := h.Values("X-Forwarded-For")
	if len(list) == 0 {
		list = h.Values("X-Real-Ip")
	}
	hops := strings.Split(strings.Join(list, ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusts(peer); i-- {
		addr, ok := parseAddress(strings.TrimSpace(hops[i]))
		if !ok {
			break
		}
		peer = addr
	}
	return peer
}

func (s *Server) trusts(a netip.Addr) bool {
	for _, p := range s.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// parseAddress reads an address with or without a port. IPv4 in IPv6 becomes IPv4 and zones are dropped.
func parseAddress(text string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		withPort, err := netip.ParseAddrPort(text)
		if err != nil {
			return addr, false
		}
		addr = withPort.Addr()
	}
	return addr.Unmap().WithZone(""), true
}

// ParseProxies reads the setting TRUSTED_PROXIES: addresses and CIDR ranges separated by commas or white space.
func ParseProxies(setting string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range strings.FieldsFunc(setting, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) }) {
		if addr, err := netip.ParseAddr(text); err == nil {
			addr = addr.Unmap()
			out = append(out, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("web: %q is neither an address nor a range", text)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}
