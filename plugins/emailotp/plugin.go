// Package emailotp signs people in, verifies and changes addresses, and resets passwords by codes in mails.
// Upstream: email-otp.
package emailotp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
)

// The paths of the operations.
const (
	sendPath          = "/email-otp/send-verification-otp"
	checkPath         = "/email-otp/check-verification-otp"
	verifyPath        = "/email-otp/verify-email"
	signInPath        = "/sign-in/email-otp"
	requestResetPath  = "/email-otp/request-password-reset"
	resetPath         = "/email-otp/reset-password"
	forgetPath        = "/forget-password/email-otp"
	requestChangePath = "/email-otp/request-email-change"
	changePath        = "/email-otp/change-email"
)

var limitedPaths = []string{
	sendPath, checkPath, verifyPath, signInPath, requestResetPath, resetPath, forgetPath, requestChangePath, changePath,
}

// New returns the plugin.
func New(o Options) auth.Plugin {
	return auth.Plugin{
		ID: "email-otp",
		Endpoints: []auth.AnyEndpoint{
			send(&o), create(&o), get(&o), check(&o), verifyEmail(&o), signIn(&o), requestReset(&o), forget(&o), resetPassword(&o),
			requestChange(&o), changeEmail(&o),
		},
		After:      []auth.AfterHook{{Match: o.sendsOnSignUp, Run: o.sendOnSignUp}},
		RateLimits: o.limits(),
		Codes:      codes,
		Init:       o.init,
	}
}

// init checks the options, and takes over the verification mails of the core when they say so.
func (o *Options) init(x *auth.Context) error {
	switch {
	case o.SendVerificationOTP == nil:
		return errors.New("option SendVerificationOTP: it is needed to deliver codes")
	case o.ResendStrategy != "" && o.ResendStrategy != "rotate" && o.ResendStrategy != resendReuse:
		return fmt.Errorf(`option resendStrategy: %q is neither "rotate" nor "reuse"`, o.ResendStrategy)
	}
	if o.OverrideDefaultEmailVerification {
		x.Options.EmailVerification.SendVerificationEmail = func(ctx context.Context, m auth.Mail) error {
			c := x.NewCall(ctx)
			c.Request = m.Request
			return o.sendCode(c, m.User.Email, VerifyPurpose)
		}
	}
	return o.StoreOTP.Check()
}

func (o *Options) sendsOnSignUp(c *auth.Call) bool {
	return o.SendVerificationOnSignUp && !o.OverrideDefaultEmailVerification && strings.HasPrefix(c.Path, "/sign-up")
}

// sendOnSignUp mails a code to the address of the user that the answer shows.
func (o *Options) sendOnSignUp(c *auth.Call) error {
	if _, failed := c.Returned.(*auth.Error); failed {
		return nil
	}
	text, err := auth.JSON(c.Returned)
	if err != nil {
		return err
	}
	tree, err := option.ParseJSON(text)
	if err != nil {
		return err
	}
	answer, _ := tree.(*auth.Object)
	v, _ := answer.Get("user")
	user, _ := v.(*auth.Object)
	v, _ = user.Get("email")
	email, _ := v.(string)
	if email == "" {
		return nil
	}
	otp, err := o.newCode(c, identifier(VerifyPurpose, email), email, VerifyPurpose)
	if err != nil {
		return err
	}
	o.deliver(c, email, otp, VerifyPurpose)
	return nil
}
