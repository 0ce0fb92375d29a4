package oauthproxy

import (
	"errors"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/federation"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/session"
)

// ReceiveIn is the input of /oauth-proxy-callback.
type ReceiveIn struct {
	CallbackURL string `query:"callbackURL" doc:"The URL to redirect to after the proxy"`
	Profile     string `query:"profile,optional" doc:"Encrypted OAuth profile data"`
}

// futureSkew is how far production's clock may be ahead.
const futureSkew = 10 * time.Second

func (p *proxy) endpoint() auth.AnyEndpoint {
	return auth.Endpoint[ReceiveIn, *struct{}]{
		Key: "oAuthProxy", Method: auth.GET, Path: receiver, OperationID: "oauthProxyCallback", Doc: "OAuth Proxy Callback",
		Use: []auth.Guard{auth.TrustedQuery("callbackURL", auth.InvalidCallbackURL)}, Handle: p.receive,
	}
}

// receive signs in whom production handed over. The state must be one that this browser began here and nobody has used: a
// payload alone, however it was come by, signs nobody in (UP-087).
func (p *proxy) receive(c *auth.Call, in ReceiveIn) (*struct{}, error) {
	errorURL := federation.ErrorURL(c)
	if in.Profile == "" {
		return nil, failure(c, errorURL, "missing_profile", nil)
	}
	payload, err := p.open(in.Profile)
	if errors.Is(err, errSealed) {
		return nil, failure(c, errorURL, "invalid_profile", err)
	}
	who, sent, err := readPayload(payload, err)
	if err != nil {
		return nil, failure(c, errorURL, "invalid_payload", err)
	}
	errorURL = firstOf(oauth2.Text(payload, "errorURL"), errorURL)
	if age := c.Now().Sub(sent); age > p.MaxAge || age < -futureSkew {
		return nil, failure(c, errorURL, "payload_expired", nil)
	}
	state, err := federation.Take(c, oauth2.Text(payload, "state"), federation.StateSettings{})
	if err != nil || state.Provider != "" && state.Provider != who.Provider {
		return nil, failure(c, errorURL, "state_mismatch", err)
	}
	out, err := federation.SignIn(c, who)
	if err != nil {
		return nil, failure(c, errorURL, "user_creation_failed", err)
	}
	if err := session.SetCookie(c, out.SignedIn, option.Unset); err != nil {
		return nil, err
	}
	if to := oauth2.Text(payload, "newUserURL"); out.New && to != "" {
		return nil, auth.Redirect(to)
	}
	return nil, auth.Redirect(who.CallbackURL)
}

// readPayload returns who was handed over, and when.
func readPayload(payload *auth.Object, err error) (who federation.Identity, sent time.Time, _ error) {
	user, _ := member(payload, "userInfo").(*auth.Object)
	account, _ := member(payload, "account").(*auth.Object)
	stamp, ok := member(payload, "timestamp").(interface{ Int() (int64, bool) })
	callbackURL := oauth2.Text(payload, "callbackURL")
	if err != nil || user == nil || account == nil || !ok || callbackURL == "" {
		return who, sent, errors.Join(errPayload, err)
	}
	ms, _ := stamp.Int()
	info := &oauth2.UserInfo{User: user, Data: user}
	noSignUp := member(payload, "disableSignUp")
	who = federation.Identity{
		Provider: oauth2.Text(account, "providerId"), AccountID: oauth2.Text(account, "accountId"), User: info, Tokens: tokensOf(account),
		CallbackURL: callbackURL, NoSignUp: noSignUp == true,
	}
	if who.Provider == "" || who.AccountID == "" || info.Email() == "" || info.ID() != who.AccountID {
		return who, sent, errPayload
	}
	return who, time.UnixMilli(ms), nil
}

func member(o *auth.Object, name string) any {
	v, _ := o.Get(name)
	return v
}

func tokensOf(account *auth.Object) *oauth2.Tokens {
	t := &oauth2.Tokens{
		AccessToken: oauth2.Text(account, "accessToken"), RefreshToken: oauth2.Text(account, "refreshToken"), IDToken: oauth2.Text(account, "idToken"),
		AccessTokenExpiresAt: timeOf(account, "accessTokenExpiresAt"), RefreshTokenExpiresAt: timeOf(account, "refreshTokenExpiresAt"),
	}
	if scope, given := account.Get("scope"); given {
		text, _ := scope.(string)
		t.Scopes = strings.Split(text, ",")
	}
	return t
}

// timeOf reads a date of JSON, or the zero time.
func timeOf(o *auth.Object, name string) time.Time {
	t, _ := time.Parse(time.RFC3339, oauth2.Text(o, name)) // absent or broken: nothing is known
	return t
}
