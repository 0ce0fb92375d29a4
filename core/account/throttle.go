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

// Throttle bounds wrong passwords in a row for one account, from any number of addresses (GAP-007). A device that signed
// in to the account before is never held up, so nobody can lock the owner out. An address without an account is treated
// alike: a hold-up tells nothing about who is known.
type Throttle struct {
	call     *auth.Call
	user     *auth.User
	owner    string // whose failures are counted
	failures int
	known    bool
}

// StartThrottle reads the failures of the account, or of the address when nobody has it: u is nil then. It fails with 429
// when there were too many and the device is not known. Without the option it does nothing.
func StartThrottle(c *auth.Call, u *auth.User, email string) (*Throttle, error) {
	t := &Throttle{call: c, user: u}
	limit := c.Options.EmailAndPassword.SignInThrottle.MaxFailures
	if limit <= 0 {
		return t, nil
	}
	if u == nil {
		t.owner = "unknown-" + crypto.HashIdentifier(LowerASCII(email))
	} else {
		t.owner = u.ID
		owner, ok, _ := c.SignedCookie(t.cookie().Name)
		t.known = ok && auth.SameText(owner, u.ID)
	}
	v, err := verification.Find(c, t.identifier())
	if err != nil {
		return nil, err
	}
	now := c.Now()
	if v != nil && v.ExpiresAt.After(now) {
		t.failures, _ = strconv.Atoi(v.Value)
	}
	if t.failures < limit || t.known {
		return t, nil
	}
	refusal := auth.Fail(http.StatusTooManyRequests, tooManyFailures)
	seconds := strconv.Itoa(int(v.ExpiresAt.Sub(now)/time.Second) + 1)
	refusal.Header = http.Header{"Retry-After": {seconds}, "X-Retry-After": {seconds}}
	return nil, refusal
}

func (t *Throttle) identifier() string { return "sign-in-failures-" + t.owner }

func (t *Throttle) cookie() auth.Cookie {
	age := knownDeviceAge
	return t.call.NewCookie("known_device", &age)
}

func (t *Throttle) enabled() bool { return t.owner != "" }

// Failed counts a wrong password.
func (t *Throttle) Failed() error {
	if !t.enabled() {
		return nil
	}
	window := t.call.Options.EmailAndPassword.SignInThrottle.Window
	return verification.Increment(t.call, t.identifier(), t.call.Now().Add(window))
}

// Succeeded forgets the failures and remembers the device.
func (t *Throttle) Succeeded() error {
	if !t.enabled() {
		return nil
	}
	if t.failures >= suspiciousFailures {
		t.call.Emit(auth.SuspiciousSignIn, t.user)
	}
	if t.failures > 0 {
		if err := verification.Delete(t.call, t.identifier()); err != nil {
			return err
		}
	}
	return t.call.SetSignedCookie(t.cookie(), t.user.ID)
}
