package phonenumber

import "github.com/goauth-dev/goauth/core/auth"

// The error codes of the plugin. Upstream: PHONE_NUMBER_ERROR_CODES.
var (
	InvalidPhoneNumber           = auth.Code{ID: "INVALID_PHONE_NUMBER", Message: "Invalid phone number"}
	PhoneNumberExist             = auth.Code{ID: "PHONE_NUMBER_EXIST", Message: "Phone number already exists"}
	PhoneNumberNotExist          = auth.Code{ID: "PHONE_NUMBER_NOT_EXIST", Message: "phone number isn't registered"}
	InvalidPhoneNumberOrPassword = auth.Code{ID: "INVALID_PHONE_NUMBER_OR_PASSWORD", Message: "Invalid phone number or password"}
	UnexpectedError              = auth.Code{ID: "UNEXPECTED_ERROR", Message: "Unexpected error"}
	OTPNotFound                  = auth.Code{ID: "OTP_NOT_FOUND", Message: "OTP not found"}
	OTPExpired                   = auth.Code{ID: "OTP_EXPIRED", Message: "OTP expired"}
	InvalidOTP                   = auth.Code{ID: "INVALID_OTP", Message: "Invalid OTP"}
	PhoneNumberNotVerified       = auth.Code{ID: "PHONE_NUMBER_NOT_VERIFIED", Message: "Phone number not verified"}
	PhoneNumberCannotBeUpdated   = auth.Code{ID: "PHONE_NUMBER_CANNOT_BE_UPDATED", Message: "Phone number cannot be updated"}
	SendOTPNotImplemented        = auth.Code{ID: "SEND_OTP_NOT_IMPLEMENTED", Message: "sendOTP not implemented"}
	TooManyAttempts              = auth.Code{ID: "TOO_MANY_ATTEMPTS", Message: "Too many attempts"}
)

var codes = []auth.Code{
	InvalidPhoneNumber, PhoneNumberExist, PhoneNumberNotExist, InvalidPhoneNumberOrPassword, UnexpectedError, OTPNotFound, OTPExpired,
	InvalidOTP, PhoneNumberNotVerified, PhoneNumberCannotBeUpdated, SendOTPNotImplemented, TooManyAttempts,
}
