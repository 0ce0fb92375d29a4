// Package ip finds the address of the client in the headers of a request and
// brings it into the one form in which limits and sessions keep it.
package ip

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/goauth-dev/goauth/core/internal/zod"
)

// DefaultSubnet is the length of the IPv6 prefix that stands for one client.
const DefaultSubnet = 64

var defaultHeaders = []string{"X-Forwarded-For"}

// Options say where the address of the client is found. The zero value believes
// X-Forwarded-For when it holds one address.
type Options struct {
	// Disabled finds no address, ever (upstream: disableIpTracking).
	Disabled bool
	// Headers are tried in order; nil is X-Forwarded-For alone. A header that the
	// proxy in front does not overwrite is under the client's control.
	Headers []string
	// IPv6Subnet is the length of the prefix that IPv6 addresses are cut to: 32, 48,
	// 64 or 128. Zero is 64; upstream's other values from 1 to 127 work too.
	IPv6Subnet int
	// TrustedProxies are the addresses of proxies whose entries in a list are
	// skipped from the right. Without any, a list of two or more is not believed.
	TrustedProxies []netip.Prefix
	// Fallback is the answer where no header gives an address; upstream has
	// 127.0.0.1 there in development and in tests, and nothing in production.
	Fallback string
}

// Client returns the normalised address of the client, or "" when no header can be
// believed. Repeated headers count as one list.
func Client(h http.Header, o Options) string {
	if o.Disabled {
		return ""
	}
	headers := o.Headers
	if headers == nil {
		headers = defaultHeaders
	}
	for _, name := range headers {
		if found := fromList(strings.Join(h.Values(name), ","), o); found != "" {
			return found
		}
	}
	return o.Fallback
}

// Peer returns the normalised address of the other end of a connection, of
// http.Request.RemoteAddr's form, or "" when it has none, as a Unix socket has not.
func Peer(remoteAddr string, o Options) string {
	at, err := netip.ParseAddrPort(remoteAddr)
	if err != nil || o.Disabled {
		return ""
	}
	return Normalize(at.Addr().Unmap().WithZone("").String(), o.IPv6Subnet)
}

// fromList finds the client in a list of hops: its only entry, or with trusted
// proxies the rightmost entry that is none of them. A malformed hop ends the walk.
func fromList(list string, o Options) string {
	if len(o.TrustedProxies) == 0 {
		return onlyEntry(list, o.IPv6Subnet)
	}
	for list != "" {
		cut := strings.LastIndexByte(list, ',')
		hop := strings.TrimSpace(list[cut+1:])
		list = list[:max(cut, 0)]
		if hop == "" {
			continue
		}
		addr, ok := parse(hop)
		if !ok {
			return ""
		}
		if !trusted(addr, o.TrustedProxies) {
			return Normalize(hop, o.IPv6Subnet)
		}
	}
	return ""
}

func onlyEntry(list string, subnet int) string {
	only := ""
	for hop := range strings.SplitSeq(list, ",") {
		hop = strings.TrimSpace(hop)
		switch {
		case hop == "":
		case only != "":
			return ""
		default:
			only = hop
		}
	}
	if _, ok := parse(only); !ok {
		return ""
	}
	return Normalize(only, subnet)
}

func trusted(addr netip.Addr, proxies []netip.Prefix) bool {
	for _, p := range proxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// parse reads an address without port, brackets or zone. An IPv4 address inside an
// IPv6 one is the IPv4 address.
func parse(s string) (netip.Addr, bool) {
	if !Valid(s) {
		return netip.Addr{}, false
	}
	addr, err := netip.ParseAddr(s)
	return addr.Unmap(), err == nil
}

// Valid reports whether s is an IPv4 or IPv6 address without port, brackets or zone.
func Valid(s string) bool { return zod.IsIPv4(s) || zod.IsIPv6(s) }

// ParseProxies reads addresses and CIDR ranges. Entries that are neither are
// returned as malformed and left out, so that a slip does not trust anybody.
func ParseProxies(entries []string) (proxies []netip.Prefix, malformed []string) {
	for _, entry := range entries {
		if p, ok := parseProxy(entry); ok {
			proxies = append(proxies, p)
		} else {
			malformed = append(malformed, entry)
		}
	}
	return proxies, malformed
}

func parseProxy(entry string) (netip.Prefix, bool) {
	text, bits, hasBits := entry, "", false
	if slash := strings.LastIndexByte(entry, '/'); slash >= 0 {
		text, bits, hasBits = entry[:slash], entry[slash+1:], true
	}
	addr, ok := parse(text)
	if !ok {
		return netip.Prefix{}, false
	}
	length := addr.BitLen()
	if hasBits {
		n, err := strconv.ParseUint(bits, 10, 8)
		if err != nil || int(n) > length {
			return netip.Prefix{}, false
		}
		length = int(n)
	}
	return netip.PrefixFrom(addr, length), true
}

// Normalize returns an address as upstream keeps it: IPv4 as it is, an IPv4-mapped
// IPv6 address as the IPv4 one, any other IPv6 address as eight groups of four
// lower-case digits of which those after subnet bits are zero. Zero bits mean 64.
// Text that is no address comes back in lower case.
func Normalize(s string, subnet int) string {
	if !zod.IsIPv6(s) {
		return lower(s)
	}
	s = lower(s)
	if v4 := mapped(s); v4 != "" {
		return v4
	}
	if subnet == 0 {
		subnet = DefaultSubnet
	}
	groups := expand(s)
	if subnet < 128 {
		mask(groups, max(subnet, 0))
	}
	return strings.Join(groups, ":")
}

// mapped returns the IPv4 address inside an IPv4-mapped one, in any of its
// spellings, or "". Upstream looks for ffff in the sixth group alone when the rest
// is dotted, whatever the first five are; so does this.
func mapped(s string) string {
	if rest, ok := strings.CutPrefix(s, "::ffff:"); ok && zod.IsIPv4(rest) {
		return rest
	}
	if parts := strings.Split(s, ":"); len(parts) == 7 && parts[5] == "ffff" && zod.IsIPv4(parts[6]) {
		return parts[6]
	}
	if addr, err := netip.ParseAddr(s); err == nil && addr.Is4In6() && !strings.Contains(s, ".") {
		return addr.Unmap().String()
	}
	return ""
}

// expand writes out the groups of an address. A dotted tail stays one group, as
// upstream has it.
func expand(s string) []string {
	head, tail, compressed := strings.Cut(s, "::")
	groups := pad(head)
	if !compressed {
		return groups
	}
	right := pad(tail)
	for len(groups)+len(right) < 8 {
		groups = append(groups, "0000")
	}
	return append(groups, right...)
}

func pad(s string) []string {
	if s == "" {
		return nil
	}
	groups := strings.Split(s, ":")
	for i, g := range groups {
		groups[i] = strings.Repeat("0", max(4-len(g), 0)) + g
	}
	return groups
}

// mask clears what comes after the first bits.
func mask(groups []string, bits int) {
	for i, g := range groups {
		switch {
		case bits <= 0:
			groups[i] = "0000"
		case bits < 16:
			n, _ := strconv.ParseUint(leadingHex(g), 16, 16)
			n &= 0xFFFF << (16 - bits)
			groups[i] = pad(strconv.FormatUint(n, 16))[0]
		}
		bits -= 16
	}
}

// leadingHex returns the hexadecimal digits that s starts with.
func leadingHex(s string) string {
	return s[:len(s)-len(strings.TrimLeft(s, "0123456789abcdef"))]
}

// lower is ASCII lower case.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// RateLimitKey joins a normalised address and a path with a sign that neither
// holds, so that no two pairs share a key.
func RateLimitKey(addr, path string) string { return addr + "|" + path }
