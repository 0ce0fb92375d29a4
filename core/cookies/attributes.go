package cookies

import "time"

// Attributes are the attributes of one cookie (RFC 6265bis section 4.1.2). The
// zero value is a session cookie without any; copies are independent as long as
// MaxAge is replaced, not written through.
type Attributes struct {
	MaxAge      *int      // seconds; nil: until the browser closes; 0: delete now
	Domain      string    // empty: this host only
	Path        string    // empty: the request's directory
	Expires     time.Time // zero: absent
	HTTPOnly    bool
	Secure      bool
	SameSite    string // "strict", "lax" or "none", in any case; empty: absent
	Partitioned bool   // implies Secure
	Prefix      string // PrefixSecure, PrefixHost or empty
}

// Values of Attributes.Prefix, upstream's names for the name prefixes
// __Secure- and __Host-.
const (
	PrefixSecure = "secure"
	PrefixHost   = "host"
)

// Override changes some attributes and leaves the others: nil means unchanged,
// so that false and "" can be set too. Upstream: a partial CookieOptions spread
// over another.
type Override struct {
	MaxAge      *int       `option:"maxAge"`
	Domain      *string    `option:"domain"`
	Path        *string    `option:"path"`
	Expires     *time.Time `option:"expires"`
	HTTPOnly    *bool      `option:"httpOnly"`
	Secure      *bool      `option:"secure"`
	SameSite    *string    `option:"sameSite"`
	Partitioned *bool      `option:"partitioned"`
	Prefix      *string    `option:"prefix"`
}

// With returns a copy of a with the override's attributes set.
func (a Attributes) With(o Override) Attributes {
	if o.MaxAge != nil {
		a.MaxAge = new(*o.MaxAge)
	}
	set(&a.Domain, o.Domain)
	set(&a.Path, o.Path)
	set(&a.Expires, o.Expires)
	set(&a.HTTPOnly, o.HTTPOnly)
	set(&a.Secure, o.Secure)
	set(&a.SameSite, o.SameSite)
	set(&a.Partitioned, o.Partitioned)
	set(&a.Prefix, o.Prefix)
	return a
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

// WithMaxAge returns a copy of a that lasts for the given seconds.
func (a Attributes) WithMaxAge(seconds int) Attributes {
	a.MaxAge = &seconds
	return a
}

// Deletion returns a copy of a that removes the cookie; set it with an empty
// value.
func (a Attributes) Deletion() Attributes { return a.WithMaxAge(0) }
