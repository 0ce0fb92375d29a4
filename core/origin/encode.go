package origin

import (
	"strings"

	"github.com/goauth-dev/goauth/core/internal/js"
)

// encodeSet is the printable ASCII characters that a part of a URL must encode;
// control characters and bytes from 0x7F on are in every set (WHATWG URL §1.3).
type encodeSet string

const (
	controlSet      encodeSet = ""
	fragmentSet     encodeSet = " \"<>`"
	querySet        encodeSet = " \"#<>"
	specialQuerySet encodeSet = querySet + "'"
	pathSet         encodeSet = querySet + "?`{}"
	userinfoSet     encodeSet = pathSet + "/:;=@[\\]^|"
	componentSet    encodeSet = userinfoSet + "$%&+,"
)

func (set encodeSet) has(c byte) bool {
	return c <= 0x1F || c >= 0x7F || strings.IndexByte(string(set), c) >= 0
}

// encode percent-encodes s by a set. Escapes that are there already stay.
func (set encodeSet) encode(s string) string {
	i := 0
	for i < len(s) && !set.has(s[i]) {
		i++
	}
	if i == len(s) {
		return s
	}
	s = js.ToValidUTF8(s)
	dst := make([]byte, 0, len(s)+16)
	for i := range len(s) {
		if set.has(s[i]) {
			dst = appendPercent(dst, s[i])
		} else {
			dst = append(dst, s[i])
		}
	}
	return string(dst)
}

// EncodeComponent encodes s for a place in a URL as encodeURIComponent does: a blank is %20.
func EncodeComponent(s string) string { return componentSet.encode(s) }

func appendPercent(dst []byte, c byte) []byte {
	const digits = "0123456789ABCDEF"
	return append(dst, '%', digits[c>>4], digits[c&0xF])
}

func isLetter(c byte) bool { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isAlnum(c byte) bool { return isLetter(c) || isDigit(c) }

// lower is ASCII lower case: no other letter folds into ASCII here (U+212A, the
// Kelvin sign, is not k).
func lower(s string) string {
	for i := range len(s) {
		if s[i] >= 'A' && s[i] <= 'Z' {
			return strings.Map(lowerRune, s)
		}
	}
	return s
}

func lowerRune(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}
