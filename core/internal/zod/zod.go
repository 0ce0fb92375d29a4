// Package zod has the rules and the wording of zod 4.3.6, the validation library
// whose sentences upstream sends to its clients. Values are those of package js.
package zod

import (
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/internal/js"
)

// The sentences that have no parts.
const (
	InvalidInput = "Invalid input"         // a union whose members all refuse the type (one that takes the type and fails a check speaks for itself); a refinement
	InvalidEmail = "Invalid email address" // z.email()
	InvalidURL   = "Invalid URL"           // z.url()
	InvalidIPv4  = "Invalid IPv4 address"  // z.ipv4()
	InvalidIPv6  = "Invalid IPv6 address"  // z.ipv6()
	InvalidUUID  = "Invalid UUID"          // z.uuid()
	InvalidISO   = "Invalid ISO datetime"  // z.iso.datetime()
)

// Kinds of value that a size or a range is asked of.
const (
	String = "string"
	Array  = "array"
	Num    = "number"
	Int    = "int"
	Date   = "date"
)

// TypeName returns what zod calls the type of v in "received …". A value that is not
// present is undefined.
func TypeName(v any, present bool) string {
	if !present {
		return "undefined"
	}
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	case js.Number:
		return "number"
	case float64:
		if math.IsNaN(v) {
			return "NaN"
		}
		return "number"
	case time.Time:
		return "Date"
	case *js.Object:
		return "object"
	}
	return kindName(v)
}

// kindName names values that do not come out of a parser.
func kindName(v any) string {
	switch reflect.TypeOf(v).Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Slice, reflect.Array:
		return "array"
	case reflect.Float32, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "number"
	case reflect.Func:
		return "function"
	}
	return "object"
}

// InvalidType says that v is not of the expected type: "string", "number",
// "boolean", "array", "object", "record", "date", "int", "null".
func InvalidType(expected string, v any, present bool) string {
	return "Invalid input: expected " + expected + ", received " + TypeName(v, present)
}

// InvalidOption says that a value is none of an enum's or a literal's. One option
// alone is worded as a literal. Options are strings, numbers, booleans or nil.
func InvalidOption(options ...any) string {
	texts := make([]string, len(options))
	for i, option := range options {
		texts[i] = primitive(option)
	}
	if len(options) == 1 {
		return "Invalid input: expected " + texts[0]
	}
	return "Invalid option: expected one of " + strings.Join(texts, "|")
}

// primitive writes an option: strings in quotes that nothing escapes.
func primitive(v any) string {
	if s, ok := v.(string); ok {
		return `"` + s + `"`
	}
	return CoerceString(v, true)
}

// TooSmall says that a value of a kind has or is less than limit. For strings
// (UTF-16 units) and arrays it is the size; elsewhere inclusive tells >= from >.
func TooSmall(kind string, limit float64, inclusive bool) string {
	sign := ">"
	if inclusive {
		sign = ">="
	}
	return "Too small: expected " + kind + bound(kind, sign, limit)
}

// TooBig says that a value of a kind has or is more than limit; see [TooSmall].
func TooBig(kind string, limit float64, inclusive bool) string {
	sign := "<"
	if inclusive {
		sign = "<="
	}
	return "Too big: expected " + kind + bound(kind, sign, limit)
}

func bound(kind, sign string, limit float64) string {
	switch kind {
	case String:
		return " to have " + sign + js.FormatNumber(limit) + " characters"
	case Array:
		return " to have " + sign + js.FormatNumber(limit) + " items"
	}
	return " to be " + sign + js.FormatNumber(limit)
}

// NotMultipleOf says that a number is not divisible by n.
func NotMultipleOf(n float64) string {
	return "Invalid number: must be a multiple of " + js.FormatNumber(n)
}

// Pattern says that a string does not match a regular expression, which is given as
// JavaScript writes it, slashes and flags included.
func Pattern(expression string) string {
	return "Invalid string: must match pattern " + expression
}

// StartsWith says that a string must start with prefix.
func StartsWith(prefix string) string { return `Invalid string: must start with "` + prefix + `"` }

// EndsWith says that a string must end with suffix.
func EndsWith(suffix string) string { return `Invalid string: must end with "` + suffix + `"` }

// Includes says that a string must include part.
func Includes(part string) string { return `Invalid string: must include "` + part + `"` }

// UnrecognizedKeys names the keys that a strict object does not have.
func UnrecognizedKeys(keys ...string) string {
	word := "Unrecognized key: "
	if len(keys) > 1 {
		word = "Unrecognized keys: "
	}
	return word + `"` + strings.Join(keys, `", "`) + `"`
}

// InvalidKey says that a key of a "record" or "map" does not fit.
func InvalidKey(origin string) string { return "Invalid key in " + origin }
