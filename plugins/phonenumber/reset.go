package phonenumber

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/verification"
)

// Status is the output of the operations that reset a password.
type Status struct {
	Status bool `json:"status"`
}

// RequestPasswordReset is the operation requestPasswordResetPhoneNumber, as an application calls it: it sends a code to
// reset a password with. It answers alike for every number.
var RequestPasswordReset = requestReset(&Options{})

func requestReset(o *Options) auth.Endpoint[NumberIn, *Status] {
	return auth.Endpoint[NumberIn, *Status]{
		Key: "requestPasswordResetPhoneNumber", Method: auth.POST, Path: "/phone-number/request-password-reset",
		Doc: "Request OTP for password reset via phone number", Use: []auth.Guard{auth.FormCSRF}, Handle: o.requestReset,
	}
}

func resetIdentifier(number string) string { return number + "-request-password-reset" }

func (o *Options) requestReset(c *auth.Call, in NumberIn) (*Status, error) {
	user, err := find(c, in.PhoneNumber)
	if err != nil {
		return nil, err
	}
	code, err := o.newCode(c, resetIdentifier(in.PhoneNumber), verification.CodeValue)
	if err != nil {
		return nil, err
	}
	if user != nil && o.SendPasswordResetOTP != nil {
		deliver(c, o.SendPasswordResetOTP, in.PhoneNumber, code)
	}
	return &Status{true}, nil
}

// ResetPasswordIn is the input of resetPasswordPhoneNumber.
type ResetPasswordIn struct {
	OTP         string `body:"otp" doc:"The one time password to reset the password"`
	PhoneNumber string `body:"phoneNumber" doc:"The phone number to the account which intends to reset the password for"`
	NewPassword string `body:"newPassword" doc:"The new password"`
}

// ResetPassword is the operation resetPasswordPhoneNumber, as an application calls it: it sets a password by the code of a
// text message. It fails with OTP_NOT_FOUND, OTP_EXPIRED, INVALID_OTP, TOO_MANY_ATTEMPTS, PASSWORD_TOO_SHORT or
// PASSWORD_TOO_LONG; the last two leave the code good.
var ResetPassword = resetPassword(&Options{})

func resetPassword(o *Options) auth.Endpoint[ResetPasswordIn, *Status] {
	return auth.Endpoint[ResetPasswordIn, *Status]{
		Key: "resetPasswordPhoneNumber", Method: auth.POST, Path: "/phone-number/reset-password",
		Doc: "Reset password using phone number OTP", Handle: o.resetPassword,
	}
}

func (o *Options) resetPassword(c *auth.Call, in ResetPasswordIn) (*Status, error) {
	identifier := resetIdentifier(in.PhoneNumber)
	if err := o.try(c, verification.CheckCode, identifier, in.OTP); err != nil {
		return nil, err
	}
	user, err := find(c, in.PhoneNumber)
	if err != nil {
		return nil, err
	}
	if user == nil {
		return nil, auth.Fail(http.StatusBadRequest, UnexpectedError)
	}
	if err := account.CheckPasswordLength(c, in.NewPassword); err != nil {
		return nil, err
	}
	hash, err := c.HashPassword(in.NewPassword)
	if err != nil {
		return nil, err
	}
	if err := o.try(c, verification.UseCode, identifier, in.OTP); err != nil {
		return nil, err
	}
	first := !isVerified(user) && !user.EmailVerified
	return &Status{true}, account.ResetPassword(c, user.ID, hash, first)
}
