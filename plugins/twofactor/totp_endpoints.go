package twofactor

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// GenerateTOTPIn is the input of generateTOTP.
type GenerateTOTPIn struct {
	Secret string `body:"secret" doc:"The secret to generate the TOTP code"`
}

// GenerateTOTPOut is the output of generateTOTP.
type GenerateTOTPOut struct {
	Code string `json:"code"`
}

// GenerateTOTP is the operation generateTOTP: the code of a secret, as text, at this time. It is not served over HTTP.
var GenerateTOTP = generateTOTP(&Options{})

func generateTOTP(o *Options) auth.Endpoint[GenerateTOTPIn, *GenerateTOTPOut] {
	return auth.Endpoint[GenerateTOTPIn, *GenerateTOTPOut]{
		Key: "generateTOTP", Method: auth.POST, Doc: "Use this endpoint to generate a TOTP code",
		Handle: func(c *auth.Call, in GenerateTOTPIn) (*GenerateTOTPOut, error) {
			if o.TOTP.Disable {
				return nil, auth.Fail(http.StatusBadRequest, totpNotConfigured)
			}
			return &GenerateTOTPOut{hotp(in.Secret, o.TOTP.step(c.Now()), o.TOTP.digits())}, nil
		},
	}
}

// GetTOTPURIOut is the output of getTOTPURI.
type GetTOTPURIOut struct {
	TOTPURI string `json:"totpURI"`
}

// GetTOTPURI is the operation getTOTPURI, as an application calls it: the address that was shown when the caller made the
// secret. It fails with INVALID_PASSWORD, TOTP_NOT_ENABLED or TOTP_NOT_CONFIGURED.
var GetTOTPURI = getTOTPURIWith(&Options{})

func getTOTPURI(o *Options) auth.AnyEndpoint {
	e := getTOTPURIWith(o)
	if !o.TOTP.AllowPasswordless.Or(o.AllowPasswordless) {
		return e
	}
	return auth.Endpoint[passwordFreeIn, *GetTOTPURIOut]{
		Key: e.Key, Method: auth.POST, Path: e.Path, Doc: e.Doc, Use: e.Use,
		Handle: func(c *auth.Call, in passwordFreeIn) (*GetTOTPURIOut, error) { return o.getTOTPURI(c, DisableIn(in)) },
	}
}

func getTOTPURIWith(o *Options) auth.Endpoint[DisableIn, *GetTOTPURIOut] {
	return auth.Endpoint[DisableIn, *GetTOTPURIOut]{
		Key: "getTOTPURI", Method: auth.POST, Path: "/two-factor/get-totp-uri", Doc: "Use this endpoint to get the TOTP URI",
		Use: []auth.Guard{session.Sensitive}, Handle: o.getTOTPURI,
	}
}

func (o *Options) getTOTPURI(c *auth.Call, in DisableIn) (*GetTOTPURIOut, error) {
	if o.TOTP.Disable {
		return nil, auth.Fail(http.StatusBadRequest, totpNotConfigured)
	}
	user := c.Session.User
	f, err := find(c, user.ID)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, auth.Fail(http.StatusBadRequest, TOTPNotEnabled)
	}
	if err := checkPassword(c, in.Password, o.TOTP.AllowPasswordless.Or(o.AllowPasswordless)); err != nil {
		return nil, err
	}
	secret, err := openSecret(c, f)
	if err != nil {
		return nil, err
	}
	return &GetTOTPURIOut{o.TOTP.uri(secret, firstOf(o.TOTP.Issuer, c.Options.AppName), user.Email)}, nil
}

// VerifyIn is the input of verifyTOTP and verifyTwoFactorOTP.
type VerifyIn struct {
	Code        string `body:"code" doc:"The otp code to verify"`
	TrustDevice *bool  `body:"trustDevice,optional" doc:"If true, the device is not asked again for 30 days after each sign-in"`
}

// VerifyTOTP is the operation verifyTOTP, as an application calls it: with a code of an authenticator app it ends a sign-in
// that waits, or, for the holder of a session, turns the second factor on. A code is good once. It fails with
// INVALID_TWO_FACTOR_COOKIE, INVALID_CODE, TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE, ACCOUNT_TEMPORARILY_LOCKED, TOTP_NOT_ENABLED
// or TOTP_NOT_CONFIGURED.
var VerifyTOTP = verifyTOTP(&Options{})

func verifyTOTP(o *Options) auth.Endpoint[VerifyIn, *VerifyOut] {
	return auth.Endpoint[VerifyIn, *VerifyOut]{
		Key: "verifyTOTP", Method: auth.POST, Path: "/two-factor/verify-totp", Doc: "Verify two factor TOTP", Handle: o.verifyTOTP,
	}
}

func (o *Options) verifyTOTP(c *auth.Call, in VerifyIn) (*VerifyOut, error) {
	if o.TOTP.Disable {
		return nil, auth.Fail(http.StatusBadRequest, totpNotConfigured)
	}
	p, err := o.partyOf(c)
	if err != nil {
		return nil, err
	}
	var f *factor
	var started *auth.Session
	var fresh *auth.SignedIn
	err = o.attempt(c, p, factorCheck{
		wrong: auth.Fail(http.StatusUnauthorized, InvalidCode), perChallenge: true,
		run: func() (bool, *auth.Error, error) {
			var refused *auth.Error
			if f, refused, err = totpOf(c, p); refused != nil || err != nil {
				return false, refused, err
			}
			right, err := o.checkTOTP(c, f, p.user.ID, in.Code)
			return right, nil, err
		},
		then: func() (err error) {
			if fresh, err = confirm(c, p, f); err != nil || p.session != nil {
				return err
			}
			started, err = o.begin(c, p)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	if started != nil {
		return o.finish(c, p, started, in.TrustDevice)
	}
	if fresh != nil {
		if err := setSession(c, fresh); err != nil {
			return nil, err
		}
	}
	return answer(c, p.session), nil // upstream answers the session from before
}

// totpOf returns the row of a party that has a secret. One that was never verified ends no sign-in.
func totpOf(c *auth.Call, p *party) (*factor, *auth.Error, error) {
	f, err := find(c, p.user.ID)
	if err != nil {
		return nil, nil, err
	}
	if f == nil || p.session == nil && f.unverified() {
		return nil, auth.Fail(http.StatusBadRequest, TOTPNotEnabled), nil
	}
	return f, nil, nil
}

// checkTOTP reports whether a code is right and was not used before.
func (o *Options) checkTOTP(c *auth.Call, f *factor, userID, code string) (bool, error) {
	secret, err := openSecret(c, f)
	if err != nil {
		return false, err
	}
	step, ok := o.TOTP.match(secret, code, c.Now())
	if !ok {
		return false, nil
	}
	return o.useStep(c, userID, step)
}

// confirm marks a secret as verified, and turns the second factor on for a user who sets it up.
func confirm(c *auth.Call, p *party, f *factor) (fresh *auth.SignedIn, err error) {
	if f.verified == true {
		return nil, nil
	}
	if p.session != nil && !isEnabled(p.user) {
		if fresh, err = switchTo(c, p.session, true); err != nil {
			return nil, err
		}
	}
	_, err = c.Update(model, store.Where{store.Is("id", f.id)}, store.Record{"verified": true})
	return fresh, err
}
