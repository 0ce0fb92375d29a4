package apikey

import (
	"unicode/utf16"
	"unicode/utf8"

	"github.com/goauth-dev/goauth/core/auth"
)

// given returns a member of the call's body as it came; has says whether it is there.
func given(c *auth.Call, name string) any {
	body, _ := c.Body.(*auth.Object)
	v, _ := body.Get(name)
	return v
}

func has(c *auth.Call, name string) bool {
	body, _ := c.Body.(*auth.Object)
	_, there := body.Get(name)
	return there
}

// truthy is JavaScript's, for values of a body.
func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case interface{ Float() float64 }:
		return v.Float() != 0
	default:
		return true
	}
}

// isObject reports whether JavaScript calls a value an object.
func isObject(v any) bool {
	switch v.(type) {
	case bool, string, int, int64, float64, interface{ Float() float64 }:
		return false
	default:
		return true
	}
}

// units counts UTF-16 units, as JavaScript does.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// firstUnits is the beginning of s that has at most n UTF-16 units.
func firstUnits(s string, n int) string {
	for i, r := range s {
		if n -= max(utf16.RuneLen(r), 1); n < 0 {
			return s[:i]
		}
		if n == 0 {
			return s[:i+utf8.RuneLen(r)]
		}
	}
	return s
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// value is what a pointer points to, or nil.
func value[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// either is what a pointer points to, or else def.
func either[T any](p *T, def T) T {
	if p == nil {
		return def
	}
	return *p
}
