package phonenumber

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
)

// Options configures the plugin.
type Options struct {
	// OTPLength is the number of digits of a code. Default: 6.
	OTPLength int `option:"otpLength"`
	// SendOTP delivers a code, in the background. Nil: asking for one answers 501.
	SendOTP func(ctx context.Context, m Message) error `option:"-"`
	// VerifyOTP checks a code instead, where another service made it. Nil: the plugin checks its own.
	VerifyOTP func(c *auth.Call, m Message) (bool, error) `option:"-"`
	// SendPasswordResetOTP delivers a code to reset a password with, in the background.
	SendPasswordResetOTP func(ctx context.Context, m Message) error `option:"-"`
	// ExpiresIn is the life of a code. Default: 5 min.
	ExpiresIn time.Duration `option:"expiresIn"`
	// PhoneNumberValidator says whether a text is a number to send to. Default: every text is.
	PhoneNumberValidator func(ctx context.Context, phoneNumber string) (bool, error) `option:"-"`
	// RequireVerification refuses the password of a number that is not verified, and sends a code.
	RequireVerification bool `option:"requireVerification"`
	// CallbackOnVerification runs when a number was verified. An error fails the operation.
	CallbackOnVerification func(c *auth.Call, phoneNumber string, u *auth.User) error `option:"-"`
	// SignUpOnVerification creates a user for a verified number that nobody has. Nil: there is none then.
	SignUpOnVerification *SignUp `option:"-"`
	// AllowedAttempts is how many wrong tries a code stands. Default: 3.
	AllowedAttempts int `option:"allowedAttempts"`
	// Schema renames the columns of the table user.
	Schema schema.Renames `option:"schema"`
}

// SignUp says what a user is called who signs up with a number only.
type SignUp struct {
	// GetTempEmail makes the address. Required.
	GetTempEmail func(phoneNumber string) string
	// GetTempName makes the name. Default: the number.
	GetTempName func(phoneNumber string) string
}

// Message is a code for a number.
type Message struct {
	PhoneNumber, Code string
	// Request is the request that caused it, nil in process. Its body is consumed.
	Request *http.Request
}

func (o *Options) digits() int { return cmp.Or(o.OTPLength, 6) }

func (o *Options) life() time.Duration { return cmp.Or(o.ExpiresIn, 5*time.Minute) }

func (o *Options) allowed() int { return cmp.Or(o.AllowedAttempts, 3) }
