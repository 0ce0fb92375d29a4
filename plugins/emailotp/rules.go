package emailotp

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/verification"
	"github.com/goauth-dev/goauth/plugins/onetime"
)

// identifier is where the code of a purpose for an address is kept.
func identifier(p Purpose, email string) string { return string(p) + "-otp-" + email }

// address returns an address in the form in which it is kept, or fails with INVALID_EMAIL. Only A to Z become small: folding
// further would make two addresses one (GO-004).
func address(email string) (string, error) {
	email = account.LowerASCII(email)
	if !auth.IsEmail(email) {
		return "", auth.Fail(http.StatusBadRequest, auth.InvalidEmail)
	}
	return email, nil
}

func (o *Options) generate(c *auth.Call, email string, p Purpose) (string, error) {
	if o.GenerateOTP != nil {
		if otp, err := o.GenerateOTP(c, email, p); otp != "" || err != nil {
			return otp, err
		}
	}
	return onetime.Code(c, cmp.Or(o.OTPLength, defaultLength))
}

// newCode makes a code and keeps it under a name.
func (o *Options) newCode(c *auth.Call, name, email string, p Purpose) (string, error) {
	otp, err := o.generate(c, email, p)
	if err != nil {
		return "", err
	}
	stored, err := o.StoreOTP.Store(c, otp)
	if err != nil {
		return "", err
	}
	return otp, o.keep(c, name, verification.CodeValue(stored))
}

// keep stores a value in the place of one that a database refuses beside it.
func (o *Options) keep(c *auth.Call, name, value string) error {
	until := c.Now().Add(o.life())
	err := verification.Create(c, name, value, until)
	if !errors.Is(err, store.ErrDuplicate) {
		return err
	}
	return c.InTx(func() error {
		if err := verification.Delete(c, name); err != nil {
			return err
		}
		return verification.Create(c, name, value, until)
	})
}

// code returns the code to send for a purpose: the one that is good still, when it is to be reused, else another.
func (o *Options) code(c *auth.Call, email string, p Purpose) (string, error) {
	name := identifier(p, email)
	if o.ResendStrategy == resendReuse && !o.StoreOTP.OneWay() {
		otp, err := o.reuse(c, name)
		if otp != "" || err != nil {
			return otp, err
		}
	}
	return o.newCode(c, name, email, p)
}

// reuse extends a code that is good still and returns it, or "".
func (o *Options) reuse(c *auth.Call, name string) (string, error) {
	v, err := verification.Find(c, name)
	if v == nil || err != nil || !v.ExpiresAt.After(c.Now()) {
		return "", err
	}
	stored, failed := verification.SplitCode(v.Value)
	if failed >= o.allowed() {
		return "", nil
	}
	otp, err := o.StoreOTP.Reveal(c, stored)
	if otp == "" || err != nil {
		return "", err
	}
	extended, err := verification.Extend(c, name, v.Value, c.Now().Add(o.life()))
	if !extended || err != nil {
		return "", err
	}
	return otp, nil
}

// deliver mails a code in the background.
func (o *Options) deliver(c *auth.Call, email, otp string, p Purpose) {
	m := Mail{email, otp, p, c.Request}
	c.Send("one-time password", func(ctx context.Context) error { return o.SendVerificationOTP(ctx, m) })
}

// sendCode mails a code to an address that somebody has, or that may sign up. Others cost as much and get none.
func (o *Options) sendCode(c *auth.Call, email string, p Purpose) error {
	otp, err := o.code(c, email, p)
	if err != nil {
		return err
	}
	user, err := account.FindUserByEmail(c, email)
	if err != nil {
		return err
	}
	if user == nil && (p != SignInPurpose || o.DisableSignUp) {
		return verification.Delete(c, identifier(p, email))
	}
	o.deliver(c, email, otp, p)
	return nil
}

// attempt is [verification.UseCode] or [verification.CheckCode].
type attempt = func(c *auth.Call, identifier string, allowed int, right func(stored string) (bool, error)) (verification.CodeState, error)

// try holds a code against the one that is kept, and answers everything but a right one.
func (o *Options) try(c *auth.Call, attempt attempt, name, otp string) error {
	state, err := attempt(c, name, o.allowed(), o.StoreOTP.Matcher(c, otp))
	if err != nil {
		return err
	}
	switch state {
	case verification.CodeRight:
		return nil
	case verification.CodeExpired:
		return auth.Fail(http.StatusBadRequest, OTPExpired)
	case verification.CodeSpent:
		return auth.Fail(http.StatusForbidden, TooManyAttempts)
	default:
		return auth.Fail(http.StatusBadRequest, InvalidOTP)
	}
}

// Success is the output of the operations that have nothing to say.
type Success struct {
	Success bool `json:"success"`
}

var done = &Success{true}
