package twofactor

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// factor is a user's row.
type factor struct {
	id, secret, backupCodes string
	verified                any // true, false, or nil in a row of before there was the column
}

func (f *factor) unverified() bool { return f.verified == false }

// find returns a user's row, or nil.
func find(c *auth.Call, userID string) (*factor, error) {
	row, err := c.FindOne(store.Query{Model: model, Where: store.Where{store.Is("userId", userID)}})
	if row == nil || err != nil {
		return nil, err
	}
	f := &factor{verified: row["verified"]}
	f.id, _ = row["id"].(string)
	f.secret, _ = row["secret"].(string)
	f.backupCodes, _ = row["backupCodes"].(string)
	return f, nil
}

func isEnabled(u *auth.User) bool {
	enabled, _ := u.Extra["twoFactorEnabled"].(bool)
	return enabled
}

// remove takes the second factor away from a user, with everything that belongs to it.
func (o *Options) remove(c *auth.Call, userID string) error {
	if _, err := account.UpdateUser(c, userID, store.Record{"twoFactorEnabled": false}); err != nil {
		return err
	}
	if err := c.Delete(model, store.Where{store.Is("userId", userID)}); err != nil {
		return err
	}
	if err := o.forgetAttempts(c, userID); err != nil {
		return err
	}
	return o.forgetDevices(c, userID)
}

// checkPassword refuses a caller who does not give the password. Without one there is nothing to give, where that is
// allowed.
func checkPassword(c *auth.Call, password string, passwordless bool) error {
	own, err := account.Password(c, c.Session.User.ID)
	if err != nil || own == nil && passwordless {
		return err
	}
	right, err := account.VerifyAccount(c, own, password)
	if err == nil && (!right || password == "") {
		err = auth.Fail(http.StatusBadRequest, auth.InvalidPassword)
	}
	return err
}

// switchTo turns the second factor on or off, and gives the caller another session in place of the one from before.
func switchTo(c *auth.Call, current *auth.SignedIn, enabled bool) (*auth.SignedIn, error) {
	user, err := account.UpdateUser(c, current.User.ID, store.Record{"twoFactorEnabled": enabled})
	if err != nil {
		return nil, err
	}
	if user == nil {
		return nil, auth.Fail(http.StatusUnauthorized, auth.UserNotFound)
	}
	s, err := session.Create(c, user.ID, false, current.Session.Extra)
	if err != nil {
		return nil, err
	}
	return &auth.SignedIn{Session: s, User: user}, session.Delete(c, current.Session.Token)
}

func setSession(c *auth.Call, s *auth.SignedIn) error { return session.SetCookie(c, s, option.Unset) }

// lock makes the attempts of one user follow each other; see [auth.Call.Lock].
func lock(c *auth.Call, userID string) (*auth.User, error) {
	row, err := c.Lock(schema.UserModel, userID)
	return auth.UserFromRecord(row), err
}
