package routes

import (
	"errors"
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/federation"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
	"github.com/goauth-dev/goauth/core/session"
)

// CallbackIn is the input of [CallbackOAuth]: what a provider sends back, in the query or in a form.
type CallbackIn struct {
	ID string `path:"id"`

	Query            *auth.Object `query:"*,absent"`
	Code             string       `query:"code,optional"`
	Error            string       `query:"error,optional"`
	DeviceID         string       `query:"device_id,optional"`
	ErrorDescription string       `query:"error_description,optional"`
	State            string       `query:"state,optional"`
	User             string       `query:"user,optional"`
	Issuer           string       `query:"iss,optional"`

	Body                 *auth.Object `body:"*,absent"`
	PostCode             string       `body:"code,optional"`
	PostError            string       `body:"error,optional"`
	PostDeviceID         string       `body:"device_id,optional"`
	PostErrorDescription string       `body:"error_description,optional"`
	PostState            string       `body:"state,optional"`
	PostUser             string       `body:"user,optional"`
	PostIssuer           string       `body:"iss,optional"`
}

// CallbackOAuth ends a sign-in, or the linking of an account, at a provider. A form is turned into a GET, so that the
// browser sends its cookies. It always redirects: on failure to the page for errors, with ?error= and a slug.
var CallbackOAuth = auth.Endpoint[CallbackIn, *struct{}]{
	Key: "callbackOAuth", Methods: []string{auth.GET, auth.POST}, Path: "/callback/:id",
	Doc: "Handle the answer of a provider", Media: []string{auth.MediaForm, auth.MediaJSON}, Handle: callbackOAuth,
}

func callbackOAuth(c *auth.Call, in CallbackIn) (*struct{}, error) {
	if c.Method == auth.POST {
		return nil, callbackAsGet(c, in)
	}
	if in.State == "" {
		c.Logger.Error("the answer of a provider has no state", "provider", in.ID, "error", in.Error)
		return nil, auth.Redirect(withQuery(federation.ErrorURL(c), "state=state_not_found"))
	}
	state, err := federation.Resume(c, in.State, in.ID)
	if err != nil {
		return nil, err
	}
	f := &callbackFlow{c: c, in: in, state: state}
	if err := f.run(); err != nil {
		return nil, err
	}
	return nil, auth.Redirect(f.to)
}

// callbackAsGet redirects a form to the same address with its fields in the query.
func callbackAsGet(c *auth.Call, in CallbackIn) error {
	var query origin.Params
	for _, p := range []struct{ name, inQuery, inBody string }{
		{"code", in.Code, in.PostCode}, {"error", in.Error, in.PostError}, {"device_id", in.DeviceID, in.PostDeviceID},
		{"error_description", in.ErrorDescription, in.PostErrorDescription}, {"state", in.State, in.PostState},
		{"user", in.User, in.PostUser}, {"iss", in.Issuer, in.PostIssuer},
	} {
		_, queried := in.Query.Get(p.name)
		_, posted := in.Body.Get(p.name)
		switch {
		case queried:
			query.Append(p.name, p.inQuery)
		case posted:
			query.Append(p.name, p.inBody)
		}
	}
	return auth.Redirect(c.BaseURL + "/callback/" + in.ID + "?" + query.Encode())
}

func withQuery(url, query string) string {
	if strings.Contains(url, "?") {
		return url + "&" + query
	}
	return url + "?" + query
}

// callbackFlow is one answer of a provider. Every step may end it with a redirect.
type callbackFlow struct {
	c        *auth.Call
	in       CallbackIn
	state    *federation.State
	provider *oauth2.Provider
	tokens   *oauth2.Tokens
	info     *oauth2.UserInfo
	to       string
}

// fail redirects to the page for errors.
func (f *callbackFlow) fail(slug, description string, cause error) error {
	if cause != nil {
		f.c.Logger.Error("sign-in at a provider failed", "provider", f.in.ID, "slug", slug, "error", cause)
	}
	query := origin.Params{{Name: "error", Value: slug}}
	if description != "" {
		query.Append("error_description", description)
	}
	return auth.Redirect(withQuery(f.state.ErrorURL, query.Encode()))
}

func (f *callbackFlow) run() error {
	for _, step := range []func() error{f.readAnswer, f.exchange, f.identify, f.enter} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// readAnswer checks what came back.
func (f *callbackFlow) readAnswer() error {
	if f.in.Error != "" {
		return f.fail(f.in.Error, f.in.ErrorDescription, nil)
	}
	if f.in.Code == "" {
		return f.fail("no_code", "", errors.New("the answer has no code"))
	}
	f.provider = f.c.Provider(f.in.ID)
	if f.provider == nil {
		return f.fail("oauth_provider_not_found", "", errors.New("no such provider; add it to socialProviders"))
	}
	return f.checkIssuer()
}

// checkIssuer refuses the answer of another provider than the one that was asked (RFC 9207 section 2.4).
func (f *callbackFlow) checkIssuer() error {
	if f.provider.Issuer == nil {
		return nil
	}
	issuer, required := f.provider.Issuer(f.c.Ctx())
	switch {
	case issuer == "":
		return nil
	case f.in.Issuer == "" && required:
		return f.fail("issuer_missing", "", errors.New("the answer does not name its issuer"))
	case f.in.Issuer != "" && f.in.Issuer != issuer:
		return f.fail("issuer_mismatch", "", errors.New("the answer is another issuer's"))
	default:
		return nil
	}
}

func (f *callbackFlow) exchange() error {
	var err error
	f.tokens, err = f.provider.Exchange(f.c.Ctx(), oauth2.Code{
		Code: f.in.Code, CodeVerifier: f.state.CodeVerifier, DeviceID: f.in.DeviceID, RedirectURI: callbackAddress(f.c, f.provider),
		Nonce: f.state.Nonce,
	})
	if err == nil && f.tokens == nil {
		err = errors.New("the provider gave no tokens")
	}
	if err != nil {
		return f.fail("invalid_code", "", err)
	}
	if tree, err := js.Parse([]byte(f.in.User)); err == nil {
		f.tokens.User, _ = tree.(*auth.Object)
	}
	return nil
}

// identify finds out who it is. Somebody without an id could be anybody (UP-056).
func (f *callbackFlow) identify() error {
	var err error
	f.info, err = f.provider.UserInfo(f.c.Ctx(), f.tokens)
	if err == nil && (f.info == nil || f.info.ID() == "") {
		err = errors.New("the provider does not say who this is")
	}
	if err != nil {
		return f.fail("unable_to_get_user_info", "", err)
	}
	if f.state.CallbackURL == "" {
		return f.fail("no_callback_url", "", errors.New("the state has no callback URL"))
	}
	return nil
}

// enter links the account, or signs in.
func (f *callbackFlow) enter() error {
	f.to = f.state.CallbackURL
	if link := f.state.Link; link != nil {
		return f.refused(federation.Add(f.c, federation.Adding{
			LinkTo: *link, Provider: f.provider.ID, AccountID: f.info.ID(), User: f.info, Tokens: f.tokens,
		}))
	}
	if f.info.Email() == "" {
		noAddress(f.c, f.provider)
		return f.fail("email_not_found", "", nil)
	}
	asked := f.state.RequestSignUp != nil && *f.state.RequestSignUp
	out, err := federation.SignIn(f.c, federation.Identity{
		Provider: f.provider.ID, AccountID: f.info.ID(), User: f.info, Tokens: f.tokens, CallbackURL: f.state.CallbackURL,
		NoSignUp: refusesSignUp(f.provider, asked), Override: f.provider.Options.OverrideUserInfoOnSignIn,
	})
	if err != nil {
		return f.refused(err)
	}
	if out.New && f.state.NewUserURL != "" {
		f.to = f.state.NewUserURL
	}
	return session.SetCookie(f.c, out.SignedIn, option.Unset)
}

// refused turns a refusal into its slug. A store that fails does not show a bare 500 to a browser on its way back.
func (f *callbackFlow) refused(err error) error {
	if err == nil {
		return nil
	}
	if refusal, ok := errors.AsType[federation.Refusal](err); ok {
		return f.fail(strings.ReplaceAll(string(refusal), " ", "_"), "", refusal)
	}
	if answer, ok := errors.AsType[*auth.Error](err); ok && answer.Status < http.StatusInternalServerError {
		return err
	}
	f.c.Logger.Error("sign-in at a provider failed", "provider", f.provider.ID, "error", err)
	return auth.Redirect(federation.ErrorURL(f.c) + "?error=internal_server_error")
}
