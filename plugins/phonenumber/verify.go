package phonenumber

import (
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/verification"
)

// VerifyIn is the input of verifyPhoneNumber.
type VerifyIn struct {
	PhoneNumber       string `body:"phoneNumber" doc:"Phone number to verify"`
	Code              string `body:"code" doc:"OTP code"`
	DisableSession    *bool  `body:"disableSession,optional" doc:"Disable session creation after verification"`
	UpdatePhoneNumber *bool  `body:"updatePhoneNumber,optional" doc:"Give the number to the caller"`
	// Fields are the fields of a new user that options and plugins add.
	Fields *auth.Object `body:"*,optional" model:"user"`
}

// VerifyOut is the output of verifyPhoneNumber.
type VerifyOut struct {
	Status bool `json:"status"`
	// Token is the session's, or null without one.
	Token *string    `json:"token"`
	User  *auth.User `json:"user"`
}

// Verify is the operation verifyPhoneNumber, as an application calls it: by the code of a text message it signs in, signs
// up, or gives the number to the caller. The code is used up; a number of wrong ones uses it up too. It fails with
// INVALID_OTP, OTP_NOT_FOUND, OTP_EXPIRED, TOO_MANY_ATTEMPTS, PHONE_NUMBER_EXIST, USER_NOT_FOUND, FAILED_TO_CREATE_USER or
// FAILED_TO_UPDATE_USER.
var Verify = verify(&Options{})

func verify(o *Options) auth.Endpoint[VerifyIn, *VerifyOut] {
	return auth.Endpoint[VerifyIn, *VerifyOut]{
		Key: "verifyPhoneNumber", Method: auth.POST, Path: "/phone-number/verify", Doc: "Use this endpoint to verify phone number",
		Use: []auth.Guard{auth.FormCSRF}, Handle: o.verify,
	}
}

func (o *Options) verify(c *auth.Call, in VerifyIn) (*VerifyOut, error) {
	if err := o.checkCode(c, in); err != nil {
		return nil, err
	}
	caller, err := session.Confirmed(c)
	if err != nil {
		return nil, err
	}
	if in.UpdatePhoneNumber != nil && *in.UpdatePhoneNumber {
		return o.giveNumber(c, in.PhoneNumber, caller)
	}
	withSession := in.DisableSession == nil || !*in.DisableSession
	var user *auth.User
	var started *auth.Session
	err = c.InTx(func() (err error) {
		if user, err = o.owner(c, in, caller); err != nil || !withSession {
			return err
		}
		started, err = session.Start(c, user.ID, false, http.StatusInternalServerError)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := o.verified(c, in.PhoneNumber, user); err != nil {
		return nil, err
	}
	out := &VerifyOut{Status: true, User: c.VisibleUser(user)}
	if started == nil {
		return out, nil
	}
	out.Token = &started.Token
	return out, session.SetCookie(c, &auth.SignedIn{Session: started, User: user}, option.Unset)
}

func (o *Options) checkCode(c *auth.Call, in VerifyIn) error {
	if o.VerifyOTP == nil {
		return o.try(c, verification.UseCode, in.PhoneNumber, in.Code)
	}
	ok, err := o.VerifyOTP(c, Message{in.PhoneNumber, in.Code, c.Request})
	if err != nil {
		return err
	}
	if !ok {
		return auth.Fail(http.StatusBadRequest, InvalidOTP)
	}
	return verification.Delete(c, in.PhoneNumber)
}

func (o *Options) verified(c *auth.Call, number string, user *auth.User) error {
	if o.CallbackOnVerification == nil {
		return nil
	}
	return o.CallbackOnVerification(c, number, user)
}

// owner returns the user with a number that has just been proven, who is new when nobody has it.
func (o *Options) owner(c *auth.Call, in VerifyIn, caller *auth.SignedIn) (*auth.User, error) {
	user, err := find(c, in.PhoneNumber)
	if err != nil {
		return nil, err
	}
	if user != nil {
		user, err = o.prove(c, user, caller)
	} else if o.SignUpOnVerification != nil {
		user, err = o.signUp(c, in)
	}
	if user == nil && err == nil {
		err = auth.Fail(http.StatusInternalServerError, auth.FailedToUpdateUser)
	}
	return user, err
}

func (o *Options) signUp(c *auth.Call, in VerifyIn) (*auth.User, error) {
	data, err := c.ParseInput(schema.UserModel, in.Fields, auth.ForCreate)
	if err != nil {
		return nil, err
	}
	data["email"], data["name"] = o.SignUpOnVerification.GetTempEmail(in.PhoneNumber), in.PhoneNumber
	if name := o.SignUpOnVerification.GetTempName; name != nil {
		data["name"] = name(in.PhoneNumber)
	}
	data["phoneNumber"], data["phoneNumberVerified"] = in.PhoneNumber, true
	user, err := account.CreateUser(c, data)
	if errors.Is(err, auth.ErrAbort) || errors.Is(err, store.ErrDuplicate) {
		return nil, auth.Fail(http.StatusInternalServerError, auth.FailedToCreateUser).Because(err)
	}
	return user, err
}

// giveNumber gives a proven number to the caller.
func (o *Options) giveNumber(c *auth.Call, number string, caller *auth.SignedIn) (*VerifyOut, error) {
	if caller == nil {
		return nil, auth.Fail(http.StatusUnauthorized, auth.UserNotFound)
	}
	other, err := find(c, number)
	if err != nil {
		return nil, err
	}
	if other != nil {
		return nil, auth.Fail(http.StatusBadRequest, PhoneNumberExist)
	}
	user, err := account.UpdateUser(c, caller.User.ID, store.Record{"phoneNumber": number, "phoneNumberVerified": true})
	switch {
	case errors.Is(err, store.ErrDuplicate):
		return nil, auth.Fail(http.StatusBadRequest, PhoneNumberExist)
	case errors.Is(err, auth.ErrAbort), err == nil && user == nil:
		return nil, auth.Fail(http.StatusInternalServerError, auth.FailedToUpdateUser)
	case err != nil:
		return nil, err
	}
	if err := o.verified(c, number, user); err != nil {
		return nil, err
	}
	return &VerifyOut{true, &caller.Session.Token, c.VisibleUser(user)}, nil
}
