package session

import (
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/cookies"
	"github.com/goauth-dev/goauth/core/option"
)

// SetCookie gives the client a session: its signed token, the mark of a session that is not to be remembered, and the
// cached copy. Whether it is remembered comes from the request's cookie unless it is set. Upstream: setSessionCookie.
func SetCookie(c *auth.Call, s *auth.SignedIn, dontRemember option.Toggle) error {
	return setCookie(c, s, dontRemember, nil)
}

// setCookie is SetCookie with another life, in seconds, for the token.
func setCookie(c *auth.Call, s *auth.SignedIn, dontRemember option.Toggle, maxAge *int) error {
	_, marked, _ := c.SignedCookie(c.CookieSet.DontRemember.Name)
	forget := dontRemember.Or(marked)
	token := c.CookieSet.SessionToken
	token.Attributes.MaxAge = maxAge
	if maxAge == nil && !forget {
		token = token.WithMaxAge(int(c.Options.Session.ExpiresIn.Seconds()))
	}
	if err := c.SetSignedCookie(token, s.Session.Token); err != nil {
		return err
	}
	if forget {
		if err := c.SetSignedCookie(c.CookieSet.DontRemember, "true"); err != nil {
			return err
		}
	}
	c.NewSession = s
	if err := dropForeignAccount(c, s.User.ID); err != nil {
		return err
	}
	return setCache(c, s, forget)
}

// DeleteCookie makes the client forget its session. Upstream: deleteSessionCookie.
func DeleteCookie(c *auth.Call) error {
	if err := expire(c); err != nil {
		return err
	}
	return c.ExpireCookie(c.CookieSet.DontRemember)
}

// expire expires every cookie of a session but the mark of one that is not to be remembered.
func expire(c *auth.Call) error {
	expired := []auth.Cookie{c.CookieSet.SessionToken, c.CookieSet.SessionData}
	expired = append(expired, chunks(c, c.CookieSet.SessionData)...)
	if c.Options.Account.StoreAccountCookie.Or(false) {
		expired = append(expired, c.CookieSet.AccountData)
		expired = append(expired, chunks(c, c.CookieSet.AccountData)...)
	}
	for _, ck := range expired {
		if err := c.ExpireCookie(ck); err != nil {
			return err
		}
	}
	return nil
}

// Withdraw ends the session that this call started, before the client hears of it: neither its token nor a part of its
// copy is in the answer (UP-021), and its row is gone. The mark of a session that is not to be remembered stays, for the
// one that may follow. Without a new session it does nothing.
func Withdraw(c *auth.Call) error {
	s := c.NewSession
	if s == nil {
		return nil
	}
	data := c.CookieSet.SessionData.Name
	c.Reply.Drop(func(name string) bool {
		return name == c.CookieSet.SessionToken.Name || name == data || strings.HasPrefix(name, data+".")
	})
	c.NewSession = nil
	if err := expire(c); err != nil {
		return err
	}
	return Delete(c, s.Session.Token)
}

// chunks returns the cookies of the request that hold parts of a long one.
func chunks(c *auth.Call, ck auth.Cookie) []auth.Cookie {
	var parts []auth.Cookie
	for _, name := range cookies.ChunkNames(c.Jar(), ck.Name) {
		parts = append(parts, ck.WithName(name))
	}
	return parts
}

// setChunked sets a cookie that may be too long for one, and expires the parts that an older value had.
func setChunked(c *auth.Call, ck auth.Cookie, value string) error {
	pairs := []cookies.Pair{{Name: ck.Name, Value: value}}
	if len(ck.Name)+len(value) > cookies.MaxSize {
		pairs = cookies.Chunk(ck.Name, value)
	}
	kept := map[string]bool{}
	for _, p := range pairs {
		kept[p.Name] = true
	}
	for _, old := range chunks(c, ck) {
		if !kept[old.Name] {
			if err := c.ExpireCookie(old); err != nil {
				return err
			}
		}
	}
	for _, p := range pairs {
		if err := c.SetCookie(ck.WithName(p.Name), p.Value); err != nil {
			return err
		}
	}
	return nil
}
