package cookies

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	securePrefix = "__Secure-"
	hostPrefix   = "__Host-"

	maxAgeLimit = 400 * 24 * 60 * 60 // seconds; RFC 6265bis section 5.5

	// MaxSize is how many bytes browsers allow a cookie's name and encoded value
	// together; larger cookies are dropped without a word.
	MaxSize = 4096

	httpTime = "Mon, 02 Jan 2006 15:04:05 GMT"
)

var (
	// ErrTooLarge is returned, wrapped with the name and size, for a cookie that
	// browsers would drop. The caller should skip it and warn.
	ErrTooLarge = errors.New("cookie is too large: name and value may have 4096 bytes together, split it with Chunk")
	// ErrTooLong is returned when a cookie would outlive 400 days.
	ErrTooLong = errors.New("cookie lifetime should not be greater than 400 days (34560000 seconds)")
	// ErrInvalid is returned, wrapped, for a name or an attribute that would
	// break the header line.
	ErrInvalid = errors.New("invalid cookie")
)

// Serialize returns the Set-Cookie header value for the cookie, its value
// percent-encoded, its attributes in the order Max-Age, Domain, Path, Expires,
// HttpOnly, Secure, SameSite, Partitioned. The rules of the __Secure- and
// __Host- name prefixes are applied whether the prefix comes from a.Prefix or
// stands in the name. A negative MaxAge is left out, as upstream does. now is
// used to bound Expires. Errors wrap ErrTooLarge, ErrTooLong or ErrInvalid.
// Upstream: serializeCookie.
func Serialize(name, value string, a Attributes, now time.Time) (string, error) {
	name = PrefixedName(name, a.Prefix)
	a = a.enforcePrefix(name)
	value = EncodeComponent(value)
	if err := check(name, value, a, now); err != nil {
		return "", err
	}
	out := make([]byte, 0, len(name)+len(value)+len(a.Domain)+len(a.Path)+128)
	out = append(append(append(out, name...), '='), value...)
	return string(a.append(out)), nil
}

// PrefixedName returns the name a cookie has on the wire for an
// Attributes.Prefix.
func PrefixedName(name, prefix string) string {
	switch prefix {
	case PrefixSecure:
		return securePrefix + name
	case PrefixHost:
		return hostPrefix + name
	}
	return name
}

// enforcePrefix applies what browsers demand (RFC 6265bis section 4.1.3): a
// cookie that breaks these rules would be refused. So would a partitioned one
// without Secure.
func (a Attributes) enforcePrefix(name string) Attributes {
	switch {
	case strings.HasPrefix(name, hostPrefix):
		a.Secure, a.Path, a.Domain = true, "/", ""
	case strings.HasPrefix(name, securePrefix):
		a.Secure = true
	}
	a.Secure = a.Secure || a.Partitioned
	return a
}

func check(name, value string, a Attributes, now time.Time) error {
	switch {
	case !isToken(name):
		return fmt.Errorf("%w: the name may have only letters, digits and !#$%%&'*+-.^_`|~", ErrInvalid)
	case !isAttributeText(a.Domain), !isAttributeText(a.Path), !isAttributeText(a.SameSite):
		return fmt.Errorf("%w %s: an attribute has a semicolon or a control character", ErrInvalid, name)
	case len(name)+len(value) > MaxSize:
		return fmt.Errorf("%w (%s has %d)", ErrTooLarge, name, len(name)+len(value))
	case a.MaxAge != nil && *a.MaxAge > maxAgeLimit,
		!a.Expires.IsZero() && a.Expires.Sub(now) > maxAgeLimit*time.Second:
		return fmt.Errorf("cookie %s: %w", name, ErrTooLong)
	}
	return nil
}

func (a Attributes) append(out []byte) []byte {
	if a.MaxAge != nil && *a.MaxAge >= 0 {
		out = strconv.AppendInt(append(out, "; Max-Age="...), int64(*a.MaxAge), 10)
	}
	if a.Domain != "" {
		out = append(append(out, "; Domain="...), a.Domain...)
	}
	if a.Path != "" {
		out = append(append(out, "; Path="...), a.Path...)
	}
	if !a.Expires.IsZero() {
		out = a.Expires.UTC().AppendFormat(append(out, "; Expires="...), httpTime)
	}
	if a.HTTPOnly {
		out = append(out, "; HttpOnly"...)
	}
	if a.Secure {
		out = append(out, "; Secure"...)
	}
	if a.SameSite != "" {
		out = append(append(out, "; SameSite="...), upper(a.SameSite[0]))
		out = append(out, a.SameSite[1:]...)
	}
	if a.Partitioned {
		out = append(out, "; Partitioned"...)
	}
	return out
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// isToken reports whether s is a token of RFC 9110 section 5.6.2.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

func isAttributeText(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f || s[i] == ';' {
			return false
		}
	}
	return true
}
