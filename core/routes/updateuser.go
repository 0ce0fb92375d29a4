package routes

import (
	"errors"
	"maps"
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// UpdateUserIn is the input of [UpdateUser].
type UpdateUserIn struct {
	// Fields are name, image and the user's additional fields to change.
	Fields *auth.Object `body:"*,optional" model:"user,name,image"`
}

// UpdateUser changes the caller's name, image and additional fields. It fails with EMAIL_CAN_NOT_BE_UPDATED, or with
// FIELD_NOT_ALLOWED for a field that is not for requests.
var UpdateUser = auth.Endpoint[UpdateUserIn, *Status]{
	Key: "updateUser", OperationID: "updateUser", Method: auth.POST, Path: "/update-user", Doc: "Update the current user",
	Use: []auth.Guard{session.Sensitive}, Handle: updateUser,
}

func updateUser(c *auth.Call, in UpdateUserIn) (*Status, error) {
	if email, _ := in.Fields.Get("email"); js.Truthy(email) {
		return nil, auth.Fail(http.StatusBadRequest, auth.EmailCanNotBeUpdated)
	}
	set, err := c.ParseInput(schema.UserModel, in.Fields, auth.ForUpdate)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"name", "image"} {
		v, given := in.Fields.Get(name)
		if !given {
			continue
		}
		if set[name], err = auth.StoredValue(c.Field(schema.UserModel, name), v); err != nil {
			return nil, err
		}
	}
	if len(set) == 0 {
		return nil, auth.FailText(http.StatusBadRequest, "No fields to update")
	}
	current := c.Session
	user, err := account.UpdateUser(c, current.User.ID, set)
	if err != nil {
		return nil, err
	}
	if user == nil { // no store, or no row: the copy is the user
		rec := current.User.Record()
		maps.Copy(rec, set)
		user = auth.UserFromRecord(rec)
	}
	return done, session.SetCookie(c, &auth.SignedIn{Session: current.Session, User: user}, option.Unset)
}

// ChangePasswordIn is the input of [ChangePassword].
type ChangePasswordIn struct {
	NewPassword         string `body:"newPassword" doc:"The new password to set"`
	CurrentPassword     string `body:"currentPassword" doc:"The current password is required"`
	RevokeOtherSessions *bool  `body:"revokeOtherSessions,optional" doc:"Must be a boolean value"`
}

// ChangePasswordOut is the output of [ChangePassword].
type ChangePasswordOut struct {
	// Token is the new session's when the others were revoked.
	Token *string    `json:"token"`
	User  *auth.User `json:"user"`
}

// ChangePassword replaces the caller's password and, when asked to, every session by a new one. It fails with
// PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, CREDENTIAL_ACCOUNT_NOT_FOUND or INVALID_PASSWORD.
var ChangePassword = auth.Endpoint[ChangePasswordIn, *ChangePasswordOut]{
	Key: "changePassword", OperationID: "changePassword", Method: auth.POST, Path: "/change-password", Doc: "Change the password of the user",
	Use: []auth.Guard{session.Sensitive}, Handle: changePassword,
}

func changePassword(c *auth.Call, in ChangePasswordIn) (*ChangePasswordOut, error) {
	if err := account.CheckPasswordLength(c, in.NewPassword); err != nil {
		return nil, err
	}
	current := c.Session
	a, err := account.Password(c, current.User.ID)
	if err != nil {
		return nil, err
	}
	if a == nil {
		return nil, auth.Fail(http.StatusBadRequest, auth.CredentialAccountNotFound)
	}
	if err := c.CheckPassword(in.NewPassword); err != nil { // before the current one, as upstream
		return nil, err
	}
	right, err := account.VerifyAccount(c, a, in.CurrentPassword)
	if err != nil {
		return nil, err
	}
	if !right {
		return nil, auth.Fail(http.StatusBadRequest, auth.InvalidPassword)
	}
	hash, err := c.Passwords.Hash(c.Ctx(), in.NewPassword)
	if err != nil {
		return nil, err
	}
	started, err := replacePassword(c, a, hash, in.RevokeOtherSessions != nil && *in.RevokeOtherSessions)
	if err != nil {
		return nil, err
	}
	c.Emit(auth.PasswordChanged, current.User)
	out := &ChangePasswordOut{User: c.VisibleUser(current.User)}
	if started == nil {
		return out, nil
	}
	out.Token = &started.Token
	return out, session.SetCookie(c, &auth.SignedIn{Session: started, User: current.User}, option.Unset)
}

// replacePassword stores the new hash over the one that was checked, and with revoke ends every session and starts
// another: all or nothing.
func replacePassword(c *auth.Call, a *auth.Account, hash string, revoke bool) (*auth.Session, error) {
	var started *auth.Session
	err := c.Repeat(func() error {
		row, err := c.Update(schema.AccountModel,
			store.Where{store.Is("id", a.ID), store.Is("password", *a.Password)}, store.Record{"password": hash})
		if err != nil {
			return err
		}
		if row == nil { // changed by somebody else meanwhile
			return auth.Fail(http.StatusBadRequest, auth.InvalidPassword)
		}
		if !revoke {
			return nil
		}
		if err := session.DeleteAll(c, a.UserID); err != nil {
			return err
		}
		started, err = session.Start(c, a.UserID, false, http.StatusInternalServerError)
		return err
	})
	return started, err
}

// SetPasswordIn is the input of [SetPassword].
type SetPasswordIn struct {
	NewPassword string `body:"newPassword" doc:"The new password to set is required"`
}

// SetPassword gives the caller, who has none, a password. It is for Go code only. It fails with PASSWORD_ALREADY_SET.
var SetPassword = auth.Endpoint[SetPasswordIn, *Status]{
	Key: "setPassword", Method: auth.POST, Doc: "Set the password of a user who has none",
	Use: []auth.Guard{session.Sensitive}, Handle: setPassword,
}

func setPassword(c *auth.Call, in SetPasswordIn) (*Status, error) {
	if err := account.CheckPasswordLength(c, in.NewPassword); err != nil {
		return nil, err
	}
	hash, err := c.HashPassword(in.NewPassword)
	if err != nil {
		return nil, err
	}
	return done, c.Repeat(func() error {
		if _, err := c.Lock(schema.UserModel, c.Session.User.ID); err != nil { // two would both find none
			return err
		}
		a, err := account.Password(c, c.Session.User.ID)
		if err != nil {
			return err
		}
		if a != nil {
			return auth.Fail(http.StatusBadRequest, auth.PasswordAlreadySet)
		}
		return account.SetPassword(c, c.Session.User.ID, hash)
	})
}

// ChangeEmailIn is the input of [ChangeEmail].
type ChangeEmailIn struct {
	NewEmail    string `body:"newEmail" is:"email" doc:"The new email address to set must be a valid email address"`
	CallbackURL string `body:"callbackURL,optional" doc:"The URL to redirect to after email verification"`
}

// ChangeEmail begins a change of the caller's address: at once for an unverified one when configured, else by a link to
// the old or the new address. An address that is taken answers alike.
var ChangeEmail = auth.Endpoint[ChangeEmailIn, *Status]{
	Key: "changeEmail", OperationID: "changeEmail", Method: auth.POST, Path: "/change-email", Doc: "Change the email of the user",
	Use: []auth.Guard{session.Sensitive}, Handle: changeEmail,
}

func changeEmail(c *auth.Call, in ChangeEmailIn) (*Status, error) {
	o, user := &c.Options.User.ChangeEmail, c.Session.User
	if !o.Enabled {
		return nil, auth.FailText(http.StatusBadRequest, "Change email is disabled")
	}
	email := account.LowerASCII(in.NewEmail)
	if email == user.Email {
		return nil, auth.FailText(http.StatusBadRequest, "Email is the same")
	}
	atOnce := !user.EmailVerified && o.UpdateEmailWithoutVerification
	confirm := user.EmailVerified && o.SendChangeEmailConfirmation != nil
	verify := c.Options.EmailVerification.SendVerificationEmail
	if !atOnce && !confirm && verify == nil {
		return nil, auth.FailText(http.StatusBadRequest, "Verification email isn't enabled")
	}
	taken, err := account.FindUserByEmail(c, email)
	if err != nil {
		return nil, err
	}
	claims := account.EmailClaims{Email: user.Email, UpdateTo: email}
	switch {
	case taken != nil:
		_, err := account.EmailToken(c, claims) // as much work as for a free address
		return done, err
	case atOnce:
		return done, changeEmailAtOnce(c, email, in.CallbackURL)
	case confirm:
		claims.RequestType = confirmChange
		return done, account.SendEmailToken(c, o.SendChangeEmailConfirmation, claims, auth.Mail{User: user, NewEmail: email}, in.CallbackURL)
	default:
		claims.RequestType = verifyChange
		return done, account.SendEmailToken(c, verify, claims, auth.Mail{User: at(user, email)}, in.CallbackURL)
	}
}

// changeEmailAtOnce changes the address, and mails a link to prove it.
func changeEmailAtOnce(c *auth.Call, email, callbackURL string) error {
	old := c.Session.User
	updated, err := account.UpdateUserAt(c, old, store.Record{"email": email})
	if errors.Is(err, store.ErrDuplicate) { // taken a moment ago: answers as if it had been before
		return nil
	}
	if err != nil || updated == nil {
		return err
	}
	c.Emit(auth.EmailChanged, old)
	moved := at(old, email)
	if err := session.SetCookie(c, &auth.SignedIn{Session: c.Session.Session, User: moved}, option.Unset); err != nil {
		return err
	}
	if c.Options.EmailVerification.SendVerificationEmail == nil {
		return nil
	}
	return account.SendVerification(c, moved, callbackURL)
}
