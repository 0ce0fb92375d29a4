// Package account keeps users and the accounts they sign in with.
package account

import (
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// CredentialProvider is the provider id of the account that holds a user's password.
const CredentialProvider = "credential"

// FindUserByEmail returns the user with an address, in any case of its letters, or nil. Upstream: findUserByEmail.
func FindUserByEmail(c *auth.Call, email string) (*auth.User, error) {
	email = LowerASCII(email)
	u, err := findUser(c, store.Is("email", email))
	if u != nil && u.Email != email { // a database may compare more loosely (GAP-006)
		return nil, err
	}
	return u, err
}

// FindUserByID returns a user, or nil. Upstream: findUserById.
func FindUserByID(c *auth.Call, id string) (*auth.User, error) {
	return findUser(c, store.Is("id", id))
}

func findUser(c *auth.Call, cond store.Cond) (*auth.User, error) {
	row, err := c.FindOne(store.Query{Model: schema.UserModel, Where: store.Where{cond}})
	return auth.UserFromRecord(row), err
}

// CreateUser adds a user. It fails with store.ErrDuplicate when the address is taken, and with auth.ErrAbort when a hook
// refuses it. Upstream: createUser.
func CreateUser(c *auth.Call, data store.Record) (*auth.User, error) {
	if email, ok := data["email"].(string); ok {
		data["email"] = LowerASCII(email)
	}
	row, err := c.Create(schema.UserModel, data)
	return auth.UserFromRecord(row), err
}

// UpdateUser changes a user and the copies in secondary storage, and returns it as stored, or nil when there is none.
// Upstream: updateUser.
func UpdateUser(c *auth.Call, id string, set store.Record) (*auth.User, error) {
	return updateUser(c, store.Where{store.Is("id", id)}, set)
}

// UpdateUserAt is [UpdateUser] for a user who still has the address that was read. Upstream: updateUserByEmail.
func UpdateUserAt(c *auth.Call, u *auth.User, set store.Record) (*auth.User, error) {
	return updateUser(c, store.Where{store.Is("id", u.ID), store.Is("email", u.Email)}, set)
}

func updateUser(c *auth.Call, where store.Where, set store.Record) (*auth.User, error) {
	row, err := c.Update(schema.UserModel, where, set)
	if err != nil {
		return nil, err
	}
	u := auth.UserFromRecord(row)
	return u, session.RefreshUser(c, u)
}

// DeleteUser removes a user with every session and account, in one transaction. Upstream: deleteUser, deleteSessions,
// deleteAccounts.
func DeleteUser(c *auth.Call, id string) error {
	return c.Repeat(func() error {
		if err := session.DeleteAll(c, id); err != nil {
			return err
		}
		if err := c.Delete(schema.AccountModel, store.Where{store.Is("userId", id)}); err != nil {
			return err
		}
		return c.Delete(schema.UserModel, store.Where{store.Is("id", id)})
	})
}

// LowerASCII lowers the letters A to Z and no others: folding further would make two addresses one (GO-004).
func LowerASCII(s string) string {
	for i := range len(s) {
		if s[i] >= 'A' && s[i] <= 'Z' {
			return lower([]byte(s))
		}
	}
	return s
}

func lower(b []byte) string {
	for i, ch := range b {
		if ch >= 'A' && ch <= 'Z' {
			b[i] = ch + 'a' - 'A'
		}
	}
	return string(b)
}
