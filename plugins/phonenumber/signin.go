package phonenumber

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/verification"
)

// SignInIn is the input of signInPhoneNumber.
type SignInIn struct {
	PhoneNumber string `body:"phoneNumber" doc:"Phone number to sign in"`
	Password    string `body:"password" doc:"Password to use for sign in"`
	RememberMe  *bool  `body:"rememberMe,optional" doc:"If this is false, the session will not be remembered. Default is true."`
}

// SignInOut is the output of signInPhoneNumber.
type SignInOut struct {
	Token string     `json:"token"`
	User  *auth.User `json:"user"`
}

// SignIn is the operation signInPhoneNumber, as an application calls it: sign-in with a number and a password. It fails
// with INVALID_PHONE_NUMBER, INVALID_PHONE_NUMBER_OR_PASSWORD or PHONE_NUMBER_NOT_VERIFIED.
var SignIn = signIn(&Options{})

func signIn(o *Options) auth.Endpoint[SignInIn, *SignInOut] {
	return auth.Endpoint[SignInIn, *SignInOut]{
		Key: "signInPhoneNumber", Method: auth.POST, Path: "/sign-in/phone-number", Doc: "Use this endpoint to sign in with phone number",
		Use: []auth.Guard{auth.FormCSRF}, Handle: o.signIn,
	}
}

func (o *Options) signIn(c *auth.Call, in SignInIn) (*SignInOut, error) {
	if err := o.checkNumber(c, in.PhoneNumber); err != nil {
		return nil, err
	}
	user, err := find(c, in.PhoneNumber)
	if err != nil {
		return nil, err
	}
	refused := auth.Fail(http.StatusUnauthorized, InvalidPhoneNumberOrPassword)
	proved, err := account.Authenticate(c, user, in.PhoneNumber, in.Password, refused)
	if user != nil && o.RequireVerification && !isVerified(user) && (err == nil || err == error(refused)) { //nolint:errorlint // that very value
		return nil, o.refuseUnverified(c, user, in.PhoneNumber, proved != nil)
	}
	if err != nil {
		return nil, err
	}
	s, err := proved.SignIn(c, in.RememberMe, http.StatusUnauthorized)
	if err != nil {
		return nil, err
	}
	return &SignInOut{s.Token, c.VisibleUser(user)}, nil
}

// refuseUnverified sends a code to a number that is not verified. A client that gave the right password keeps it when it
// comes back with the code.
func (o *Options) refuseUnverified(c *auth.Call, user *auth.User, number string, right bool) error {
	code, err := o.newCode(c, number, func(code string) string { return code })
	if err != nil {
		return err
	}
	if o.SendOTP != nil {
		deliver(c, o.SendOTP, number, code)
	}
	if right {
		if err := c.SetSignedCookie(o.cookie(c), user.ID); err != nil {
			return err
		}
	}
	return auth.Fail(http.StatusUnauthorized, PhoneNumberNotVerified)
}

// NumberIn is the input of sendPhoneNumberOTP and requestPasswordResetPhoneNumber.
type NumberIn struct {
	PhoneNumber string `body:"phoneNumber" doc:"Phone number to send OTP"`
}

// SendOTPOut is the output of sendPhoneNumberOTP.
type SendOTPOut struct {
	Message string `json:"message"`
}

// SendOTP is the operation sendPhoneNumberOTP, as an application calls it: it sends a code to whatever number. It fails
// with SEND_OTP_NOT_IMPLEMENTED or INVALID_PHONE_NUMBER.
var SendOTP = sendOTP(&Options{})

func sendOTP(o *Options) auth.Endpoint[NumberIn, *SendOTPOut] {
	return auth.Endpoint[NumberIn, *SendOTPOut]{
		Key: "sendPhoneNumberOTP", Method: auth.POST, Path: "/phone-number/send-otp", Doc: "Use this endpoint to send OTP to phone number",
		Use: []auth.Guard{auth.FormCSRF}, Handle: o.sendOTP,
	}
}

func (o *Options) sendOTP(c *auth.Call, in NumberIn) (*SendOTPOut, error) {
	if o.SendOTP == nil {
		return nil, auth.Fail(http.StatusNotImplemented, SendOTPNotImplemented)
	}
	if err := o.checkNumber(c, in.PhoneNumber); err != nil {
		return nil, err
	}
	code, err := o.newCode(c, in.PhoneNumber, verification.CodeValue)
	if err != nil {
		return nil, err
	}
	deliver(c, o.SendOTP, in.PhoneNumber, code)
	return &SendOTPOut{"code sent"}, nil
}
