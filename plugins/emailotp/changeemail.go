package emailotp

import (
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/verification"
)

// RequestEmailChangeIn is the input of requestEmailChangeEmailOTP.
type RequestEmailChangeIn struct {
	NewEmail string `body:"newEmail" doc:"New email address to send the OTP"`
	OTP      string `body:"otp,optional" doc:"The OTP of the current address, when it has to be verified"`
}

// RequestEmailChange is the operation requestEmailChangeEmailOTP, as an application calls it: it mails a code to the wanted
// address. It answers alike when somebody has it. It fails with INVALID_EMAIL and, for the code of the current address,
// INVALID_OTP, OTP_EXPIRED or TOO_MANY_ATTEMPTS.
var RequestEmailChange = requestChange(&Options{})

func requestChange(o *Options) auth.Endpoint[RequestEmailChangeIn, *Success] {
	return auth.Endpoint[RequestEmailChangeIn, *Success]{
		Key: "requestEmailChangeEmailOTP", Method: auth.POST, Path: requestChangePath, OperationID: "requestEmailChangeWithEmailOTP",
		Doc: "Request email change with verification OTP sent to the new email", Use: []auth.Guard{session.Sensitive},
		Handle: o.requestChange,
	}
}

func changeIdentifier(from, to string) string { return identifier(ChangePurpose, from+"-"+to) }

// wanted returns the caller's address and the one that is wanted.
func (o *Options) wanted(c *auth.Call, newEmail string) (from, to string, err error) {
	if !o.ChangeEmail.Enabled {
		return "", "", auth.FailText(http.StatusBadRequest, "Change email with OTP is disabled")
	}
	from = account.LowerASCII(c.Session.User.Email)
	if to, err = address(newEmail); err != nil {
		return "", "", err
	}
	if from == to {
		return "", "", auth.FailText(http.StatusBadRequest, "Email is the same")
	}
	return from, to, nil
}

func (o *Options) requestChange(c *auth.Call, in RequestEmailChangeIn) (*Success, error) {
	from, to, err := o.wanted(c, in.NewEmail)
	if err != nil {
		return nil, err
	}
	if o.ChangeEmail.VerifyCurrentEmail {
		if in.OTP == "" {
			return nil, auth.FailText(http.StatusBadRequest, "OTP is required to verify current email")
		}
		if err := o.try(c, verification.UseCode, identifier(VerifyPurpose, from), in.OTP); err != nil {
			return nil, err
		}
	}
	otp, err := o.newCode(c, changeIdentifier(from, to), to, ChangePurpose)
	if err != nil {
		return nil, err
	}
	other, err := account.FindUserByEmail(c, to)
	if err != nil {
		return nil, err
	}
	if other != nil {
		return done, verification.Delete(c, changeIdentifier(from, to))
	}
	o.deliver(c, to, otp, ChangePurpose)
	return done, nil
}

// ChangeEmailIn is the input of changeEmailEmailOTP.
type ChangeEmailIn struct {
	NewEmail string `body:"newEmail" doc:"New email address to verify and change to"`
	OTP      string `body:"otp" doc:"OTP sent to the new email"`
}

// ChangeEmailWithOTP is the operation changeEmailEmailOTP, as an application calls it: it changes the caller's address by
// the code that the new one got, which is used up. It fails with INVALID_EMAIL, INVALID_OTP, OTP_EXPIRED, TOO_MANY_ATTEMPTS
// or USER_NOT_FOUND.
var ChangeEmailWithOTP = changeEmail(&Options{})

func changeEmail(o *Options) auth.Endpoint[ChangeEmailIn, *Success] {
	return auth.Endpoint[ChangeEmailIn, *Success]{
		Key: "changeEmailEmailOTP", Method: auth.POST, Path: changePath, OperationID: "changeEmailWithEmailOTP",
		Doc: "Verify the new email with the OTP and change the email", Use: []auth.Guard{session.Sensitive}, Handle: o.changeEmail,
	}
}

func (o *Options) changeEmail(c *auth.Call, in ChangeEmailIn) (*Success, error) {
	from, to, err := o.wanted(c, in.NewEmail)
	if err != nil {
		return nil, err
	}
	if err := o.try(c, verification.UseCode, changeIdentifier(from, to), in.OTP); err != nil {
		return nil, err
	}
	if err := move(c, from, to); err != nil {
		return nil, err
	}
	shown := c.Session.User.Clone()
	shown.Email, shown.EmailVerified = to, true
	return done, session.SetCookie(c, &auth.SignedIn{Session: c.Session.Session, User: shown}, option.Unset)
}

// move gives a user another address, which has been proven.
func move(c *auth.Call, from, to string) error {
	hooks, taken := &c.Options.EmailVerification, auth.FailText(http.StatusBadRequest, "Email already in use")
	user, err := account.FindUserByEmail(c, from)
	if err != nil {
		return err
	}
	if user == nil {
		return auth.Fail(http.StatusBadRequest, auth.UserNotFound)
	}
	other, err := account.FindUserByEmail(c, to)
	if err != nil {
		return err
	}
	if other != nil {
		return taken
	}
	if hooks.BeforeEmailVerification != nil {
		if err := hooks.BeforeEmailVerification(c.Ctx(), user, c.Request); err != nil {
			return err
		}
	}
	updated, err := account.UpdateUserAt(c, user, store.Record{"email": to, "emailVerified": true})
	if errors.Is(err, store.ErrDuplicate) {
		return taken
	}
	if err != nil {
		return err
	}
	if updated == nil {
		return auth.Fail(http.StatusBadRequest, auth.UserNotFound)
	}
	c.Emit(auth.EmailChanged, user)
	if hooks.AfterEmailVerification != nil {
		return hooks.AfterEmailVerification(c.Ctx(), updated, c.Request)
	}
	return nil
}
