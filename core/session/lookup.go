package session

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store"
)

// LookupOptions narrows a lookup.
type LookupOptions struct {
	// NoCache reads the store even when the client has a copy.
	NoCache bool
	// NoRefresh does not extend the session.
	NoRefresh bool
	// Write allows changes although they are deferred. Upstream: POST /get-session.
	Write bool
}

// Found is the result of a lookup.
type Found struct {
	*auth.SignedIn
	// NeedsRefresh says that a deferred refresh is due.
	NeedsRefresh bool
}

// Lookup finds the caller's session by its cookies: in the cached copy, else in the store. On the way it extends the
// session, renews the copy and expires cookies that are of no use any more. The result is nil for a caller without a live
// session. Upstream: getSession.
func Lookup(c *auth.Call, o LookupOptions) (*Found, error) {
	token, ok, stale := c.SignedCookie(c.CookieSet.SessionToken.Name)
	if !ok {
		return nil, forgetForged(c)
	}
	if stale {
		c.ResignSession(token)
	}
	_, forget, _ := c.SignedCookie(c.CookieSet.DontRemember.Name)
	if found, err := fromCopy(c, token, forget, o); found != nil || err != nil {
		return found, err
	}
	return fromStore(c, token, forget, o)
}

// forgetForged expires the cookies of a client whose token is not ours.
func forgetForged(c *auth.Call) error {
	if _, sent := c.Jar().Raw(c.CookieSet.SessionToken.Name); !sent {
		return nil
	}
	return DeleteCookie(c)
}

// fromCopy answers from the cookie cache when it may. A copy that is broken, of another version, of another session or
// too old is expired, and the store decides (UP-141); so it does when the session may have ended.
func fromCopy(c *auth.Call, token string, forget bool, o LookupOptions) (*Found, error) {
	copied, state := readCache(c)
	if state == cacheAbsent {
		return nil, nil
	}
	if state == cacheBroken {
		return nil, forgetCopy(c)
	}
	if !c.Options.Session.CookieCache.Enabled.Or(false) || o.NoCache {
		return nil, nil
	}
	version, err := cacheVersion(c, &copied.SignedIn)
	if err != nil {
		return nil, err
	}
	if copied.Version != version || !auth.SameText(copied.Session.Token, token) ||
		copied.expiresAt.Before(c.Now()) || Expired(c, copied.Session) {
		return nil, forgetCopy(c)
	}
	if c.Revoked.Doubts(token, copied.Session.UserID) {
		return nil, nil
	}
	if err := renewCopy(c, copied, forget); err != nil {
		return nil, err
	}
	c.Session, c.SessionCopied = visible(c, &copied.SignedIn), true
	return &Found{SignedIn: c.Session}, nil
}

// forgetCopy expires the client's copy with all its parts.
func forgetCopy(c *auth.Call) error {
	for _, ck := range append(chunks(c, c.CookieSet.SessionData), c.CookieSet.SessionData) {
		if err := c.ExpireCookie(ck); err != nil {
			return err
		}
	}
	return nil
}

// renewCopy extends a copy that is about to end where there is no store to read again, and re-signs one that an older
// secret made.
func renewCopy(c *auth.Call, copied *cached, forget bool) error {
	o := &c.Options.Session.CookieCache
	if !c.Stateless || c.Secondary != nil || o.RefreshCache != option.On && o.Refresh == nil {
		if copied.stale {
			return setCache(c, &copied.SignedIn, forget)
		}
		return nil
	}
	updateAge := o.MaxAge / 5
	if o.Refresh != nil && o.Refresh.UpdateAge != 0 {
		updateAge = o.Refresh.UpdateAge
	}
	if copied.expiresAt.Sub(c.Now()) >= updateAge && !copied.stale {
		return nil
	}
	s := copied.Session.Clone()
	s.ExpiresAt = c.Now().Add(o.MaxAge)
	copied.Session = s
	if err := setCache(c, &copied.SignedIn, false); err != nil {
		return err
	}
	token := c.CookieSet.SessionToken.ForBrowserSession()
	if !forget {
		token = token.WithMaxAge(int(c.Options.Session.ExpiresIn.Seconds()))
	}
	return c.SetSignedCookie(token, s.Token)
}

// fromStore answers from the store.
func fromStore(c *auth.Call, token string, forget bool, o LookupOptions) (*Found, error) {
	deferred := c.Options.Session.DeferSessionRefresh && !o.Write
	s, err := Find(c, token)
	if err != nil {
		return nil, err
	}
	if s == nil || Expired(c, s.Session) {
		return nil, endExpired(c, s, deferred)
	}
	c.Session, c.SessionCopied = s, false
	found := &Found{SignedIn: s}
	if forget || o.NoRefresh {
		return found, nil
	}
	due := refreshDue(c, s.Session)
	switch {
	case deferred:
		found.NeedsRefresh = due
		return found, setCache(c, s, forget)
	case due:
		return refresh(c, s)
	default:
		return found, setCache(c, s, forget)
	}
}

// endExpired forgets a session that is over.
func endExpired(c *auth.Call, s *auth.SignedIn, deferred bool) error {
	if err := DeleteCookie(c); err != nil || s == nil || deferred {
		return err
	}
	return remove(c, s.Session.Token)
}

// refreshDue reports whether a session was last extended long enough ago.
func refreshDue(c *auth.Call, s *auth.Session) bool {
	o := &c.Options.Session
	due := s.ExpiresAt.Add(o.UpdateAge - o.ExpiresIn)
	return !o.DisableSessionRefresh && !due.After(c.Now())
}

// refresh extends a session, unless it was revoked meanwhile.
func refresh(c *auth.Call, s *auth.SignedIn) (*Found, error) {
	now := c.Now()
	updated, err := Update(c, s.Session.Token, store.Record{"expiresAt": now.Add(c.Options.Session.ExpiresIn), "updatedAt": now})
	if err != nil {
		return nil, err
	}
	if updated == nil {
		if err := DeleteCookie(c); err != nil {
			return nil, err
		}
		return nil, auth.Fail(http.StatusUnauthorized, auth.FailedToGetSession)
	}
	life := int(updated.ExpiresAt.Sub(now) / time.Second)
	current := &auth.SignedIn{Session: updated, User: s.User}
	if err := setCookie(c, current, option.Off, &life); err != nil {
		return nil, err
	}
	c.Session, c.SessionCopied = visible(c, current), false
	return &Found{SignedIn: c.Session}, nil
}

// Current returns the caller's session, or nil, without changing the client's cookies: a guard's lookup must not log a
// client in or out by the way. The first lookup of a call decides for the rest of it, but a copy that it found is not
// enough for a caller who asks the store (UP-061). A store that fails is logged and counts as no session; where that would
// be wrong, use [Confirmed]. Upstream: getSessionFromCtx.
func Current(c *auth.Call, o LookupOptions) *auth.SignedIn {
	s, err := current(c, o)
	if err != nil {
		c.Logger.Error("session lookup failed", "error", err)
	}
	return s
}

// Confirmed is [Current] as the store has it, and fails when the store does: nobody counts as signed out because of that
// (FAULT-005). Without any store the client's copy is all there is.
func Confirmed(c *auth.Call) (*auth.SignedIn, error) {
	return current(c, LookupOptions{NoCache: HasStore(c)})
}

// HasStore reports whether the server keeps sessions, so that a client's copy is only a copy.
func HasStore(c *auth.Call) bool { return !c.Stateless || c.Secondary != nil }

func current(c *auth.Call, o LookupOptions) (*auth.SignedIn, error) {
	if c.Session != nil && (!o.NoCache || !c.SessionCopied) {
		return c.Session, nil
	}
	c.Session, c.SessionCopied = nil, false
	o.NoCache = o.NoCache || truthy(c.Query, "disableCookieCache")
	o.NoRefresh = o.NoRefresh || truthy(c.Query, "disableRefresh")
	var found *Found
	err := c.Reply.Discard(func() (err error) {
		created := c.NewSession
		found, err = Lookup(c, o)
		c.NewSession = created
		return err
	})
	if _, ended := errors.AsType[*auth.Error](err); ended || err == nil && found == nil {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look up the session: %w", err)
	}
	return found.SignedIn, nil
}
