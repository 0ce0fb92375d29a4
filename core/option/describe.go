package option

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// numeric is a number kept as its text, such as a parsed JSON number.
type numeric interface {
	Float() float64
	Int() (int64, bool)
}

// describe names what a value of a tree is, for messages. It never shows a text, which may be a secret.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case string:
		return "a text"
	case time.Time:
		return "a date"
	case []any:
		return "a list"
	}
	if _, ok := Entries(v); ok {
		return "an object"
	}
	if _, ok := numberOf(v); ok {
		return "a number"
	}
	return fmt.Sprintf("a %T", v)
}

var toggleType = reflect.TypeFor[Toggle]()

// wanted names what a type takes, for messages.
func wanted(t reflect.Type) string {
	switch {
	case t == toggleType:
		return "true or false"
	case t == durationType:
		return `a number of seconds or a text such as "15m"`
	case t == timeType:
		return "a date as text"
	case reflect.PointerTo(t).Implements(decoderType):
		return "a " + t.Name()
	}
	switch kind := t.Kind(); {
	case kind == reflect.Pointer:
		return wanted(t.Elem())
	case kind == reflect.Bool:
		return "true or false"
	case kind == reflect.String:
		return "a text"
	case kind == reflect.Slice:
		return "a list"
	case kind == reflect.Struct || kind == reflect.Map:
		return "an object"
	case kind >= reflect.Int && kind <= reflect.Uint64:
		return "a whole number"
	default:
		return "a number"
	}
}

// fits reports whether a type takes values of v's kind. A [Decoder] fits when it takes the value itself.
func fits(v any, t reflect.Type) bool {
	if t != toggleType && reflect.PointerTo(t).Implements(decoderType) {
		return reflect.New(t).Interface().(Decoder).DecodeOption(v) == nil
	}
	switch v := v.(type) {
	case bool:
		return wanted(t) == "true or false"
	case string:
		return t == timeType || isDuration(v, t) || wanted(t) == "a text"
	case []any:
		return wanted(t) == "a list"
	}
	if _, ok := Entries(v); ok {
		return wanted(t) == "an object"
	}
	return strings.Contains(wanted(t), "number")
}

func isDuration(s string, t reflect.Type) bool {
	_, ok := parseDuration(s)
	return t == durationType && ok
}

// either joins what is possible: "a, b or c".
func either(kinds []string) string {
	last := len(kinds) - 1
	if last == 0 {
		return kinds[0]
	}
	return strings.Join(kinds[:last], ", ") + " or " + kinds[last]
}
