package oauth2

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/origin"
)

// Authorization is what one sign-in asks of a provider.
type Authorization struct {
	// State comes back with the code.
	State string
	// CodeVerifier is the secret of which the provider gets the challenge (RFC 7636).
	CodeVerifier string
	// RedirectURI is where the provider sends the browser.
	RedirectURI string
	// Scopes are added to the configured ones. Nil: none were asked for.
	Scopes []string
	// LoginHint is the address of the person, where the provider takes one.
	LoginHint string
	// Display is the look of the consent page, where the provider takes one.
	Display string
	// Nonce comes back in the ID token, where the provider's own code sends one.
	Nonce string
}

// AuthorizationURL describes an authorization request (RFC 6749 section 4.1.1). Empty fields are left out. Upstream:
// createAuthorizationURL.
type AuthorizationURL struct {
	Endpoint, ResponseType, ClientID, State string
	// Scopes are joined by ScopeSeparator, a blank by default; nil leaves the parameter out.
	Scopes         []string
	ScopeSeparator string
	RedirectURI    string
	Duration       string
	Display        string
	LoginHint      string
	Prompt         string
	HD             string
	AccessType     string
	ResponseMode   string
	CodeVerifier   string
	// Claims are the claims to ask for in the ID token, beside email and email_verified.
	Claims []string
	// Extra are set last, and win.
	Extra origin.Params
}

// Build returns the URL, its parameters in upstream's order.
func (a *AuthorizationURL) Build() (string, error) {
	u, err := origin.ParseURL(a.Endpoint)
	if err != nil {
		return "", fmt.Errorf("oauth2: authorization endpoint %q: %w", a.Endpoint, err)
	}
	p := u.Params()
	responseType := a.ResponseType
	if responseType == "" {
		responseType = "code"
	}
	p.Set("response_type", responseType)
	p.Set("client_id", a.ClientID)
	p.Set("state", a.State)
	if a.Scopes != nil {
		p.Set("scope", strings.Join(a.Scopes, a.separator()))
	}
	p.Set("redirect_uri", a.RedirectURI)
	for _, o := range []origin.Param{
		{Name: "duration", Value: a.Duration}, {Name: "display", Value: a.Display}, {Name: "login_hint", Value: a.LoginHint},
		{Name: "prompt", Value: a.Prompt}, {Name: "hd", Value: a.HD}, {Name: "access_type", Value: a.AccessType},
		{Name: "response_mode", Value: a.ResponseMode},
	} {
		if o.Value != "" {
			p.Set(o.Name, o.Value)
		}
	}
	if a.CodeVerifier != "" {
		p.Set("code_challenge_method", "S256")
		p.Set("code_challenge", CodeChallenge(a.CodeVerifier))
	}
	if a.Claims != nil {
		p.Set("claims", claimsParameter(a.Claims))
	}
	for _, e := range a.Extra {
		p.Set(e.Name, e.Value)
	}
	u.SetParams(p)
	return u.Href(), nil
}

func (a *AuthorizationURL) separator() string {
	if a.ScopeSeparator == "" {
		return " "
	}
	return a.ScopeSeparator
}

// claimsParameter is the claims request of OpenID Connect Core section 5.5.
func claimsParameter(names []string) string {
	claims := js.NewObject()
	claims.Set("email", nil)
	claims.Set("email_verified", nil)
	for _, name := range names {
		claims.Set(name, nil)
	}
	request := js.NewObject()
	request.Set("id_token", claims)
	text, _ := js.Marshal(request) // an object of nulls
	return string(text)
}

// CodeChallenge is the S256 challenge of a code verifier (RFC 7636 section 4.2). Upstream: generateCodeChallenge.
func CodeChallenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
