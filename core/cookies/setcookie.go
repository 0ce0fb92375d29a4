package cookies

import (
	"strconv"
	"strings"
	"time"
)

// SetCookie is a Set-Cookie header as a client reads it.
type SetCookie struct {
	Name       string
	Value      string // percent-decoded where it decodes
	Attributes Attributes
}

// ParseSetCookie reads one Set-Cookie header value; ok is false when it has no
// name. Attribute names are matched in any case, SameSite comes back in lower
// case, and what is unknown or malformed is left out. Prefix is never set: the
// name is the one on the wire. Upstream: parseSetCookieHeader, for one cookie.
func ParseSetCookie(header string) (cookie SetCookie, ok bool) {
	pair, attributes, _ := strings.Cut(header, ";")
	name, value, found := strings.Cut(strings.TrimSpace(pair), "=")
	if !found || name == "" {
		return SetCookie{}, false
	}
	cookie = SetCookie{Name: name, Value: value}
	if decoded, valid := DecodeComponent(value); valid {
		cookie.Value = decoded
	}
	for attribute := range strings.SplitSeq(attributes, ";") {
		key, value, _ := strings.Cut(attribute, "=")
		cookie.Attributes.parse(strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value))
	}
	return cookie, true
}

func (a *Attributes) parse(key, value string) {
	switch key {
	case "max-age":
		if seconds, err := strconv.Atoi(value); err == nil {
			a.MaxAge = &seconds
		}
	case "expires":
		if t, err := time.Parse(httpTime, value); err == nil {
			a.Expires = t
		}
	case "domain":
		a.Domain = value
	case "path":
		a.Path = value
	case "secure":
		a.Secure = true
	case "httponly":
		a.HTTPOnly = true
	case "samesite":
		a.SameSite = strings.ToLower(value)
	case "partitioned":
		a.Partitioned = true
	}
}
