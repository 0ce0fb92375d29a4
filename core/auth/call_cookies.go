package auth

import (
	"strings"

	"github.com/goauth-dev/goauth/core/cookies"
)

// Jar returns the request's cookies, as they are in the header now: a hook may have changed it.
func (c *Call) Jar() cookies.Jar {
	return cookies.Parse(strings.Join(c.Header.Values("Cookie"), "; "))
}

// SignedCookie returns the value of a signed cookie and whether its signature is right. stale says that an older secret
// made it. Upstream: getSignedCookie.
func (c *Call) SignedCookie(name string) (value string, ok, stale bool) {
	text, found := c.Jar().Get(name)
	if !found {
		return "", false, false
	}
	value, signature, ok := cookies.SplitSigned(text)
	if !ok {
		return "", false, false
	}
	ok, stale = c.Keys.Verify(value, signature)
	if !ok {
		return "", false, false
	}
	return value, true, stale
}

// SetCookie adds a cookie to the answer. It fails when the cookie's attributes are out of bounds.
func (c *Call) SetCookie(ck Cookie, value string) error {
	line, err := cookies.Serialize(ck.Name, value, ck.Attributes, c.Now())
	if err != nil {
		return err
	}
	c.Reply.setCookie(ck, line)
	return nil
}

// SetSignedCookie adds a signed cookie to the answer.
func (c *Call) SetSignedCookie(ck Cookie, value string) error {
	return c.SetCookie(ck, cookies.SignedValue(value, c.Keys.Sign(value)))
}

// ExpireCookie makes the client forget a cookie.
func (c *Call) ExpireCookie(ck Cookie) error { return c.SetCookie(ck.WithMaxAge(0), "") }

// WithMaxAge returns the cookie with another life in seconds.
func (ck Cookie) WithMaxAge(seconds int) Cookie {
	ck.Attributes.MaxAge = &seconds
	return ck
}

// ForBrowserSession returns the cookie without a life of its own.
func (ck Cookie) ForBrowserSession() Cookie {
	ck.Attributes.MaxAge = nil
	return ck
}

// WithName returns the cookie under another full name.
func (ck Cookie) WithName(name string) Cookie {
	ck.Name = name
	return ck
}

// NewCookie resolves a plugin's cookie by its logical name; maxAge, in seconds, may be nil.
func (c *Call) NewCookie(logical string, maxAge *int) Cookie {
	return NewCookie(&c.Options, c.Secure, firstNonEmpty(c.ownHost, c.cookieHost), logical, maxAge)
}

// ResignSession makes the answer carry the session token signed with the newest secret, unless it sets the cookie anyway:
// rotating secrets signs nobody out.
func (c *Call) ResignSession(token string) { c.staleToken = token }

// finishCookies adds the cookies that depend on what the call did.
func (c *Call) finishCookies() error {
	ck := c.CookieSet.SessionToken
	if c.staleToken == "" || c.Reply.Sets(ck.Name) {
		return nil
	}
	if _, forget, _ := c.SignedCookie(c.CookieSet.DontRemember.Name); forget {
		if err := c.SetSignedCookie(c.CookieSet.DontRemember, "true"); err != nil {
			return err
		}
		return c.SetSignedCookie(ck.ForBrowserSession(), c.staleToken)
	}
	return c.SetSignedCookie(ck, c.staleToken)
}
