package account

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// List returns the accounts of a user. Upstream: findAccounts.
func List(c *auth.Call, userID string) ([]*auth.Account, error) {
	rows, err := c.Find(store.Query{Model: schema.AccountModel, Where: store.Where{store.Is("userId", userID)}})
	if err != nil {
		return nil, err
	}
	accounts := make([]*auth.Account, len(rows))
	for i, row := range rows {
		accounts[i] = auth.AccountFromRecord(row)
	}
	return accounts, nil
}

// Link adds an account to a user. Upstream: linkAccount.
func Link(c *auth.Call, data store.Record) (*auth.Account, error) {
	now := c.Now()
	data["createdAt"], data["updatedAt"] = now, now
	row, err := c.Create(schema.AccountModel, data)
	return auth.AccountFromRecord(row), err
}

// LinkPassword adds the account that holds a user's password hash.
func LinkPassword(c *auth.Call, userID, hash string) error {
	_, err := Link(c, store.Record{
		"userId": userID, "providerId": CredentialProvider, "accountId": userID, "password": hash,
	})
	return err
}

// Unlink removes an account. Upstream: deleteAccount.
func Unlink(c *auth.Call, id string) error {
	return c.Delete(schema.AccountModel, store.Where{store.Is("id", id)})
}

// Nobody is an id that no user has. Reading the password of a user who does not exist costs as much as another's with it.
const Nobody = "00000000-0000-0000-0000-000000000000"

// Password returns the account with the user's password, or nil when the user has none.
func Password(c *auth.Call, userID string) (*auth.Account, error) {
	accounts, err := List(c, userID)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		if a.ProviderID == CredentialProvider && a.Password != nil && *a.Password != "" {
			return a, nil
		}
	}
	return nil, nil
}

// SetPassword stores a password hash for a user, adding the account when there is none. It reports whether the user had a
// password account. Upstream: updatePassword, createAccount.
func SetPassword(c *auth.Call, userID, hash string) error {
	row, err := c.Update(schema.AccountModel, store.Where{
		store.Is("userId", userID), store.Is("providerId", CredentialProvider),
	}, store.Record{"password": hash})
	if row != nil || err != nil {
		return err
	}
	return LinkPassword(c, userID, hash)
}

// CheckPasswordLength refuses a new password that is too short or too long, counted in UTF-16 units as JavaScript counts.
func CheckPasswordLength(c *auth.Call, password string) error {
	switch n := js.UTF16Len(password); {
	case n < c.Options.EmailAndPassword.MinPasswordLength:
		return auth.Fail(http.StatusBadRequest, auth.PasswordTooShort)
	case n > c.Options.EmailAndPassword.MaxPasswordLength:
		return auth.Fail(http.StatusBadRequest, auth.PasswordTooLong)
	default:
		return nil
	}
}

// VerifyPassword reports whether a password is the user's. A user without one costs as much time as one with another
// password. Upstream: validatePassword.
func VerifyPassword(c *auth.Call, userID, password string) (bool, error) {
	a, err := Password(c, userID)
	if err != nil {
		return false, err
	}
	return VerifyAccount(c, a, password)
}

// longestPassword is the longest password, in UTF-16 units, that is worth hashing, whatever the limit for new ones.
const longestPassword = 128

// VerifyAccount is [VerifyPassword] for an account that was read already; it may be nil. An overlong password is wrong,
// and costs one hash of a short one (GAP-002).
func VerifyAccount(c *auth.Call, a *auth.Account, password string) (bool, error) {
	overlong := js.UTF16Len(password) > max(c.Options.EmailAndPassword.MaxPasswordLength, longestPassword)
	if a == nil || a.Password == nil || overlong {
		if overlong {
			password = ""
		}
		_, err := c.Passwords.Hash(c.Ctx(), password)
		return false, err
	}
	return c.Passwords.Verify(c.Ctx(), *a.Password, password)
}

// ResetPassword stores the hash of a new password, and ends every session when the options say so, in one transaction.
// first says that nothing about the user was proven before: whatever let somebody in then goes (UP-068). It tells the
// application.
func ResetPassword(c *auth.Call, userID, hash string, first bool) error {
	err := c.InTx(func() error {
		if first {
			if err := RevokeAccess(c, userID); err != nil {
				return err
			}
		}
		if err := SetPassword(c, userID, hash); err != nil || !c.Options.EmailAndPassword.RevokeSessionsOnPasswordReset {
			return err
		}
		return session.DeleteAll(c, userID)
	})
	if err != nil {
		return err
	}
	return AnnounceReset(c, userID)
}

// AnnounceReset tells the application about a reset password.
func AnnounceReset(c *auth.Call, userID string) error {
	notify := c.Options.EmailAndPassword.OnPasswordReset
	if notify == nil && c.Options.OnEvent == nil {
		return nil
	}
	user, err := FindUserByID(c, userID)
	if user == nil || err != nil {
		return err
	}
	c.Emit(auth.PasswordReset, user)
	if notify == nil {
		return nil
	}
	return notify(c.Ctx(), user, c.Request)
}
