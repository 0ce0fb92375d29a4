package account

import (
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// ProveEmail marks a user's address as verified because the caller has just proven to read its mail: by a link or a code
// that signs in. With the first proof everything goes that let somebody in before it (see [RevokeAccess]): whoever signed
// up with the address may have been somebody else (UP-068). Confirming a sign-up is no such proof, since there the owner
// of the password asked for it. It returns the user as stored, or nil when there is none with that address any more.
func ProveEmail(c *auth.Call, u *auth.User) (*auth.User, error) {
	if u.EmailVerified {
		return u, nil
	}
	proven, err := Prove(c, u, store.Where{store.Is("email", u.Email), store.Is("emailVerified", false)}, store.Record{"emailVerified": true})
	if proven != nil && proven.Email != u.Email {
		proven = nil
	}
	return proven, err
}

// Prove is [ProveEmail] for another address or number: it stores set, which marks it as proven, while guard, which says
// that it is not, holds. It returns the user as stored, with the mark or without, or nil when there is none any more.
func Prove(c *auth.Call, u *auth.User, guard store.Where, set store.Record) (*auth.User, error) {
	var proven *auth.User
	err := c.InTx(func() (err error) {
		proven, err = updateUser(c, append(store.Where{store.Is("id", u.ID)}, guard...), set)
		if err != nil {
			return err
		}
		if proven != nil {
			return RevokeAccess(c, u.ID)
		}
		proven, err = FindUserByID(c, u.ID) // proven meanwhile, or changed
		return err
	})
	return proven, err
}

// RevokeAccess removes a user's password, every other account to sign in with, what plugins keep for that, and every
// session, in one transaction.
func RevokeAccess(c *auth.Call, userID string) error {
	return c.InTx(func() error {
		if err := c.Delete(schema.AccountModel, store.Where{store.Is("userId", userID)}); err != nil {
			return err
		}
		for i := range c.Options.Plugins {
			if revoke := c.Options.Plugins[i].RevokeAccess; revoke != nil {
				if err := revoke(c, userID); err != nil {
					return err
				}
			}
		}
		return session.DeleteAll(c, userID)
	})
}
