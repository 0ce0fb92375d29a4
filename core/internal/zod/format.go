package zod

import (
	"net/netip"
	"strings"
)

// IsEmail reports whether s is an address by z.email(): ASCII letters, digits and
// _'+-. before the @, where the local part neither starts nor ends with a dot, no
// two dots in a row anywhere, host labels that start with a letter or digit, and a
// last label of two letters or more. Case is kept and there is no limit of length.
func IsEmail(s string) bool {
	local, host, ok := strings.Cut(s, "@")
	if !ok || local == "" || local[0] == '.' || strings.Contains(s, "..") {
		return false
	}
	for i := range len(local) {
		if !isLocal(local[i]) {
			return false
		}
	}
	if last := local[len(local)-1]; last == '.' || last == '\'' {
		return false
	}
	return isMailHost(host)
}

func isLocal(c byte) bool {
	return isAlnum(c) || c == '_' || c == '\'' || c == '+' || c == '-' || c == '.'
}

func isMailHost(host string) bool {
	dot := strings.LastIndexByte(host, '.')
	top := host[dot+1:]
	if dot < 1 || len(top) < 2 {
		return false
	}
	for i := range len(top) {
		if !isLetter(top[i]) {
			return false
		}
	}
	for label := range strings.SplitSeq(host[:dot], ".") {
		if !isMailLabel(label) {
			return false
		}
	}
	return true
}

func isMailLabel(label string) bool {
	if label == "" || label[0] == '-' {
		return false
	}
	for i := range len(label) {
		if !isAlnum(label[i]) && label[i] != '-' {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') }

func isAlnum(c byte) bool { return isLetter(c) || (c >= '0' && c <= '9') }

// IsIPv4 reports whether s is an address by z.ipv4(): four decimals up to 255
// without leading zeros.
func IsIPv4(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is4()
}

// IsIPv6 reports whether s is an IPv6 address without brackets or zone, dotted
// tails included. z.ipv6() asks the URL parser about "http://[" + s + "]" and so
// also takes text that closes the bracket itself ("::1]/x["); this does not.
func IsIPv6(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is6() && addr.Zone() == ""
}
