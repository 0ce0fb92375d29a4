package twofactor

import (
	"context"
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/verification"
	"github.com/goauth-dev/goauth/plugins/onetime"
)

// SendOTPIn is the input of sendTwoFactorOTP.
type SendOTPIn struct {
	TrustDevice *bool `body:"trustDevice,optional,absent" doc:"It has no effect here"`
}

// SendOTP is the operation sendTwoFactorOTP, as an application calls it: it sends a code to the user of a sign-in that
// waits, or to the caller. It fails with OTP_NOT_CONFIGURED, INVALID_TWO_FACTOR_COOKIE or ACCOUNT_TEMPORARILY_LOCKED.
var SendOTP = sendOTP(&Options{})

func sendOTP(o *Options) auth.Endpoint[SendOTPIn, *Status] {
	return auth.Endpoint[SendOTPIn, *Status]{
		Key: "sendTwoFactorOTP", Method: auth.POST, Path: "/two-factor/send-otp", Doc: "Send two factor OTP to the user", Handle: o.sendOTP,
	}
}

func otpName(p *party) string { return "2fa-otp-" + p.key }

func (o *Options) sendOTP(c *auth.Call, _ SendOTPIn) (*Status, error) {
	send := o.OTP.SendOTP
	if send == nil {
		return nil, auth.Fail(http.StatusBadRequest, otpNotConfigured)
	}
	p, err := o.partyOf(c)
	if err != nil {
		return nil, err
	}
	if locked, err := o.locked(c, p.user); locked != nil || err != nil {
		return nil, orError(locked, err)
	}
	code, err := onetime.Code(c, o.OTP.digits())
	if err != nil {
		return nil, err
	}
	stored, err := o.OTP.StoreOTP.Store(c, code)
	if err != nil {
		return nil, err
	}
	if err := verification.Create(c, otpName(p), verification.CodeValue(stored), c.Now().Add(o.OTP.life())); err != nil {
		return nil, err
	}
	m := Message{p.user, code, c.Request}
	c.Send("second factor", func(ctx context.Context) error { return send(ctx, m) })
	return &Status{true}, nil
}

func orError(refused *auth.Error, err error) error {
	if err != nil {
		return err
	}
	return refused
}

// VerifyOTP is the operation verifyTwoFactorOTP, as an application calls it: with a code that was sent it ends a sign-in
// that waits, or, for the holder of a session, turns the second factor on. The code is used up. It fails with
// INVALID_TWO_FACTOR_COOKIE, INVALID_CODE, OTP_HAS_EXPIRED, TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE or
// ACCOUNT_TEMPORARILY_LOCKED.
var VerifyOTP = verifyOTP(&Options{})

func verifyOTP(o *Options) auth.Endpoint[VerifyIn, *VerifyOut] {
	return auth.Endpoint[VerifyIn, *VerifyOut]{
		Key: "verifyTwoFactorOTP", Method: auth.POST, Path: "/two-factor/verify-otp", Doc: "Verify two factor OTP", Handle: o.verifyOTP,
	}
}

func (o *Options) verifyOTP(c *auth.Call, in VerifyIn) (*VerifyOut, error) {
	p, err := o.partyOf(c)
	if err != nil {
		return nil, err
	}
	var started *auth.Session
	var fresh *auth.SignedIn
	err = o.attempt(c, p, factorCheck{
		wrong: auth.Fail(http.StatusUnauthorized, InvalidCode),
		run:   func() (bool, *auth.Error, error) { return o.checkOTP(c, p, in.Code) },
		then: func() (err error) {
			switch {
			case p.session == nil && !isEnabled(p.user):
				return auth.Fail(http.StatusBadRequest, auth.FailedToCreateSession)
			case p.session == nil:
				started, err = o.begin(c, p)
			case !isEnabled(p.user):
				fresh, err = switchTo(c, p.session, true)
			}
			return err
		},
	})
	switch {
	case err != nil:
		return nil, err
	case started != nil:
		return o.finish(c, p, started, in.TrustDevice)
	case fresh != nil:
		return answer(c, fresh), setSession(c, fresh)
	default:
		return answer(c, p.session), nil
	}
}

func (o *Options) checkOTP(c *auth.Call, p *party, code string) (bool, *auth.Error, error) {
	state, err := verification.UseCode(c, otpName(p), o.OTP.allowed(), o.OTP.StoreOTP.Matcher(c, code))
	if err != nil {
		return false, nil, err
	}
	switch state {
	case verification.CodeRight:
		return true, nil, nil
	case verification.CodeMissing, verification.CodeExpired:
		return false, auth.Fail(http.StatusBadRequest, OTPHasExpired), nil
	case verification.CodeSpent:
		return false, auth.Fail(http.StatusBadRequest, TooManyAttemptsRequestNewCode), nil
	default:
		return false, nil, nil
	}
}
