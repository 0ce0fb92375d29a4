package account

import (
	"net/http"
	"strconv"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/verification"
)

// tooManyFailures is the answer while guessing of an account's password is held up.
var tooManyFailures = auth.Code{ID: "TOO_MANY_FAILED_ATTEMPTS", Message: "Too many failed attempts. Please try again later."}

// suspiciousFailures is from how many wrong passwords on a right one is reported.
const suspiciousFailures = 5

// knownDeviceAge is how long a device counts as known after a sign-in, in seconds.
const knownDeviceAge = 180 * 24 * 60 * 60

// Throttle bounds wrong passwords in a row for one account, from any number of addresses (GAP-007). Every attempt counts as a
// wrong one before the password is looked at, so that guesses which come at once pass no limit. A device that signed in to
// the account before is never held up, so nobody can lock the owner out. An address without an account is treated alike: a
// hold-up tells nothing about who is known.
type Throttle struct {
	call   *auth.Call
	user   *auth.User
	owner  string // whose failures are counted
	before verification.Count
}

// StartThrottle counts an attempt at the account, or at the address when nobody has it: u is nil then. It fails with 429
// when there were too many and the device is not known. Without the option it does nothing. One of Succeeded and Withdrawn
// follows, unless the password was wrong.
func StartThrottle(c *auth.Call, u *auth.User, email string) (*Throttle, error) {
	t := &Throttle{call: c, user: u}
	o := &c.Options.EmailAndPassword.SignInThrottle
	limit := o.MaxFailures
	if limit <= 0 {
		return t, nil
	}
	if u == nil {
		t.owner = "unknown-" + crypto.HashIdentifier(LowerASCII(email))
	} else {
		t.owner = u.ID
		if owner, ok, _ := c.SignedCookie(t.cookie().Name); ok && auth.SameText(owner, u.ID) {
			limit = 0
		}
	}
	before, counted, err := verification.IncrementBelow(c, t.identifier(), limit, c.Now().Add(o.Window))
	if err != nil {
		return nil, err
	}
	t.before = before
	if counted {
		return t, nil
	}
	refusal := auth.Fail(http.StatusTooManyRequests, tooManyFailures)
	seconds := strconv.Itoa(int(before.ExpiresAt.Sub(c.Now())/time.Second) + 1)
	refusal.Header = http.Header{"Retry-After": {seconds}, "X-Retry-After": {seconds}}
	return nil, refusal
}

func (t *Throttle) identifier() string { return "sign-in-failures-" + t.owner }

func (t *Throttle) cookie() auth.Cookie {
	age := knownDeviceAge
	return t.call.NewCookie("known_device", &age)
}

func (t *Throttle) enabled() bool { return t.owner != "" }

// Withdrawn takes the attempt back: the password could not be looked at, which is nobody's failure (FAULT-001).
func (t *Throttle) Withdrawn() error {
	if !t.enabled() {
		return nil
	}
	return verification.Decrement(t.call, t.identifier(), t.before)
}

// Succeeded forgets the failures and remembers the device.
func (t *Throttle) Succeeded() error {
	if !t.enabled() {
		return nil
	}
	if t.before.N >= suspiciousFailures {
		t.call.Emit(auth.SuspiciousSignIn, t.user)
	}
	if err := verification.Delete(t.call, t.identifier()); err != nil {
		return err
	}
	return t.call.SetSignedCookie(t.cookie(), t.user.ID)
}
