package js

import (
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"
)

// maxFormPairs is how many name=value pairs a form may have.
const maxFormPairs = 1000

// ParseForm reads an application/x-www-form-urlencoded body into an object of
// strings. The last value of a repeated name wins, in the place of the first. More
// than 1,000 pairs are [ErrRefused].
func ParseForm(body string) (*Object, error) {
	form := NewObject()
	n := 0
	for name, value := range Pairs(body) {
		if n++; n > maxFormPairs {
			return nil, fmt.Errorf("%w: a form of more than %d fields", ErrRefused, maxFormPairs)
		}
		if name != "__proto__" { // never an own key of a JavaScript object
			form.Set(name, value)
		}
	}
	return form, nil
}

// ParseQuery reads the query of a URL, without its question mark. A value is a
// string; a name that is repeated has all its values as []any, in order.
func ParseQuery(rawQuery string) *Object {
	query := NewObject()
	for name, value := range Pairs(rawQuery) {
		if name == "__proto__" {
			continue
		}
		i := query.find(name)
		if i < 0 {
			query.add(name, value)
			continue
		}
		switch before := query.entries[i].value.(type) {
		case []any:
			query.entries[i].value = append(before, value)
		default:
			query.entries[i].value = []any{before, value}
		}
	}
	return query
}

// Pairs yields the decoded names and values of application/x-www-form-urlencoded
// text as URLSearchParams reads them (WHATWG URL §5.1): + is a blank, a % that no
// two hexadecimal digits follow stays, invalid UTF-8 becomes U+FFFD.
func Pairs(text string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for pair := range strings.SplitSeq(text, "&") {
			if pair == "" {
				continue
			}
			name, value, _ := strings.Cut(pair, "=")
			if !yield(formDecode(name), formDecode(value)) {
				return
			}
		}
	}
}

func formDecode(s string) string {
	if strings.IndexByte(s, '+') >= 0 {
		s = strings.ReplaceAll(s, "+", " ")
	}
	return ToValidUTF8(PercentDecode(s))
}

// PercentDecode replaces every %XX by its byte and leaves any other % alone
// (WHATWG URL §1.3). The result may be invalid UTF-8.
func PercentDecode(s string) string {
	i := strings.IndexByte(s, '%')
	if i < 0 {
		return s
	}
	buf := append(make([]byte, 0, len(s)), s[:i]...)
	for ; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := hexValue(s[i+1]), hexValue(s[i+2])
			if hi >= 0 && lo >= 0 {
				buf = append(buf, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		buf = append(buf, s[i])
	}
	return string(buf)
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// ToValidUTF8 replaces each broken sequence by one U+FFFD as the decoder of
// browsers does (WHATWG Encoding §8.1.1): what could have begun a character counts
// as one.
func ToValidUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			size = brokenLen(s[i:])
			b.WriteRune(utf8.RuneError)
		} else {
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// brokenLen returns how many bytes of s, which starts with a broken sequence, one
// U+FFFD stands for.
func brokenLen(s string) int {
	need, low, high := 0, byte(0x80), byte(0xBF)
	switch c := s[0]; {
	case c >= 0xC2 && c <= 0xDF:
		need = 1
	case c >= 0xE0 && c <= 0xEF:
		need = 2
		if c == 0xE0 {
			low = 0xA0
		} else if c == 0xED {
			high = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		need = 3
		if c == 0xF0 {
			low = 0x90
		} else if c == 0xF4 {
			high = 0x8F
		}
	}
	n := 1
	for ; n <= need && n < len(s) && s[n] >= low && s[n] <= high; n++ {
		low, high = 0x80, 0xBF
	}
	return n
}
