package origin

import (
	"errors"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goauth-dev/goauth/core/internal/js"
)

var (
	errRelative = errors.New("it has no scheme and nothing to be relative to")
	errNoHost   = errors.New("the host is missing")
	errHost     = errors.New("the host has a character that is not allowed")
	errNonASCII = errors.New("the host is not ASCII; write international names as xn--…")
	errAddress  = errors.New("the host is not a valid IP address")
	errPort     = errors.New("the port is not a number up to 65535")
)

// forbiddenHost are the characters that no host may have, and forbiddenDomain those
// that no domain may have either, besides control characters (WHATWG URL §3.1).
const (
	forbiddenHost   = "\x00\t\n\r #/:<>?@[\\]^|"
	forbiddenDomain = forbiddenHost + "%\x7F"
)

// parseHost is the host parser of WHATWG URL §3.5 without international names.
func parseHost(s string, special bool) (string, error) {
	if strings.HasPrefix(s, "[") {
		return parseIPv6(s)
	}
	if !isASCII(s) {
		return "", errNonASCII
	}
	if !special {
		if strings.ContainsAny(s, forbiddenHost) {
			return "", errHost
		}
		return controlSet.encode(s), nil
	}
	domain := js.PercentDecode(s)
	if !isASCII(domain) {
		return "", errNonASCII
	}
	if strings.ContainsAny(domain, forbiddenDomain) || strings.ContainsFunc(domain, func(r rune) bool { return r < ' ' }) {
		return "", errHost
	}
	if domain == "" {
		return "", errNoHost
	}
	domain = lower(domain)
	if endsInNumber(domain) {
		return parseIPv4(domain)
	}
	return domain, nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// parseIPv6 reads an address in brackets and writes it as RFC 5952 does, without
// dotted tails.
func parseIPv6(s string) (string, error) {
	inner, ok := strings.CutSuffix(s[1:], "]")
	addr, err := netip.ParseAddr(inner)
	if !ok || err != nil || !addr.Is6() || addr.Zone() != "" {
		return "", errAddress
	}
	return "[" + formatIPv6(addr.As16()) + "]", nil
}

func formatIPv6(b [16]byte) string {
	var pieces [8]uint16
	for i := range pieces {
		pieces[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	from, length := longestZeros(pieces)
	var out []byte
	for i := 0; i < len(pieces); i++ {
		if length > 1 && i == from {
			out = append(out, "::"...)
			i += length - 1
			continue
		}
		if n := len(out); n > 0 && out[n-1] != ':' {
			out = append(out, ':')
		}
		out = strconv.AppendUint(out, uint64(pieces[i]), 16)
	}
	return string(out)
}

// longestZeros finds the first of the longest runs of zero pieces.
func longestZeros(pieces [8]uint16) (from, length int) {
	run := 0
	for i, piece := range pieces {
		if piece != 0 {
			run = 0
			continue
		}
		if run++; run > length {
			from, length = i-run+1, run
		}
	}
	return from, length
}

// endsInNumber reports whether the last label makes the host an IPv4 address.
func endsInNumber(host string) bool {
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	if last == "" {
		if len(labels) == 1 {
			return false
		}
		last = labels[len(labels)-2]
	}
	if last != "" && strings.Trim(last, "0123456789") == "" {
		return true
	}
	_, ok := ipv4Number(last)
	return ok
}

// parseIPv4 reads an address of one to four decimal, octal or hexadecimal numbers,
// the last of which fills the remaining bytes.
func parseIPv4(host string) (string, error) {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	if len(parts) > 4 {
		return "", errAddress
	}
	var address uint64
	for i, part := range parts {
		n, ok := ipv4Number(part)
		limit := uint64(0xFF)
		if i == len(parts)-1 {
			limit = 1<<(8*(5-len(parts))) - 1
			address = address<<(8*(4-i)) | n
		} else {
			address = address<<8 | n
		}
		if !ok || n > limit {
			return "", errAddress
		}
	}
	return netip.AddrFrom4([4]byte{byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address)}).String(), nil
}

func ipv4Number(s string) (uint64, bool) {
	if s == "" {
		return 0, false
	}
	base := 10
	switch {
	case len(s) >= 2 && (s[:2] == "0x" || s[:2] == "0X"):
		s, base = s[2:], 16
	case len(s) >= 2 && s[0] == '0':
		s, base = s[1:], 8
	}
	if s == "" {
		return 0, true
	}
	if strings.ContainsAny(s, "+-_") {
		return 0, false
	}
	n, err := strconv.ParseUint(s, base, 32)
	if errors.Is(err, strconv.ErrRange) {
		return math.MaxUint32 + 1, true
	}
	return n, err == nil
}
