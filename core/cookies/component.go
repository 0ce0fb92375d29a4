package cookies

import (
	"strings"
	"unicode/utf8"
)

const upperHex = "0123456789ABCDEF"

// unreserved marks the characters that encodeURIComponent keeps.
var unreserved = func() (table [256]bool) {
	const kept = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()"
	for i := range len(kept) {
		table[kept[i]] = true
	}
	return table
}()

// EncodeComponent is JavaScript's encodeURIComponent. Bytes that are not UTF-8
// are encoded as U+FFFD. It does not allocate when nothing needs encoding.
func EncodeComponent(s string) string {
	start := 0
	for start < len(s) && unreserved[s[start]] {
		start++
	}
	if start == len(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	out := make([]byte, start, len(s)+len(s)/2+8)
	copy(out, s)
	for i := start; i < len(s); i++ {
		if c := s[i]; unreserved[c] {
			out = append(out, c)
		} else {
			out = append(out, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return string(out)
}

// DecodeComponent is JavaScript's decodeURIComponent; ok is false where that
// throws: a % without two hex digits, or escapes that do not spell whole UTF-8
// characters. It does not allocate when there is no %.
func DecodeComponent(s string) (decoded string, ok bool) {
	next := strings.IndexByte(s, '%')
	if next < 0 {
		return s, true
	}
	var out strings.Builder
	out.Grow(len(s))
	for next >= 0 {
		out.WriteString(s[:next])
		char, n := decodeEscaped(s[next:])
		if n == 0 {
			return "", false
		}
		out.Write(char[:n])
		s = s[next+3*n:]
		next = strings.IndexByte(s, '%')
	}
	out.WriteString(s)
	return out.String(), true
}

// decodeEscaped decodes the one character whose escapes s starts with; n is its
// length in UTF-8, 0 when it is malformed.
func decodeEscaped(s string) (char [utf8.UTFMax]byte, n int) {
	for n < len(char) {
		c, ok := escapedByte(s[3*n:])
		if !ok {
			return char, 0
		}
		char[n] = c
		n++
		if !utf8.FullRune(char[:n]) {
			continue
		}
		if r, size := utf8.DecodeRune(char[:n]); r == utf8.RuneError && size < 3 {
			return char, 0
		}
		return char, n
	}
	return char, 0
}

func escapedByte(s string) (byte, bool) {
	if len(s) < 3 || s[0] != '%' {
		return 0, false
	}
	high, ok1 := unhex(s[1])
	low, ok2 := unhex(s[2])
	return high<<4 | low, ok1 && ok2
}

func unhex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
