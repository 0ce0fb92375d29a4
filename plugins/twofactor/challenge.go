package twofactor

import (
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/verification"
)

const (
	challengePrefix   = "2fa-"
	challengeIDLength = 20
)

// RedirectOut is what a sign-in answers that waits for its second factor.
type RedirectOut struct {
	TwoFactorRedirect bool `json:"twoFactorRedirect"`
	// TwoFactorMethods are "totp" and "otp", as far as the user can use them.
	TwoFactorMethods []string `json:"twoFactorMethods"`
}

func (o *Options) challengeCookie(c *auth.Call) auth.Cookie {
	return c.NewCookie(challengeCookie, seconds(o.challengeLife()))
}

// challenge runs after a sign-in. For a user with a second factor, on a device that is not trusted, it takes the session
// back and puts a challenge in its place.
func (o *Options) challenge(c *auth.Call) error {
	s := c.NewSession
	if s == nil || !isEnabled(s.User) {
		return nil
	}
	trusted, err := o.trusted(c, s.User.ID)
	if err != nil {
		return err
	}
	if trusted {
		return o.trust(c, s.User.ID)
	}
	if o.hasDeviceCookie(c) {
		if err := c.ExpireCookie(o.deviceCookie(c)); err != nil {
			return err
		}
	}
	if err := session.Withdraw(c); err != nil {
		return err
	}
	if err := o.startChallenge(c, s.User.ID); err != nil {
		return err
	}
	methods, err := o.methods(c, s.User.ID)
	c.Reply.Header.Del("Location")
	c.Returned = &RedirectOut{true, methods}
	return err
}

func (o *Options) startChallenge(c *auth.Call, userID string) error {
	id, err := crypto.RandomString(c.Random, challengeIDLength, crypto.URLSafe)
	if err != nil {
		return err
	}
	if err := verification.Create(c, challengePrefix+id, userID, c.Now().Add(o.challengeLife())); err != nil {
		return err
	}
	return c.SetSignedCookie(o.challengeCookie(c), challengePrefix+id)
}

// methods lists the factors that a user can give.
func (o *Options) methods(c *auth.Call, userID string) ([]string, error) {
	methods := []string{}
	if !o.TOTP.Disable {
		f, err := find(c, userID)
		if err != nil {
			return nil, err
		}
		if f != nil && !f.unverified() {
			methods = append(methods, "totp")
		}
	}
	if o.OTP.SendOTP != nil {
		methods = append(methods, "otp")
	}
	return methods, nil
}
