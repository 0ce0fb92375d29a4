package twofactor

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/verification"
)

// party is who gives a second factor: a sign-in that waits for it, or the holder of a session.
type party struct {
	user *auth.User
	// session is the caller's, nil during a sign-in.
	session *auth.SignedIn
	// challenge is the identifier of the sign-in that waits.
	challenge string
	// key names the party where its codes are kept.
	key string
}

var invalidCookie = auth.Fail(http.StatusUnauthorized, InvalidTwoFactorCookie)

// partyOf returns who calls. Upstream: verifyTwoFactor.
func (o *Options) partyOf(c *auth.Call) (*party, error) {
	s, err := session.Confirmed(c)
	if err != nil {
		return nil, err
	}
	if s != nil {
		return &party{user: s.User, session: s, key: s.User.ID + "!" + s.Session.ID}, nil
	}
	challenge, ok, _ := c.SignedCookie(o.challengeCookie(c).Name)
	if !ok || !strings.HasPrefix(challenge, challengePrefix) {
		return nil, invalidCookie
	}
	userID, err := pending(c, challenge)
	if userID == "" || err != nil {
		return nil, orInvalid(err)
	}
	user, err := account.FindUserByID(c, userID)
	if user == nil || err != nil {
		return nil, orInvalid(err)
	}
	return &party{user: user, challenge: challenge, key: challenge}, nil
}

func orInvalid(err error) error {
	if err == nil {
		return invalidCookie
	}
	return err
}

// pending returns the user whose sign-in waits, or "" when it has ended (UP-022).
func pending(c *auth.Call, challenge string) (string, error) {
	v, err := verification.Find(c, challenge)
	if v == nil || err != nil || !v.ExpiresAt.After(c.Now()) {
		return "", err
	}
	return v.Value, nil
}

// Where attempts are counted, and which step was used last.
func attemptsName(challenge string) string { return "2fa-attempts-" + challenge }
func failuresName(userID string) string    { return "2fa-failures-" + userID }
func stepName(userID string) string        { return "2fa-step-" + userID }

// factorCheck holds what a caller gave against a second factor, and answers a wrong one with an error that counts.
type factorCheck struct {
	// wrong is the answer that counts as a failure.
	wrong *auth.Error
	// run reports whether the factor is right. An error, or a refusal of its own, counts as nothing.
	run func() (right bool, refused *auth.Error, err error)
	// perChallenge also bounds the wrong ones of one sign-in.
	perChallenge bool
	// then runs in the same transaction once the factor was right.
	then func() error
}

// attempt runs one check. The attempts of a user follow each other, however many come at once and to however many
// processes: each sees the count that the last one left (UP-023, UP-024, UP-025).
func (o *Options) attempt(c *auth.Call, p *party, check factorCheck) error {
	var refused *auth.Error
	err := c.InTx(func() (err error) {
		user, err := lock(c, p.user.ID)
		if err != nil {
			return err
		}
		if refused, err = o.refuse(c, p, user, check.perChallenge); refused != nil || err != nil {
			return err
		}
		right, own, err := check.run()
		if own != nil || err != nil {
			refused = own
			return err
		}
		if !right {
			refused = check.wrong
			return o.failed(c, p, check.perChallenge)
		}
		if err := o.forgetFailures(c, p); err != nil {
			return err
		}
		return check.then()
	})
	if err == nil && refused != nil {
		return refused
	}
	return err
}

// refuse is the answer to an attempt that is not let through.
func (o *Options) refuse(c *auth.Call, p *party, user *auth.User, perChallenge bool) (*auth.Error, error) {
	if user == nil {
		return invalidCookie, nil
	}
	if p.session == nil {
		userID, err := pending(c, p.challenge)
		if userID == "" || err != nil {
			return invalidCookie, err
		}
	}
	if locked, err := o.locked(c, p.user); locked != nil || err != nil {
		return locked, err
	}
	if p.session != nil || !perChallenge {
		return nil, nil
	}
	n, _, err := count(c, attemptsName(p.challenge))
	if n < challengeAttempts || err != nil {
		return nil, err
	}
	if err := verification.Delete(c, attemptsName(p.challenge)); err != nil {
		return nil, err
	}
	return auth.Fail(http.StatusBadRequest, TooManyAttemptsRequestNewCode), verification.Delete(c, p.challenge)
}

// count reads a counter, and when it ends.
func count(c *auth.Call, name string) (n int, until time.Time, err error) {
	v, err := verification.Find(c, name)
	if v == nil || err != nil || !v.ExpiresAt.After(c.Now()) {
		return 0, time.Time{}, err
	}
	n, _ = strconv.Atoi(v.Value)
	return n, v.ExpiresAt, nil
}

// locked is the answer while a user's second factor is locked.
func (o *Options) locked(c *auth.Call, u *auth.User) (*auth.Error, error) {
	if !o.AccountLockout.Enabled.Or(true) || !isEnabled(u) {
		return nil, nil
	}
	n, until, err := count(c, failuresName(u.ID))
	if n < o.maxFailures() || err != nil {
		return nil, err
	}
	after := strconv.Itoa(int(until.Sub(c.Now())/time.Second) + 1)
	refused := auth.Fail(http.StatusTooManyRequests, AccountTemporarilyLocked)
	refused.Header = http.Header{"Retry-After": {after}, "X-Retry-After": {after}}
	return refused, nil
}

// failed counts a wrong factor. Whoever only sets one up counts for nothing.
func (o *Options) failed(c *auth.Call, p *party, perChallenge bool) error {
	if p.session == nil && perChallenge {
		if err := verification.Increment(c, attemptsName(p.challenge), c.Now().Add(o.challengeLife())); err != nil {
			return err
		}
	}
	if !o.AccountLockout.Enabled.Or(true) || !isEnabled(p.user) {
		return nil
	}
	return verification.Increment(c, failuresName(p.user.ID), c.Now().Add(o.lockFor()))
}

func (o *Options) forgetFailures(c *auth.Call, p *party) error {
	for _, name := range []string{failuresName(p.user.ID), attemptsName(p.challenge)} {
		n, _, err := count(c, name)
		if err != nil {
			return err
		}
		if n > 0 {
			if err := verification.Delete(c, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetAttempts forgets everything that was counted for a user.
func (o *Options) forgetAttempts(c *auth.Call, userID string) error {
	if err := verification.Delete(c, failuresName(userID)); err != nil {
		return err
	}
	return verification.Delete(c, stepName(userID))
}

// useStep notes the step of a code, and reports whether it is later than the last one that was used: a code is good once
// (RFC 6238 §5.2, GAP-001).
func (o *Options) useStep(c *auth.Call, userID string, step int64) (bool, error) {
	name := stepName(userID)
	v, err := verification.Find(c, name)
	if err != nil {
		return false, err
	}
	if v != nil {
		last, _ := strconv.ParseInt(v.Value, 10, 64)
		if v.ExpiresAt.After(c.Now()) && step <= last {
			return false, nil
		}
		if err := verification.Delete(c, name); err != nil {
			return false, err
		}
	}
	life := 3 * time.Duration(o.TOTP.seconds()) * time.Second // a code is good one step before and one after its own
	return true, verification.Create(c, name, strconv.FormatInt(step, 10), c.Now().Add(life))
}
