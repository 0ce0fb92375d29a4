package js

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// maxWriteDepth is how deep values may nest when they are written; only a value
// that contains itself gets there.
const maxWriteDepth = 256

var errTooDeep = errors.New("encode JSON: the value is nested more than 256 deep, or contains itself")

// Appender is a value that writes its own JSON. It is called on nil pointers too
// only when they are not the value's own: a nil pointer is written as null.
type Appender interface {
	AppendJSON(dst []byte) ([]byte, error)
}

// usualSize is the room a text has before it grows: most answers fit.
const usualSize = 1024

// Marshal returns v as JSON.stringify writes it; see [Append].
func Marshal(v any) ([]byte, error) { return Append(make([]byte, 0, usualSize), v) }

// Append writes v after dst as JSON.stringify does: no HTML escaping, U+2028 and
// U+2029 as they are, invalid UTF-8 as U+FFFD, dates as [FormatDate], NaN and
// infinities as null. Integers keep all their digits. Objects keep their order, maps
// are sorted by key, structs follow their fields and `json` tags (name, "-",
// omitempty, omitzero; embedded structs are merged in). Functions, channels, byte
// slices and maps without string keys are errors.
func Append(dst []byte, v any) ([]byte, error) { return appendAny(dst, v, 0) }

func appendAny(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case string:
		return AppendString(dst, v), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case float64:
		return appendFloat(dst, v), nil
	case Number:
		return v.AppendJSON(dst)
	case time.Time:
		return AppendTime(dst, v), nil
	case *Object:
		return v.append(dst, depth)
	case []any:
		return appendItems(dst, v, depth)
	case map[string]any:
		return appendMap(dst, v, depth)
	}
	return appendReflect(dst, reflect.ValueOf(v), depth)
}

// AppendJSON writes the object with its keys in order, and nil as null.
func (o *Object) AppendJSON(dst []byte) ([]byte, error) { return o.append(dst, 0) }

func (o *Object) append(dst []byte, depth int) ([]byte, error) {
	if o == nil {
		return append(dst, "null"...), nil
	}
	if depth >= maxWriteDepth {
		return nil, errTooDeep
	}
	dst = append(dst, '{')
	for i, e := range o.ordered() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendString(dst, e.key), ':')
		var err error
		if dst, err = appendAny(dst, e.value, depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func appendItems(dst []byte, items []any, depth int) ([]byte, error) {
	if items == nil {
		return append(dst, "null"...), nil
	}
	if depth >= maxWriteDepth {
		return nil, errTooDeep
	}
	dst = append(dst, '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendAny(dst, item, depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func appendMap(dst []byte, m map[string]any, depth int) ([]byte, error) {
	if m == nil {
		return append(dst, "null"...), nil
	}
	if depth >= maxWriteDepth {
		return nil, errTooDeep
	}
	dst = append(dst, '{')
	for i, key := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendString(dst, key), ':')
		var err error
		if dst, err = appendAny(dst, m[key], depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// AppendTime writes a date as [FormatDate] does, in quotes, and null beyond what a
// Date can hold.
func AppendTime(dst []byte, t time.Time) []byte {
	if ms := t.UnixMilli(); ms > maxDate || ms < -maxDate {
		return append(dst, "null"...)
	}
	return append(appendDate(append(dst, '"'), t), '"')
}

const hexDigits = "0123456789abcdef"

// plain marks the bytes that stand for themselves in a JSON string.
var plain = func() (table [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

// AppendString writes s as a JSON string as JSON.stringify does.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			dst = appendEscape(append(dst, s[from:i]...), c)
			i++
			from = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(append(dst, s[from:i]...), "\uFFFD"...)
			from = i + 1
		}
		i += size
	}
	return append(append(dst, s[from:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\t':
		return append(dst, '\\', 't')
	case '\n':
		return append(dst, '\\', 'n')
	case '\f':
		return append(dst, '\\', 'f')
	case '\r':
		return append(dst, '\\', 'r')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xF])
}
