package genericoauth

import (
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/federation"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/session"
)

// SignInIn is the input of /sign-in/oauth2.
type SignInIn struct {
	ProviderID         string       `body:"providerId" doc:"The provider ID for the OAuth provider"`
	CallbackURL        string       `body:"callbackURL,optional" doc:"The URL to redirect to after sign in"`
	ErrorCallbackURL   string       `body:"errorCallbackURL,optional" doc:"The URL to redirect to if an error occurs"`
	NewUserCallbackURL string       `body:"newUserCallbackURL,optional" doc:"The URL to redirect to after login if the user is new"`
	DisableRedirect    bool         `body:"disableRedirect,optional" doc:"Disable redirect"`
	Scopes             auth.List    `body:"scopes,optional" doc:"Scopes to be passed to the provider authorization request."`
	RequestSignUp      *bool        `body:"requestSignUp,optional" doc:"Explicitly request sign-up. Useful when disableImplicitSignUp is true for this provider"`
	AdditionalData     *auth.Object `body:"additionalData,optional" is:"record"`
}

// SignInOut is the output of /sign-in/oauth2 and /oauth2/link: the page to go to.
type SignInOut struct {
	URL      string `json:"url"`
	Redirect bool   `json:"redirect"`
}

// LinkIn is the input of /oauth2/link.
type LinkIn struct {
	ProviderID       string    `body:"providerId"`
	CallbackURL      string    `body:"callbackURL"`
	Scopes           auth.List `body:"scopes,optional" doc:"Additional scopes to request when linking the account"`
	ErrorCallbackURL string    `body:"errorCallbackURL,optional" doc:"The URL to redirect to if there is an error during the link process"`
}

func (p *plugin) signIn() auth.AnyEndpoint {
	return auth.Endpoint[SignInIn, *SignInOut]{
		Key: "signInWithOAuth2", Method: auth.POST, Path: "/sign-in/oauth2", Doc: "Sign in with OAuth2",
		Handle: func(c *auth.Call, in SignInIn) (*SignInOut, error) {
			cfg, err := p.config(in.ProviderID)
			if err != nil {
				return nil, err
			}
			s, err := p.known(c, cfg)
			if err != nil {
				return nil, err
			}
			if s.authorize == "" || s.token == "" {
				return nil, auth.Fail(http.StatusBadRequest, InvalidConfiguration)
			}
			scopes := append(append([]string{}, in.Scopes...), cfg.Scopes...)
			url, err := begin(c, cfg, s, beginning{extra: in.AdditionalData, scopes: scopes})
			return &SignInOut{url, !in.DisableRedirect}, err
		},
	}
}

func (p *plugin) link() auth.AnyEndpoint {
	return auth.Endpoint[LinkIn, *SignInOut]{
		Key: "oAuth2LinkAccount", Method: auth.POST, Path: "/oauth2/link", Doc: "Link an OAuth2 account to the current user session",
		Use: []auth.Guard{session.Sensitive},
		Handle: func(c *auth.Call, in LinkIn) (*SignInOut, error) {
			cfg := p.providers[in.ProviderID]
			if cfg == nil {
				return nil, auth.Fail(http.StatusNotFound, auth.ProviderNotFound)
			}
			s, err := p.known(c, cfg)
			if err != nil {
				return nil, err
			}
			if cfg.AuthorizationURL != "" {
				s.authorize = cfg.AuthorizationURL
			}
			if s.authorize == "" {
				return nil, auth.Fail(http.StatusBadRequest, InvalidConfiguration)
			}
			scopes := append([]string{}, cfg.Scopes...)
			if in.Scopes != nil {
				scopes = in.Scopes
			}
			link := &federation.LinkTo{Email: c.Session.User.Email, UserID: c.Session.User.ID}
			url, err := begin(c, cfg, s, beginning{link: link, scopes: scopes})
			return &SignInOut{url, true}, err
		},
	}
}

func (p *plugin) config(id string) (*provider, error) {
	cfg := p.providers[id]
	if cfg == nil {
		return nil, auth.FailText(http.StatusBadRequest, ConfigNotFound.ID+" "+id) // upstream's text has the code in it
	}
	return cfg, nil
}

// known is what discovery knows; a configuration that is somebody else's is no configuration.
func (p *plugin) known(c *auth.Call, cfg *provider) (*server, error) {
	s, err := cfg.discover(c.Ctx())
	if err != nil {
		return nil, auth.Fail(http.StatusBadRequest, InvalidConfiguration).Because(err)
	}
	return s, nil
}

// nonceLength is the length of nonces.
const nonceLength = 32

// beginning is what one sign-in, or the linking of an account, asks for.
type beginning struct {
	link   *federation.LinkTo // nil for a sign-in
	extra  *auth.Object
	scopes []string
}

// begin keeps the state of a sign-in and returns the page to go to.
func begin(c *auth.Call, cfg *provider, s *server, b beginning) (string, error) {
	page, err := cfg.page(c, b.link == nil)
	if err != nil {
		return "", err
	}
	state, err := federation.NewState(c, cfg.ProviderID, b.link, b.extra)
	if err != nil {
		return "", err
	}
	if cfg.wantsNonce(s, b.scopes) {
		if state.Nonce, err = c.RandomID(nonceLength); err != nil {
			return "", err
		}
	}
	id, err := state.Keep(c, federation.StateSettings{})
	if err != nil {
		return "", err
	}
	return cfg.authorizationURL(s, oauth2.Authorization{
		State: id, CodeVerifier: state.CodeVerifier, Scopes: b.scopes, RedirectURI: callbackAddress(c, cfg), Nonce: state.Nonce,
	}, page)
}

func callbackAddress(c *auth.Call, cfg *provider) string {
	return c.BaseURL + "/oauth2/callback/" + cfg.ProviderID
}

// page is what the address of the provider's page has beside the protocol's own parameters. The zero value has nothing: that
// is what upstream's /sign-in/social sends.
type page struct {
	params Params
	// twice puts the parameters in front as well, as upstream's /sign-in/oauth2 does with configured ones.
	twice                                          bool
	prompt, accessType, responseType, responseMode string
}

// page is that of a sign-in, or of linking, where upstream leaves the response's type and mode out.
func (p *provider) page(c *auth.Call, signIn bool) (page, error) {
	out := page{params: p.AuthorizationURLParams, prompt: p.Prompt, accessType: p.AccessType}
	if signIn {
		out.twice, out.responseType, out.responseMode = true, p.ResponseType, p.ResponseMode
	}
	if p.AuthorizationURLParamsFunc == nil {
		return out, nil
	}
	var err error
	out.twice = false
	out.params, err = p.AuthorizationURLParamsFunc(c)
	return out, err
}

func (p *provider) tokenParams(c *auth.Call) (Params, error) {
	if p.TokenURLParamsFunc != nil {
		return p.TokenURLParamsFunc(c)
	}
	return p.TokenURLParams, nil
}

// errNoTokens reports a provider that said yes and gave nothing.
var errNoTokens = errors.New("the provider gave no tokens")

// RedirectURL implements [auth.Redirecting].
func (o *SignInOut) RedirectURL() string { return o.URL }

// SetRedirectURL implements [auth.Redirecting].
func (o *SignInOut) SetRedirectURL(url string) { o.URL = url }
