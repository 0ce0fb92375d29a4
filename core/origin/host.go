package origin

import (
	"net/netip"
	"strings"
)

// IsLoopbackHost reports whether a host, with or without port and brackets, is
// localhost, a name under .localhost (RFC 6761 §6.3), 127.0.0.0/8 or ::1.
func IsLoopbackHost(host string) bool {
	host = lower(stripPort(host))
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	host, _, _ = strings.Cut(host, "%")
	host = strings.TrimRight(host, ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// stripPort cuts the port off. A bare IPv6 address has none.
func stripPort(host string) string {
	if strings.HasPrefix(host, "[") {
		if end := strings.IndexByte(host, ']'); end >= 0 {
			return host[:end+1]
		}
		return host
	}
	if strings.Count(host, ":") == 1 {
		host, _, _ = strings.Cut(host, ":")
	}
	return host
}

// isDevHost reports whether a host is served over http unless something says
// otherwise. Upstream looks at text here, so 127.example is one too.
func isDevHost(host string) bool {
	if colon := strings.LastIndexByte(host, ':'); colon >= 0 && colon+1 < len(host) && strings.Trim(host[colon+1:], "0123456789") == "" {
		host = host[:colon]
	}
	host = lower(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "::1" || strings.HasPrefix(host, "127.")
}
