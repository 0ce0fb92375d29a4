package twofactor

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/verification"
)

// VerifyOut is the output of the operations that check a second factor.
type VerifyOut struct {
	// Token is the session's; absent when no session was wanted.
	Token *string    `json:"token,omitempty"`
	User  *auth.User `json:"user"`
}

// begin starts the session of a sign-in whose second factor was right. The challenge is used up: it gives one session.
func (o *Options) begin(c *auth.Call, p *party) (*auth.Session, error) {
	v, err := verification.Consume(c, p.challenge)
	if v == nil || err != nil || v.Value != p.user.ID {
		return nil, orInvalid(err)
	}
	_, forget, _ := c.SignedCookie(c.CookieSet.DontRemember.Name)
	return session.Start(c, p.user.ID, forget, http.StatusInternalServerError)
}

// finish gives the client the session that begin started, and trusts its device when that is wanted.
func (o *Options) finish(c *auth.Call, p *party, started *auth.Session, trustDevice *bool) (*VerifyOut, error) {
	if err := session.SetCookie(c, &auth.SignedIn{Session: started, User: p.user}, option.Unset); err != nil {
		return nil, err
	}
	if err := c.ExpireCookie(c.NewCookie(challengeCookie, nil)); err != nil {
		return nil, err
	}
	if trustDevice != nil && *trustDevice {
		if err := o.trust(c, p.user.ID); err != nil {
			return nil, err
		}
		if err := c.ExpireCookie(c.CookieSet.DontRemember); err != nil {
			return nil, err
		}
	}
	return &VerifyOut{&started.Token, c.VisibleUser(p.user)}, nil
}

// answer is what a caller with a session gets for a right second factor.
func answer(c *auth.Call, s *auth.SignedIn) *VerifyOut {
	return &VerifyOut{&s.Session.Token, c.VisibleUser(s.User)}
}
