package deviceauthorization

import (
	"errors"
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// TokenIn is the input of deviceToken.
type TokenIn struct {
	GrantType  string `body:"grant_type" is:"literal=urn:ietf:params:oauth:grant-type:device_code" doc:"The grant type for device flow"`
	DeviceCode string `body:"device_code" doc:"The device verification code"`
	ClientID   string `body:"client_id" doc:"The client ID of the application"`
}

// TokenOut is the output of deviceToken (RFC 6749 section 5.1). The access token is the session's token, as the plugin bearer
// takes it.
type TokenOut struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in" doc:"Lifetime in seconds of the session"`
	Scope       string `json:"scope"`
}

// poll answers a device that waits (RFC 8628 section 3.5).
func (o *Options) poll(c *auth.Call, in TokenIn) (*TokenOut, error) {
	if err := o.validate(c, in.ClientID, "invalid_grant"); err != nil {
		return nil, err
	}
	row, err := c.FindOne(store.Query{Model: model, Where: store.Where{store.Is("deviceCode", in.DeviceCode)}})
	if err != nil {
		return nil, err
	}
	found := codeFromRecord(row)
	if err := o.admit(c, found, in); err != nil {
		return nil, err
	}
	switch {
	case found.expiresAt.Before(c.Now()):
		return nil, end(c, found, bad("expired_token", ExpiredDeviceCode))
	case found.status == pending:
		return nil, bad("authorization_pending", AuthorizationPending)
	case found.status == denied:
		return nil, end(c, found, bad("access_denied", AccessDenied))
	case found.status == approved && found.userID != "":
		return o.redeem(c, found)
	default:
		return nil, broken(InvalidDeviceCodeStatus)
	}
}

// admit refuses strangers, and devices that poll too fast; it notes the time of a poll.
func (o *Options) admit(c *auth.Call, found *code, in TokenIn) error {
	switch {
	case found == nil || !auth.SameText(found.deviceCode, in.DeviceCode):
		return bad("invalid_grant", InvalidDeviceCode)
	case found.clientID != "" && found.clientID != in.ClientID:
		return refuse(http.StatusBadRequest, "invalid_grant", "Client ID mismatch")
	case !found.lastPolledAt.IsZero() && c.Now().Sub(found.lastPolledAt) < found.interval:
		return bad("slow_down", PollingTooFrequently)
	}
	row, err := c.Update(model, store.Where{store.Is("id", found.id)}, store.Record{"lastPolledAt": c.Now()})
	if err == nil && row == nil { // somebody redeemed it meanwhile
		return bad("invalid_grant", InvalidDeviceCode)
	}
	return err
}

// end removes a code and answers why.
func end(c *auth.Call, found *code, why error) error {
	if err := c.Delete(model, store.Where{store.Is("id", found.id)}); err != nil {
		return err
	}
	return why
}

// redeem takes an approved code away and begins the session: of several polls one gets it (UP-030).
func (o *Options) redeem(c *auth.Call, found *code) (*TokenOut, error) {
	var user *auth.User
	var started *auth.Session
	err := c.InTx(func() (err error) {
		where := store.Where{store.Is("id", found.id), store.Is("status", approved)}
		taken, err := c.Consume(model, where, nil)
		if err != nil {
			return err
		}
		if taken == nil {
			return bad("invalid_grant", InvalidDeviceCode)
		}
		if user, err = account.FindUserByID(c, found.userID); err != nil {
			return err
		}
		if user == nil {
			return broken(UserNotFound)
		}
		if session.InDatabase(c) {
			started, err = start(c, user)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if started == nil {
		if started, err = start(c, user); err != nil {
			return nil, err
		}
	}
	c.NewSession = &auth.SignedIn{Session: started, User: user}
	c.Reply.Header.Set("Cache-Control", "no-store")
	c.Reply.Header.Set("Pragma", "no-cache")
	return &TokenOut{started.Token, "Bearer", int64(started.ExpiresAt.Sub(c.Now()) / time.Second), found.scope}, nil
}

func start(c *auth.Call, u *auth.User) (*auth.Session, error) {
	s, err := session.Create(c, u.ID, false, nil)
	if errors.Is(err, auth.ErrAbort) {
		return nil, broken(FailedToCreateSession)
	}
	return s, err
}
