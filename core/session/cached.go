package session

import "github.com/goauth-dev/goauth/core/auth"

// Cached returns the session of the client's signed copy alone, or nil when there is none, when it is broken, of another
// version or too old (UP-064), or when copies are off. It reads no store: a session that was revoked meanwhile is still
// there until its copy ends, unless Options.Revocations has told of its very token. Upstream: getCookieCache.
func Cached(c *auth.Call) *auth.SignedIn {
	copied, state := readCache(c)
	if state != cacheGood || !c.Options.Session.CookieCache.Enabled.Or(false) {
		return nil
	}
	version, err := cacheVersion(c, &copied.SignedIn)
	if err != nil {
		c.Logger.Error("version of the cookie cache", "error", err)
		return nil
	}
	if copied.Version != version || copied.expiresAt.Before(c.Now()) || Expired(c, copied.Session) || c.Revoked.Ended(copied.Session.Token) {
		return nil
	}
	return visible(c, &copied.SignedIn)
}
