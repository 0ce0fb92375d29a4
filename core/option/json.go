package option

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"

	"github.com/goauth-dev/goauth/core/internal/js"
)

// ParseJSON reads a JSON document as a tree that keeps the order of keys and the digits of numbers. It accepts // and
// /* */ comments and a byte order mark. A key twice in one object is an error. Errors name line and column.
func ParseJSON(data []byte) (any, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	text := withoutComments(data)
	tree, err := js.Parse(text)
	if err != nil {
		return nil, located(err, text)
	}
	return tree, nil
}

// withoutComments puts blanks in the place of comments, so that positions stay.
func withoutComments(data []byte) []byte {
	out := bytes.Clone(data)
	for i := 0; i < len(out); i++ {
		switch {
		case out[i] == '"':
			i = stringEnd(out, i)
		case bytes.HasPrefix(out[i:], []byte("//")):
			i = blank(out, i, "\n")
		case bytes.HasPrefix(out[i:], []byte("/*")):
			i = blank(out, i, "*/")
		}
	}
	return out
}

// stringEnd returns the position of the quote that ends the text beginning at i.
func stringEnd(data []byte, i int) int {
	for i++; i < len(data) && data[i] != '"'; i++ {
		if data[i] == '\\' {
			i++
		}
	}
	return i
}

// blank overwrites a comment from i to its end mark, but for line ends, and returns its last position.
func blank(data []byte, i int, end string) int {
	stop := len(data)
	if n := bytes.Index(data[min(i+2, stop):], []byte(end)); n >= 0 {
		stop = i + 2 + n + len(end)
	}
	for j := i; j < stop; j++ {
		if data[j] != '\n' {
			data[j] = ' '
		}
	}
	return stop - 1
}

var bytePosition = regexp.MustCompile(`^(?:invalid|refused) JSON: (.*) at byte (\d+)$`)

// located says line and column instead of the byte.
func located(err error, text []byte) error {
	m := bytePosition.FindStringSubmatch(err.Error())
	if m == nil {
		return err
	}
	at, convErr := strconv.Atoi(m[2])
	if convErr != nil || at > len(text) {
		return err
	}
	before := text[:at]
	line, column := 1+bytes.Count(before, []byte("\n")), at-bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("line %d, column %d: %s", line, column, m[1])
}
