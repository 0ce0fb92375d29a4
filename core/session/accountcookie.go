package session

import (
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/cookies"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// accountSalt is the salt of the account cookie's encryption, and accountLife its life when the cookie has none.
const (
	accountSalt = "better-auth-account"
	accountLife = 5 * time.Minute
)

// StoresAccount reports whether clients keep their provider's account in a cookie.
func StoresAccount(c *auth.Call) bool { return c.Options.Account.StoreAccountCookie.Or(false) }

// SetAccountCookie gives the client the row of its account at a provider, encrypted. Upstream: setAccountCookie.
func SetAccountCookie(c *auth.Call, row store.Record) error {
	payload, err := js.Marshal(map[string]any(row))
	if err != nil {
		return err
	}
	ck, life := c.CookieSet.AccountData, accountLife
	if age := ck.Attributes.MaxAge; age != nil && *age > 0 {
		life = time.Duration(*age) * time.Second
	}
	value, err := c.Keys.EncodeJWE(c.Random, payload, accountSalt, c.Now(), life)
	if err != nil {
		return err
	}
	return setChunked(c, ck, value)
}

// AccountCookie returns the account that the client's cookie holds, or nil. It is whose the row says, which need not be the
// caller. Upstream: getAccountCookie.
func AccountCookie(c *auth.Call) (*auth.Account, store.Record) {
	text, ok := cookies.Join(c.Jar(), c.CookieSet.AccountData.Name)
	if !ok {
		return nil, nil
	}
	payload, _, err := c.Keys.DecodeJWE(text, accountSalt, c.Now())
	rec, ok := c.RecordFromTree(schema.AccountModel, parsed(payload, err))
	if !ok {
		return nil, nil
	}
	for _, claim := range []string{"iat", "exp", "jti"} {
		delete(rec, claim)
	}
	return auth.AccountFromRecord(rec), rec
}

// renewAccountCookie keeps the account cookie alive as long as the copy of the session. One that this answer sets stays.
func renewAccountCookie(c *auth.Call, userID string) error {
	a, row := ownAccountCookie(c)
	if a == nil || a.UserID != userID {
		return nil
	}
	return SetAccountCookie(c, row)
}

// dropForeignAccount makes the client forget the account of another user than the one who signs in (UP-066).
func dropForeignAccount(c *auth.Call, userID string) error {
	a, _ := ownAccountCookie(c)
	if a == nil || a.UserID == userID {
		return nil
	}
	for _, ck := range append(chunks(c, c.CookieSet.AccountData), c.CookieSet.AccountData) {
		if err := c.ExpireCookie(ck); err != nil {
			return err
		}
	}
	return nil
}

// ownAccountCookie is the client's account cookie, unless there is none to keep or this answer sets one.
func ownAccountCookie(c *auth.Call) (*auth.Account, store.Record) {
	name := c.CookieSet.AccountData.Name
	if !StoresAccount(c) || c.Reply.Sets(name) || c.Reply.Sets(name+".0") {
		return nil, nil
	}
	return AccountCookie(c)
}
