package twofactor

import "github.com/goauth-dev/goauth/core/auth"

// The error codes of the plugin. Upstream: TWO_FACTOR_ERROR_CODES; AccountTemporarilyLocked came after 1.6.9.
var (
	OTPNotEnabled                 = auth.Code{ID: "OTP_NOT_ENABLED", Message: "OTP not enabled"}
	OTPHasExpired                 = auth.Code{ID: "OTP_HAS_EXPIRED", Message: "OTP has expired"}
	TOTPNotEnabled                = auth.Code{ID: "TOTP_NOT_ENABLED", Message: "TOTP not enabled"}
	TwoFactorNotEnabled           = auth.Code{ID: "TWO_FACTOR_NOT_ENABLED", Message: "Two factor isn't enabled"}
	BackupCodesNotEnabled         = auth.Code{ID: "BACKUP_CODES_NOT_ENABLED", Message: "Backup codes aren't enabled"}
	InvalidBackupCode             = auth.Code{ID: "INVALID_BACKUP_CODE", Message: "Invalid backup code"}
	InvalidCode                   = auth.Code{ID: "INVALID_CODE", Message: "Invalid code"}
	TooManyAttemptsRequestNewCode = auth.Code{ID: "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE", Message: "Too many attempts. Please request a new code."}
	InvalidTwoFactorCookie        = auth.Code{ID: "INVALID_TWO_FACTOR_COOKIE", Message: "Invalid two factor cookie"}
	AccountTemporarilyLocked      = auth.Code{ID: "ACCOUNT_TEMPORARILY_LOCKED", Message: "Too many failed attempts. The account is locked for a while."}
)

var codes = []auth.Code{
	OTPNotEnabled, OTPHasExpired, TOTPNotEnabled, TwoFactorNotEnabled, BackupCodesNotEnabled, InvalidBackupCode, InvalidCode,
	TooManyAttemptsRequestNewCode, InvalidTwoFactorCookie, AccountTemporarilyLocked,
}

// Codes that upstream answers without listing them.
var (
	totpNotConfigured = auth.Code{ID: "TOTP_NOT_CONFIGURED", Message: "totp isn't configured"}
	otpNotConfigured  = auth.Code{ID: "OTP_NOT_CONFIGURED", Message: "otp isn't configured"}
)
