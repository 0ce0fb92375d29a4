package emailotp

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/verification"
)

// RequestResetIn is the input of requestPasswordResetEmailOTP and forgetPasswordEmailOTP.
type RequestResetIn struct {
	Email string `body:"email" doc:"Email address to send the OTP"`
}

// RequestPasswordReset is the operation requestPasswordResetEmailOTP, as an application calls it: it mails a code to reset
// a password with. It answers alike for every address.
var RequestPasswordReset = requestReset(&Options{})

func requestReset(o *Options) auth.Endpoint[RequestResetIn, *Success] {
	return auth.Endpoint[RequestResetIn, *Success]{
		Key: "requestPasswordResetEmailOTP", Method: auth.POST, Path: requestResetPath, OperationID: "requestPasswordResetWithEmailOTP",
		Doc: "Request password reset with email and OTP", Use: []auth.Guard{auth.FormCSRF}, Handle: o.requestReset,
	}
}

// ForgetPassword is the operation forgetPasswordEmailOTP, the older name of [RequestPasswordReset].
var ForgetPassword = forget(&Options{})

func forget(o *Options) auth.Endpoint[RequestResetIn, *Success] {
	return auth.Endpoint[RequestResetIn, *Success]{
		Key: "forgetPasswordEmailOTP", Method: auth.POST, Path: forgetPath, OperationID: "forgetPasswordWithEmailOTP",
		Doc: "Deprecated: Use /email-otp/request-password-reset instead.", Use: []auth.Guard{auth.FormCSRF}, Handle: o.requestReset,
	}
}

func (o *Options) requestReset(c *auth.Call, in RequestResetIn) (*Success, error) {
	return done, o.sendCode(c, account.LowerASCII(in.Email), ForgetPurpose)
}

// ResetPasswordIn is the input of resetPasswordEmailOTP.
type ResetPasswordIn struct {
	Email    string `body:"email" doc:"Email address to reset the password"`
	OTP      string `body:"otp" doc:"OTP sent to the email"`
	Password string `body:"password" doc:"New password"`
}

// ResetPassword is the operation resetPasswordEmailOTP, as an application calls it: it sets a password by a code, which is
// used up, and marks the address as verified. It fails with INVALID_OTP, OTP_EXPIRED, TOO_MANY_ATTEMPTS, USER_NOT_FOUND,
// PASSWORD_TOO_SHORT or PASSWORD_TOO_LONG.
var ResetPassword = resetPassword(&Options{})

func resetPassword(o *Options) auth.Endpoint[ResetPasswordIn, *Success] {
	return auth.Endpoint[ResetPasswordIn, *Success]{
		Key: "resetPasswordEmailOTP", Method: auth.POST, Path: resetPath, OperationID: "resetPasswordWithEmailOTP",
		Doc: "Reset password with email and OTP", Handle: o.resetPassword,
	}
}

func (o *Options) resetPassword(c *auth.Call, in ResetPasswordIn) (*Success, error) {
	email := account.LowerASCII(in.Email)
	if err := o.try(c, verification.CheckCode, identifier(ForgetPurpose, email), in.OTP); err != nil {
		return nil, err
	}
	if err := c.CheckPassword(in.Password); err != nil { // a password that is refused, or a list that cannot be asked, costs no code
		return nil, err
	}
	if err := o.try(c, verification.UseCode, identifier(ForgetPurpose, email), in.OTP); err != nil {
		return nil, err
	}
	user, err := account.FindUserByEmail(c, email)
	if err != nil {
		return nil, err
	}
	if user == nil {
		return nil, auth.Fail(http.StatusBadRequest, auth.UserNotFound)
	}
	if err := account.CheckPasswordLength(c, in.Password); err != nil {
		return nil, err
	}
	hash, err := c.Passwords.Hash(c.Ctx(), in.Password)
	if err != nil {
		return nil, err
	}
	if err := account.ResetPassword(c, user.ID, hash, !user.EmailVerified); err != nil || user.EmailVerified {
		return done, err
	}
	_, err = account.UpdateUserAt(c, user, store.Record{"emailVerified": true})
	return done, err
}
