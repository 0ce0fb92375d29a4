package routes

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/cookies"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/verification"
)

// DeleteUserIn is the input of [DeleteUser].
type DeleteUserIn struct {
	CallbackURL string `body:"callbackURL,optional" doc:"The URL to redirect to after the user is deleted"`
	Password    string `body:"password,optional" doc:"The user's password. Required if session is not fresh"`
	Token       string `body:"token,optional" doc:"The deletion verification token"`
}

// DeleteUser deletes the caller: with a token at once; else, when configured, it mails a link; else it needs the password
// or a fresh session. It fails with INVALID_PASSWORD, INVALID_TOKEN or SESSION_EXPIRED.
var DeleteUser = auth.Endpoint[DeleteUserIn, *Success]{
	Key: "deleteUser", OperationID: "deleteUser", Method: auth.POST, Path: "/delete-user", Doc: "Delete the user",
	Use: []auth.Guard{session.Sensitive}, Handle: deleteUser,
}

var userDeleted = &Success{Success: true, Message: "User deleted"}

func deleteUser(c *auth.Call, in DeleteUserIn) (*Success, error) {
	o := &c.Options.User.DeleteUser
	if !o.Enabled {
		return nil, auth.FailStatus(http.StatusNotFound)
	}
	if in.Password != "" {
		if err := requirePassword(c, in.Password); err != nil {
			return nil, err
		}
	}
	switch {
	case in.Token != "":
		// Upstream leaves the cookies here; the next look at the session expires them.
		return userDeleted, c.Reply.Discard(func() error { return deleteByToken(c, in.Token) })
	case o.SendDeleteAccountVerification != nil:
		return &Success{Success: true, Message: "Verification email sent"}, mailDeletion(c, in.CallbackURL)
	case in.Password == "" && !session.IsFresh(c, c.Session.Session):
		return nil, auth.Fail(http.StatusBadRequest, auth.SessionExpired)
	default:
		return userDeleted, removeUser(c, nil)
	}
}

// requirePassword refuses a wrong password of the caller.
func requirePassword(c *auth.Call, password string) error {
	a, err := account.Password(c, c.Session.User.ID)
	if err != nil {
		return err
	}
	if a == nil {
		return auth.Fail(http.StatusBadRequest, auth.CredentialAccountNotFound)
	}
	right, err := account.VerifyAccount(c, a, password)
	if err != nil {
		return err
	}
	if !right {
		return auth.Fail(http.StatusBadRequest, auth.InvalidPassword)
	}
	return nil
}

const deleteTokenLength = 32

func deletionIdentifier(token string) string { return "delete-account-" + token }

// mailDeletion mails a link that deletes the caller.
func mailDeletion(c *auth.Call, callbackURL string) error {
	o, user := &c.Options.User.DeleteUser, c.Session.User
	token, err := crypto.RandomString(c.Random, deleteTokenLength, crypto.LowerAlphaNum)
	if err != nil {
		return err
	}
	if err := verification.Create(c, deletionIdentifier(token), user.ID, c.Now().Add(o.DeleteTokenExpiresIn)); err != nil {
		return err
	}
	if callbackURL == "" {
		callbackURL = "/"
	}
	url := c.BaseURL + "/delete-user/callback?token=" + token + "&callbackURL=" + cookies.EncodeComponent(callbackURL)
	account.Deliver(c, o.SendDeleteAccountVerification, auth.Mail{User: user, URL: url, Token: token})
	return nil
}

// DeleteUserCallbackIn is the input of [DeleteUserCallback].
type DeleteUserCallbackIn struct {
	Token       string `query:"token" doc:"The token to verify the deletion request"`
	CallbackURL string `query:"callbackURL,optional" doc:"The URL to redirect to after deletion"`
}

// DeleteUserCallback deletes the caller by the token of a link. It fails with INVALID_TOKEN.
var DeleteUserCallback = auth.Endpoint[DeleteUserCallbackIn, *Success]{
	Key: "deleteUserCallback", Method: auth.GET, Path: "/delete-user/callback",
	Doc: "Callback to complete user deletion with verification token",
	Use: []auth.Guard{auth.NotPrefetch, auth.TrustedQuery("callbackURL", auth.InvalidCallbackURL)}, Handle: deleteUserCallback,
}

func deleteUserCallback(c *auth.Call, in DeleteUserCallbackIn) (*Success, error) {
	if !c.Options.User.DeleteUser.Enabled {
		return nil, auth.Fail(http.StatusNotFound, auth.Code{ID: "NOT_FOUND", Message: "Not found"})
	}
	switch current, err := session.Confirmed(c); {
	case err != nil:
		return nil, err
	case current == nil:
		return nil, auth.Fail(http.StatusNotFound, auth.FailedToGetUserInfo)
	}
	if err := deleteByToken(c, in.Token); err != nil {
		return nil, err
	}
	if in.CallbackURL != "" {
		return nil, auth.Redirect(in.CallbackURL)
	}
	return userDeleted, nil
}

// deleteByToken deletes the caller when the token is the caller's. Another user's token is left alone.
func deleteByToken(c *auth.Call, token string) error {
	invalid := auth.Fail(http.StatusNotFound, auth.InvalidToken)
	v, err := verification.Find(c, deletionIdentifier(token))
	if err != nil {
		return err
	}
	if v == nil || v.ExpiresAt.Before(c.Now()) || v.Value != c.Session.User.ID {
		return invalid
	}
	return removeUser(c, func() error {
		taken, err := verification.Consume(c, deletionIdentifier(token))
		if err == nil && taken == nil {
			return invalid
		}
		return err
	})
}

// removeUser deletes the caller with everything that is the caller's, all or nothing; first may stop it.
func removeUser(c *auth.Call, first func() error) error {
	o, user := &c.Options.User.DeleteUser, c.Session.User
	if o.BeforeDelete != nil {
		if err := o.BeforeDelete(c.Ctx(), user, c.Request); err != nil {
			return err
		}
	}
	err := c.InTx(func() error {
		if first != nil {
			if err := first(); err != nil {
				return err
			}
		}
		return account.DeleteUser(c, user.ID)
	})
	if err != nil {
		return err
	}
	c.Emit(auth.AccountDeleted, user)
	if err := session.DeleteCookie(c); err != nil {
		return err
	}
	if o.AfterDelete != nil {
		return o.AfterDelete(c.Ctx(), user, c.Request)
	}
	return nil
}
