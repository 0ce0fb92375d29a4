package twofactor

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/plugins/onetime"
)

// Options configures the plugin.
type Options struct {
	// Issuer names the application in authenticator apps. Default: the option AppName.
	Issuer string `option:"issuer"`
	// TOTP configures codes of authenticator apps.
	TOTP TOTPOptions `option:"totpOptions"`
	// OTP configures codes that the application delivers.
	OTP OTPOptions `option:"otpOptions"`
	// BackupCodes configures codes for when the device is lost.
	BackupCodes BackupCodeOptions `option:"backupCodeOptions"`
	// SkipVerificationOnEnable turns the second factor on before a code has shown that it works.
	SkipVerificationOnEnable bool `option:"skipVerificationOnEnable"`
	// AllowPasswordless lets users without a password manage their second factor. Default: nobody without one can.
	AllowPasswordless bool `option:"allowPasswordless"`
	// TwoFactorCookieMaxAge is how long a sign-in waits for its second factor. Default: 10 min.
	TwoFactorCookieMaxAge time.Duration `option:"twoFactorCookieMaxAge"`
	// TrustDeviceMaxAge is how long a trusted device is not asked, from its last sign-in. Default: 30 days.
	TrustDeviceMaxAge time.Duration `option:"trustDeviceMaxAge"`
	// TwoFactorTable is the name of the table. Default: "twoFactor".
	TwoFactorTable string `option:"twoFactorTable"`
	// Schema renames the table and the columns.
	Schema schema.Renames `option:"schema"`
	// EnforceOn adds paths of sign-ins that ask for the second factor, such as "/sign-in/email-otp". Default: those with a
	// password only, as upstream: /sign-in/email, /sign-in/username and /sign-in/phone-number. Upstream has no such option.
	EnforceOn []string `option:"enforceOn"`
	// AccountLockout bounds wrong codes in a row for one user, whatever the kind (UP-025).
	AccountLockout Lockout `option:"accountLockout"`
}

// TOTPOptions configures codes of authenticator apps (RFC 6238). Upstream: totpOptions.
type TOTPOptions struct {
	// Issuer names the application in the address that /two-factor/get-totp-uri answers. Default: the option AppName.
	Issuer string `option:"issuer"`
	// Digits is 6 (the default) or 8.
	Digits int `option:"digits"`
	// Period is how long a code is shown. Default: 30 s.
	Period time.Duration `option:"period"`
	// AllowPasswordless overrides the option above for reading the address.
	AllowPasswordless option.Toggle `option:"allowPasswordless"`
	// Disable refuses such codes.
	Disable bool `option:"disable"`
}

// OTPOptions configures codes that the application delivers. Upstream: otpOptions.
type OTPOptions struct {
	// SendOTP delivers a code, in the background. Nil: there are no such codes.
	SendOTP func(ctx context.Context, m Message) error `option:"-"`
	// PeriodMinutes is the life of a code. Default: 3. Upstream: period.
	PeriodMinutes float64 `option:"period"`
	// Digits is the length of a code. Default: 6.
	Digits int `option:"digits"`
	// AllowedAttempts is how many wrong tries a code stands. Default: 5.
	AllowedAttempts int `option:"allowedAttempts"`
	// StoreOTP says how codes are kept: plain (the default), hashed or encrypted, or by functions.
	StoreOTP onetime.Storage `option:"storeOTP"`
}

// Message is a code for a user.
type Message struct {
	User *auth.User
	OTP  string
	// Request is the request that caused it, nil in process. Its body is consumed.
	Request *http.Request
}

// BackupCodeOptions configures codes for when the device is lost. Upstream: backupCodeOptions.
type BackupCodeOptions struct {
	// Amount is how many codes there are. Default: 10.
	Amount int `option:"amount"`
	// Length is how many characters a code has, the dash after the fifth not counted. Default: 10.
	Length int `option:"length"`
	// CustomBackupCodesGenerate makes the codes.
	CustomBackupCodesGenerate func() []string `option:"-"`
	// StoreBackupCodes says how codes are kept: encrypted (the default), plain, hashed, or by Encrypt and Decrypt. Hashed
	// codes cannot be shown again, nor used by a Node server beside this one (GAP-021).
	StoreBackupCodes onetime.Storage `option:"storeBackupCodes"`
	// AllowPasswordless overrides the option above for making new codes.
	AllowPasswordless option.Toggle `option:"allowPasswordless"`
}

// Lockout bounds wrong codes in a row.
type Lockout struct {
	// Enabled turns it on. Default: on.
	Enabled option.Toggle `option:"enabled"`
	// MaxFailures is how many wrong codes in a row lock a user's second factor. Default: 10.
	MaxFailures int `option:"maxFailures"`
	// Duration is how long, from the last of them. Default: 15 min.
	Duration time.Duration `option:"duration"`
}

// challengeAttempts is how many wrong codes a sign-in stands before it has to begin again (UP-024).
const challengeAttempts = 5

func (o *Options) challengeLife() time.Duration {
	return cmp.Or(o.TwoFactorCookieMaxAge, 10*time.Minute)
}

func (o *Options) trustLife() time.Duration { return cmp.Or(o.TrustDeviceMaxAge, 30*24*time.Hour) }

func (o *Options) maxFailures() int { return cmp.Or(o.AccountLockout.MaxFailures, 10) }

func (o *Options) lockFor() time.Duration { return cmp.Or(o.AccountLockout.Duration, 15*time.Minute) }

func (o *OTPOptions) life() time.Duration {
	return time.Duration(cmp.Or(o.PeriodMinutes, 3) * float64(time.Minute))
}

func (o *OTPOptions) allowed() int { return cmp.Or(o.AllowedAttempts, 5) }

func (o *OTPOptions) digits() int { return cmp.Or(o.Digits, 6) }

func (o *TOTPOptions) digits() int { return cmp.Or(o.Digits, 6) }

func (o *TOTPOptions) seconds() int64 {
	return int64(cmp.Or(o.Period, 30*time.Second) / time.Second)
}

func seconds(d time.Duration) *int {
	n := int(d / time.Second)
	return &n
}
