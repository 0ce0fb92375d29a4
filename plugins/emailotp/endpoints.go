package emailotp

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/verification"
)

// SendIn is the input of sendVerificationOTP and createVerificationOTP.
type SendIn struct {
	Email string `body:"email" doc:"Email address to send the OTP"`
	Type  string `body:"type" is:"literal=email-verification|sign-in|forget-password|change-email" doc:"Type of the OTP"`
}

// Send is the operation sendVerificationOTP, as an application calls it: it mails a code. It answers alike for every
// address. It fails with INVALID_EMAIL.
var Send = send(&Options{})

func send(o *Options) auth.Endpoint[SendIn, *Success] {
	return auth.Endpoint[SendIn, *Success]{
		Key: "sendVerificationOTP", Method: auth.POST, Path: sendPath, OperationID: "sendEmailVerificationOTP",
		Doc: "Send a verification OTP to an email", Use: []auth.Guard{auth.FormCSRF},
		Handle: func(c *auth.Call, in SendIn) (*Success, error) {
			email, err := address(in.Email)
			if err != nil {
				return nil, err
			}
			if Purpose(in.Type) == ChangePurpose {
				return nil, auth.FailText(http.StatusBadRequest, "Invalid OTP type")
			}
			return done, o.sendCode(c, email, Purpose(in.Type))
		},
	}
}

// Create is the operation createVerificationOTP: it makes a code for the application to deliver itself. It is not served
// over HTTP.
var Create = create(&Options{})

func create(o *Options) auth.Endpoint[SendIn, string] {
	return auth.Endpoint[SendIn, string]{
		Key: "createVerificationOTP", Method: auth.POST, OperationID: "createEmailVerificationOTP", Doc: "Create a verification OTP for an email",
		Handle: func(c *auth.Call, in SendIn) (string, error) {
			email, p := account.LowerASCII(in.Email), Purpose(in.Type)
			return o.newCode(c, identifier(p, email), email, p)
		},
	}
}

// GetIn is the input of getVerificationOTP.
type GetIn struct {
	Email string `query:"email" doc:"Email address the OTP was sent to"`
	Type  string `query:"type" is:"literal=email-verification|sign-in|forget-password|change-email" doc:"Type of the OTP"`
}

// GetOut is the output of getVerificationOTP.
type GetOut struct {
	// OTP is the code, or null when none is good.
	OTP *string `json:"otp"`
}

// Get is the operation getVerificationOTP: it reads the code that is good for an address. It is not served over HTTP. It
// fails when codes are kept hashed.
var Get = get(&Options{})

func get(o *Options) auth.Endpoint[GetIn, *GetOut] {
	return auth.Endpoint[GetIn, *GetOut]{
		Key: "getVerificationOTP", Method: auth.GET, OperationID: "getEmailVerificationOTP", Doc: "Get a verification OTP for an email", Handle: o.get,
	}
}

func (o *Options) get(c *auth.Call, in GetIn) (*GetOut, error) {
	v, err := verification.Find(c, identifier(Purpose(in.Type), account.LowerASCII(in.Email)))
	if err != nil {
		return nil, err
	}
	if v == nil || v.ExpiresAt.Before(c.Now()) {
		return &GetOut{}, nil
	}
	if o.StoreOTP.OneWay() {
		return nil, auth.FailText(http.StatusBadRequest, "OTP is hashed, cannot return the plain text OTP")
	}
	stored, _ := verification.SplitCode(v.Value)
	otp, err := o.StoreOTP.Reveal(c, stored)
	return &GetOut{&otp}, err
}

// CheckIn is the input of checkVerificationOTP.
type CheckIn struct {
	Email string `body:"email" doc:"Email address the OTP was sent to"`
	Type  string `body:"type" is:"literal=email-verification|sign-in|forget-password|change-email" doc:"Type of the OTP"`
	OTP   string `body:"otp" doc:"OTP to verify"`
}

// Check is the operation checkVerificationOTP, as an application calls it: it says whether a code is right, and leaves it
// good. An unknown address answers as a wrong code does (UP-119). It fails with INVALID_EMAIL, INVALID_OTP, OTP_EXPIRED or
// TOO_MANY_ATTEMPTS.
var Check = check(&Options{})

func check(o *Options) auth.Endpoint[CheckIn, *Success] {
	return auth.Endpoint[CheckIn, *Success]{
		Key: "checkVerificationOTP", Method: auth.POST, Path: checkPath, OperationID: "verifyEmailWithOTP", Doc: "Verify an email with an OTP",
		Handle: func(c *auth.Call, in CheckIn) (*Success, error) {
			email, err := address(in.Email)
			if err != nil {
				return nil, err
			}
			return done, o.try(c, verification.CheckCode, identifier(Purpose(in.Type), email), in.OTP)
		},
	}
}
