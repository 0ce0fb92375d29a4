package emailotp

import "github.com/goauth-dev/goauth/core/auth"

// The error codes of the plugin. Upstream: EMAIL_OTP_ERROR_CODES.
var (
	OTPExpired      = auth.Code{ID: "OTP_EXPIRED", Message: "OTP expired"}
	InvalidOTP      = auth.Code{ID: "INVALID_OTP", Message: "Invalid OTP"}
	TooManyAttempts = auth.Code{ID: "TOO_MANY_ATTEMPTS", Message: "Too many attempts"}
)

var codes = []auth.Code{OTPExpired, InvalidOTP, TooManyAttempts}
