package deviceauthorization

import (
	"net/http"
	"strconv"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/verification"
)

// VerifyIn is the input of deviceVerify.
type VerifyIn struct {
	UserCode string `query:"user_code" doc:"The user code to verify"`
}

// VerifyOut is the output of deviceVerify.
type VerifyOut struct {
	UserCode string `json:"user_code" doc:"The user code to verify"`
	// Status is "pending", "approved" or "denied".
	Status string `json:"status" doc:"Current status of the device authorization"`
}

// verify tells the state of a code. A caller who is signed in claims it: only who has seen what is asked for can decide
// (UP-005).
func (o *Options) verify(c *auth.Call, in VerifyIn) (*VerifyOut, error) {
	found, err := o.find(c, in.UserCode)
	if err != nil {
		return nil, err
	}
	if s := session.Current(c, session.LookupOptions{}); s != nil && found.userID == "" && found.status == pending {
		where := store.Where{store.Is("id", found.id), store.Is("status", pending), store.Is("userId", nil)}
		if _, err := c.Update(model, where, store.Record{"userId": s.User.ID}); err != nil {
			return nil, err
		}
	}
	return &VerifyOut{in.UserCode, found.status}, nil
}

// DecideIn is the input of deviceApprove and deviceDeny.
type DecideIn struct {
	UserCode string `body:"userCode" doc:"The user code to decide about"`
}

// Done says that a decision is stored.
type Done struct {
	Success bool `json:"success"`
}

func (o *Options) approve(c *auth.Call, in DecideIn) (*Done, error) {
	return o.decide(c, in, approved, "You are not authorized to approve this device authorization")
}

func (o *Options) deny(c *auth.Call, in DecideIn) (*Done, error) {
	return o.decide(c, in, denied, "You are not authorized to deny this device authorization")
}

// decide stores the decision of the user who claimed the code; of several decisions the first holds (RACE-010).
func (o *Options) decide(c *auth.Call, in DecideIn, status, notYours string) (*Done, error) {
	s, err := session.Confirmed(c)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, refuse(http.StatusUnauthorized, "unauthorized", AuthenticationRequired.Message)
	}
	found, err := o.find(c, in.UserCode)
	switch {
	case err != nil:
		return nil, err
	case found.status != pending:
		return nil, bad("invalid_request", DeviceCodeAlreadyProcessed)
	case found.userID == "":
		return nil, bad("invalid_request", DeviceCodeNotClaimed)
	case found.userID != s.User.ID:
		return nil, refuse(http.StatusForbidden, "access_denied", notYours)
	}
	where := store.Where{store.Is("id", found.id), store.Is("status", pending), store.Is("userId", s.User.ID)}
	row, err := c.Update(model, where, store.Record{"status": status})
	if err != nil {
		return nil, err
	}
	if row == nil {
		return nil, bad("invalid_request", DeviceCodeAlreadyProcessed)
	}
	return &Done{true}, nil
}

// find returns the live code that a person typed. Wrong ones are counted by address, and after some of them none is looked
// at (UP-101).
func (o *Options) find(c *auth.Call, userCode string) (*code, error) {
	if err := checkGuesses(c); err != nil {
		return nil, err
	}
	row, err := c.FindOne(store.Query{Model: model, Where: store.Where{store.Is("userCode", o.clean(userCode))}})
	if err != nil {
		return nil, err
	}
	found := codeFromRecord(row)
	if found == nil {
		if err := o.countGuess(c); err != nil {
			return nil, err
		}
		return nil, bad("invalid_request", InvalidUserCode)
	}
	if found.expiresAt.Before(c.Now()) {
		return nil, bad("expired_token", ExpiredUserCode)
	}
	return found, nil
}

// maxGuesses is how many wrong codes one address may try in the life of a code.
const maxGuesses = 5

func guessesOf(address string) string { return "device-authorization-guesses-" + address }

// checkGuesses fails with 429 when the caller's address has guessed too often. An unknown address is not counted.
func checkGuesses(c *auth.Call) error {
	address := c.ClientIP()
	if address == "" {
		return nil
	}
	v, err := verification.Find(c, guessesOf(address))
	if err != nil || v == nil || !v.ExpiresAt.After(c.Now()) {
		return err
	}
	if n, _ := strconv.Atoi(v.Value); n >= maxGuesses {
		return refuse(http.StatusTooManyRequests, "slow_down", TooManyGuesses.Message)
	}
	return nil
}

func (o *Options) countGuess(c *auth.Call) error {
	address := c.ClientIP()
	if address == "" {
		return nil
	}
	return verification.Increment(c, guessesOf(address), c.Now().Add(o.ExpiresIn))
}
