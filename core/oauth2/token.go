package oauth2

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/origin"
)

// Tokens is what a provider gives out. Upstream: OAuth2Tokens.
type Tokens struct {
	TokenType    string
	AccessToken  string
	RefreshToken string
	IDToken      string
	// AccessTokenExpiresAt and RefreshTokenExpiresAt are zero when the provider says nothing.
	AccessTokenExpiresAt  time.Time
	RefreshTokenExpiresAt time.Time
	// Scopes are the granted scopes; nil when they are not known.
	Scopes []string
	// Raw is the provider's whole answer.
	Raw *Object
	// User is what some providers send beside the code, such as Apple at the first consent: {name: {firstName, lastName},
	// email}. It comes through the browser and is not to be trusted.
	User *Object
}

// ScopeText is the scopes as accounts store them; nil when they are not known.
func (t *Tokens) ScopeText() *string {
	if t.Scopes == nil {
		return nil
	}
	s := strings.Join(t.Scopes, ",")
	return &s
}

// NewTokens reads a token answer (RFC 6749 section 5.1). Upstream: getOAuth2Tokens.
func (c *Client) NewTokens(answer *Object) *Tokens {
	t := c.refreshed(answer)
	t.Raw = answer
	if t.Scopes == nil {
		t.Scopes = []string{}
	}
	return t
}

// refreshed reads the answer to a refresh, whose scopes stay unknown when they are not said.
func (c *Client) refreshed(answer *Object) *Tokens {
	return &Tokens{
		TokenType: Text(answer, "token_type"), AccessToken: Text(answer, "access_token"),
		RefreshToken: Text(answer, "refresh_token"), IDToken: Text(answer, "id_token"),
		AccessTokenExpiresAt: c.expiry(answer, "expires_in"), RefreshTokenExpiresAt: c.expiry(answer, "refresh_token_expires_in"),
		Scopes: scopesOf(answer),
	}
}

// maxLife is the longest life of a token that is believed: longer ones do not fit a date.
const maxLife = 100 * 365 * 24 * time.Hour

func (c *Client) expiry(answer *Object, name string) time.Time {
	var seconds float64
	switch v := member(answer, name).(type) {
	case js.Number:
		seconds = v.Float()
	case string:
		seconds, _ = strconv.ParseFloat(strings.TrimSpace(v), 64)
	}
	if seconds == 0 || math.IsNaN(seconds) || math.Abs(seconds) > maxLife.Seconds() {
		return time.Time{}
	}
	return c.Now().Add(time.Duration(seconds * float64(time.Second))).Truncate(time.Millisecond)
}

func scopesOf(answer *Object) []string {
	switch v := member(answer, "scope").(type) {
	case string:
		if v != "" {
			return strings.Split(v, " ")
		}
	case []any:
		scopes := []string{}
		for _, item := range v {
			if s, ok := item.(string); ok {
				scopes = append(scopes, s)
			}
		}
		return scopes
	}
	return nil
}

// Grant is a request to a token endpoint.
type Grant struct {
	Endpoint string
	// ClientID, ClientSecret and ClientKey identify the application; an empty secret is left out.
	ClientID, ClientSecret, ClientKey string
	// Basic authenticates in a header instead of the body.
	Basic bool
	// Code, CodeVerifier, RedirectURI and DeviceID are for codes; empty optional ones are left out.
	Code, CodeVerifier, RedirectURI, DeviceID string
	// RefreshToken is for refreshes.
	RefreshToken string
	// Extra are added to a code's parameters where they are not there yet, and set on a refresh's.
	Extra origin.Params
	// Header adds headers.
	Header map[string]string
}

// ErrNoAccess reports a provider that said yes and gave nothing.
var ErrNoAccess = errors.New("oauth2: the answer has neither an access token nor an ID token")

// Exchange trades a code for tokens (RFC 6749 section 4.1.3). Upstream: validateAuthorizationCode.
func (c *Client) Exchange(ctx context.Context, g Grant) (*Tokens, error) {
	form := origin.Params{{Name: "grant_type", Value: "authorization_code"}, {Name: "code", Value: g.Code}}
	for _, p := range []origin.Param{
		{Name: "code_verifier", Value: g.CodeVerifier}, {Name: "client_key", Value: g.ClientKey}, {Name: "device_id", Value: g.DeviceID},
	} {
		if p.Value != "" {
			form.Append(p.Name, p.Value)
		}
	}
	form.Append("redirect_uri", g.RedirectURI)
	header := g.authenticate(&form)
	for _, p := range g.Extra {
		if _, there := form.Get(p.Name); !there {
			form.Append(p.Name, p.Value)
		}
	}
	answer, err := c.Object(ctx, Request{URL: g.Endpoint, Form: form, Header: header})
	if err != nil {
		return nil, err
	}
	return c.NewTokens(answer), nil
}

// Refresh trades a refresh token for new tokens (RFC 6749 section 6). Upstream: refreshAccessToken.
func (c *Client) Refresh(ctx context.Context, g Grant) (*Tokens, error) {
	form := origin.Params{{Name: "grant_type", Value: "refresh_token"}, {Name: "refresh_token", Value: g.RefreshToken}}
	header := g.authenticate(&form)
	for _, p := range g.Extra {
		form.Set(p.Name, p.Value)
	}
	answer, err := c.Object(ctx, Request{URL: g.Endpoint, Form: form, Header: header})
	if err != nil {
		return nil, err
	}
	t := c.refreshed(answer)
	if t.AccessToken == "" && t.IDToken == "" {
		return nil, ErrNoAccess
	}
	return t, nil
}

// authenticate adds the client's id and secret to the form, or returns them as a header.
func (g *Grant) authenticate(form *origin.Params) map[string]string {
	header := map[string]string{"Accept": "application/json"}
	for name, value := range g.Header {
		header[name] = value
	}
	if g.Basic {
		header["Authorization"] = BasicAuth(g.ClientID, g.ClientSecret)
		return header
	}
	form.Set("client_id", g.ClientID)
	if g.ClientSecret != "" {
		form.Set("client_secret", g.ClientSecret)
	}
	return header
}

// Text returns a member that is a text, or "".
func Text(o *Object, name string) string {
	s, _ := member(o, name).(string)
	return s
}
