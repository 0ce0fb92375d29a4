package emailotp

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/plugins/onetime"
)

// Purpose is what a code is for. Upstream: type.
type Purpose string

// The purposes.
const (
	SignInPurpose     Purpose = "sign-in"
	VerifyPurpose     Purpose = "email-verification"
	ForgetPurpose     Purpose = "forget-password"
	ChangePurpose     Purpose = "change-email"
	defaultLife               = 5 * time.Minute
	defaultLength             = 6
	defaultAttempts           = 3
	resendReuse               = "reuse"
	defaultRateWindow         = time.Minute
	defaultRateMax            = 3
)

// Options configures the plugin.
type Options struct {
	// SendVerificationOTP delivers a code, in the background. Required.
	SendVerificationOTP func(ctx context.Context, m Mail) error `option:"-"`
	// OTPLength is the number of digits of a code. Default: 6.
	OTPLength int `option:"otpLength"`
	// ExpiresIn is the life of a code. Default: 5 min.
	ExpiresIn time.Duration `option:"expiresIn"`
	// GenerateOTP makes a code; "" takes the default, random digits.
	GenerateOTP func(c *auth.Call, email string, purpose Purpose) (string, error) `option:"-"`
	// SendVerificationOnSignUp mails a code to verify the address after each sign-up.
	SendVerificationOnSignUp bool `option:"sendVerificationOnSignUp"`
	// DisableSignUp refuses addresses that nobody has.
	DisableSignUp bool `option:"disableSignUp"`
	// AllowedAttempts is how many wrong tries a code stands. Default: 3.
	AllowedAttempts int `option:"allowedAttempts"`
	// StoreOTP says how codes are kept: plain (the default), hashed or encrypted, or by functions.
	StoreOTP onetime.Storage `option:"storeOTP"`
	// ResendStrategy is "rotate" (the default): another code each time, or "reuse": the same one while it is good and can
	// be read.
	ResendStrategy string `option:"resendStrategy"`
	// ChangeEmail lets users change their address by codes.
	ChangeEmail ChangeEmail `option:"changeEmail"`
	// OverrideDefaultEmailVerification mails codes instead of links wherever the core verifies an address.
	OverrideDefaultEmailVerification bool `option:"overrideDefaultEmailVerification"`
	// RateLimit bounds requests to each operation. Default: 3 a minute.
	RateLimit RateLimit `option:"rateLimit"`
}

// ChangeEmail lets users change their address by codes. Upstream: changeEmail.
type ChangeEmail struct {
	// Enabled turns it on. Default: off.
	Enabled bool `option:"enabled"`
	// VerifyCurrentEmail also asks for a code that was sent to the current address.
	VerifyCurrentEmail bool `option:"verifyCurrentEmail"`
}

// RateLimit is a number of requests in a span of time.
type RateLimit struct {
	Window time.Duration `option:"window"`
	Max    int           `option:"max"`
}

// Mail is a code for an address.
type Mail struct {
	Email, OTP string
	Purpose    Purpose
	// Request is the request that caused the mail, nil in process. Its body is consumed.
	Request *http.Request
}

func (o *Options) life() time.Duration { return cmp.Or(o.ExpiresIn, defaultLife) }

func (o *Options) allowed() int { return cmp.Or(o.AllowedAttempts, defaultAttempts) }

func (o *Options) limits() []ratelimit.Matcher {
	rule := ratelimit.Rule{Window: cmp.Or(o.RateLimit.Window, defaultRateWindow), Max: cmp.Or(o.RateLimit.Max, defaultRateMax)}
	limits := make([]ratelimit.Matcher, len(limitedPaths))
	for i, limited := range limitedPaths {
		limits[i] = ratelimit.Matcher{Match: func(path string) bool { return path == limited }, Rule: rule}
	}
	return limits
}
