package genericoauth

import (
	"errors"
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/federation"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
	"github.com/goauth-dev/goauth/core/session"
)

// CallbackIn is the input of /oauth2/callback/:providerId.
type CallbackIn struct {
	ProviderID       string `path:"providerId"`
	Code             string `query:"code,optional" doc:"The OAuth2 code"`
	Error            string `query:"error,optional" doc:"The error message, if any"`
	ErrorDescription string `query:"error_description,optional" doc:"The error description, if any"`
	State            string `query:"state,optional" doc:"The state parameter from the OAuth2 request"`
	Issuer           string `query:"iss,optional" doc:"The issuer identifier"`
}

func (p *plugin) callback() auth.AnyEndpoint {
	return auth.Endpoint[CallbackIn, *struct{}]{
		Key: "oAuth2Callback", Method: auth.GET, Path: "/oauth2/callback/:providerId", Doc: "OAuth2 callback",
		Media: []string{auth.MediaForm, auth.MediaJSON},
		Handle: func(c *auth.Call, in CallbackIn) (*struct{}, error) {
			if in.Error != "" || in.Code == "" {
				return nil, refusedByProvider(c, in)
			}
			cfg, err := p.config(in.ProviderID)
			if err != nil {
				return nil, err
			}
			state, err := federation.Resume(c, in.State, in.ProviderID)
			if err != nil {
				return nil, err
			}
			to, err := (&flow{Call: c, in: in, cfg: cfg, state: state}).run()
			if err != nil {
				return nil, err
			}
			return nil, auth.Redirect(to)
		},
	}
}

// refusedByProvider redirects with what the provider said; what it left out is "undefined", as upstream has it.
func refusedByProvider(c *auth.Call, in CallbackIn) error {
	slug, description := in.Error, in.ErrorDescription
	if slug == "" {
		slug = "oAuth_code_missing"
	}
	if _, given := c.Query.Get("error_description"); !given {
		description = "undefined"
	}
	return auth.Redirect(federation.ErrorURL(c) + "?error=" + origin.EncodeComponent(slug) + "&error_description=" + origin.EncodeComponent(description))
}

// flow is one answer of a provider.
type flow struct {
	*auth.Call
	in     CallbackIn
	cfg    *provider
	state  *federation.State
	server *server
	tokens *oauth2.Tokens
	info   *oauth2.UserInfo
}

// fail redirects to the page for errors.
func (f *flow) fail(slug string, cause error) error {
	f.Logger.Error("sign-in at a provider failed", "provider", f.cfg.ProviderID, "slug", slug, "error", cause)
	separator := "?"
	if strings.Contains(f.state.ErrorURL, "?") {
		separator = "&"
	}
	return auth.Redirect(f.state.ErrorURL + separator + "error=" + slug)
}

// run returns where the browser goes.
func (f *flow) run() (string, error) {
	for _, step := range []func() error{f.discover, f.exchange, f.identify} {
		if err := step(); err != nil {
			return "", err
		}
	}
	if f.state.Link != nil {
		return f.state.CallbackURL, f.refused(federation.Add(f.Call, federation.Adding{
			LinkTo: *f.state.Link, Provider: f.cfg.ProviderID, AccountID: f.info.ID(), User: f.info, Tokens: f.tokens, AnyProof: true,
		}))
	}
	return f.signIn()
}

// discover checks that the answer is this issuer's (RFC 9207 section 2.4).
func (f *flow) discover() error {
	var err error
	if f.server, err = f.cfg.discover(f.Ctx()); err != nil {
		return f.fail("issuer_mismatch", err)
	}
	switch {
	case f.server.issuer == "":
		return nil
	case f.in.Issuer == "" && f.server.issuerRequired:
		return f.fail("issuer_missing", errors.New("the answer does not name its issuer"))
	case f.in.Issuer != "" && f.in.Issuer != f.server.issuer:
		return f.fail("issuer_mismatch", errors.New("the answer is another issuer's"))
	default:
		return nil
	}
}

func (f *flow) exchange() error {
	params, err := f.cfg.tokenParams(f.Call)
	if err == nil {
		f.tokens, err = f.cfg.exchange(f.Ctx(), f.server, oauth2.Code{
			Code: f.in.Code, CodeVerifier: f.state.CodeVerifier, RedirectURI: callbackAddress(f.Call, f.cfg), Nonce: f.state.Nonce,
		}, params)
	}
	if err != nil {
		return f.fail("oauth_code_verification_failed", err)
	}
	if f.tokens == nil {
		return auth.Fail(http.StatusBadRequest, InvalidConfig).Because(errNoTokens)
	}
	return nil
}

// identify finds out who it is. Somebody without an id could be anybody (UP-056).
func (f *flow) identify() error {
	profile, err := f.cfg.profile(f.Ctx(), f.tokens, func() (string, error) { return f.server.userInfo, nil })
	if profile == nil || err != nil {
		return f.fail("user_info_is_missing", err)
	}
	if f.info, err = f.cfg.identity(f.Ctx(), profile); err != nil {
		return f.fail("user_info_is_missing", err)
	}
	fallback(f.info.User, profile, "email")
	fallback(f.info.User, profile, "name")
	switch {
	case f.info.Email() == "":
		return f.fail("email_is_missing", errors.New("the provider gave no address; ask for its e-mail scope, or make one in mapProfileToUser"))
	case f.info.ID() == "":
		return f.fail("unable_to_get_user_info", errors.New("the provider does not say who this is"))
	case f.info.Name() == "":
		return f.fail("name_is_missing", errors.New("the provider gave no name"))
	}
	return nil
}

// fallback takes a field from the profile that the mapping left empty.
func fallback(user, profile *oauth2.Object, name string) {
	if oauth2.Text(user, name) == "" {
		if v, given := profile.Get(name); given {
			user.Set(name, v)
		}
	}
}

func (f *flow) signIn() (string, error) {
	asked := f.state.RequestSignUp != nil && *f.state.RequestSignUp
	out, err := federation.SignIn(f.Call, federation.Identity{
		Provider: f.cfg.ProviderID, AccountID: f.info.ID(), User: f.info, Tokens: f.tokens, CallbackURL: f.state.CallbackURL,
		NoSignUp: f.cfg.DisableSignUp || f.cfg.DisableImplicitSignUp && !asked, Override: f.cfg.OverrideUserInfo,
	})
	if err != nil {
		return "", f.refused(err)
	}
	if err := session.SetCookie(f.Call, out.SignedIn, option.Unset); err != nil {
		return "", err
	}
	if out.New && f.state.NewUserURL != "" {
		return f.state.NewUserURL, nil
	}
	return f.state.CallbackURL, nil
}

// refused turns a refusal into its slug.
func (f *flow) refused(err error) error {
	if refusal, ok := errors.AsType[federation.Refusal](err); ok {
		return f.fail(strings.ReplaceAll(string(refusal), " ", "_"), refusal)
	}
	return err
}
