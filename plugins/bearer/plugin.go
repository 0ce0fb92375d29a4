// Package bearer lets clients that keep no cookies use sessions: they read the token from the header Set-Auth-Token of an
// answer and send it as Authorization: Bearer (RFC 6750 §2.1). Upstream: bearer.
package bearer

import (
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/cookies"
)

// Options configures the plugin.
type Options struct {
	// RequireSignature accepts signed tokens only, as Set-Auth-Token has them. Without it the token of a session row is
	// enough, so whoever can read that table can use every session. Default: off, as upstream; turn it on in new
	// applications.
	RequireSignature bool `option:"requireSignature"`
}

const (
	scheme      = "Bearer "
	tokenHeader = "Set-Auth-Token"
)

// New returns the plugin.
func New(o Options) auth.Plugin {
	return auth.Plugin{
		ID:     "bearer",
		Before: []auth.BeforeHook{{Match: hasAuthorization, Run: func(c *auth.Call) (*auth.Answer, error) { o.toCookie(c); return nil, nil }}},
		After:  []auth.AfterHook{{Run: exposeToken}},
	}
}

func hasAuthorization(c *auth.Call) bool { return c.Header.Get("Authorization") != "" }

// toCookie turns a good token into the session cookie that every guard reads. A bad one is left alone: the caller is then
// nobody, or whoever its cookies say.
func (o *Options) toCookie(c *auth.Call) {
	given := c.Header.Get("Authorization")
	if len(given) < len(scheme) || !strings.EqualFold(given[:len(scheme)], scheme) {
		return
	}
	token := strings.TrimSpace(given[len(scheme):])
	if token == "" {
		return
	}
	signed, ok := o.signed(c, token)
	if !ok {
		return
	}
	// It goes first, since of two cookies with one name the first counts (UP-123).
	pairs := []string{c.CookieSet.SessionToken.Name + "=" + cookies.EncodeComponent(signed)}
	pairs = append(pairs, c.Header.Values("Cookie")...)
	c.Header = c.Header.Clone()
	c.Header.Set("Cookie", strings.Join(pairs, "; "))
}

// signed returns the token with a signature that is right.
func (o *Options) signed(c *auth.Call, token string) (string, bool) {
	if !strings.Contains(token, ".") {
		return cookies.SignedValue(token, c.Keys.Sign(token)), !o.RequireSignature
	}
	if decoded, ok := cookies.DecodeComponent(token); ok {
		token = decoded
	}
	value, signature, ok := cookies.SplitSigned(token)
	if !ok {
		return "", false
	}
	ok, _ = c.Keys.Verify(value, signature)
	return token, ok
}

// exposeToken repeats the session cookie that the answer sets in a header that scripts of other origins may read.
func exposeToken(c *auth.Call) error {
	token := sessionToken(c)
	if token == "" {
		return nil
	}
	c.Reply.Header.Set(tokenHeader, token)
	c.Reply.Expose("set-auth-token")
	return nil
}

// sessionToken returns the value of the session cookie that the answer sets, or "" when it sets none or expires it.
func sessionToken(c *auth.Call) string {
	for _, line := range c.Reply.SetCookies() {
		set, ok := cookies.ParseSetCookie(line)
		if !ok || set.Name != c.CookieSet.SessionToken.Name || set.Attributes.MaxAge != nil && *set.Attributes.MaxAge == 0 {
			continue
		}
		return set.Value
	}
	return ""
}
