package oauthproxy

import (
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/federation"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
)

// handOver takes the answer of a provider to a preview's sign-in, finds out who it is, and sends the person to the preview.
// It creates neither user nor session here.
func (p *proxy) handOver(c *auth.Call) (*auth.Answer, error) {
	wrapped, err := p.open(param(c, "state"))
	if err != nil {
		return nil, nil //nolint:nilerr // an ordinary sign-in
	}
	id, sealed := oauth2.Text(wrapped, "state"), oauth2.Text(wrapped, "stateCookie")
	proxied, _ := wrapped.Get("isOAuthProxy")
	if proxied != true || id == "" || sealed == "" {
		return nil, nil
	}
	tree, err := p.open(sealed)
	if err != nil {
		return nil, nil //nolint:nilerr // not sealed by this proxy: an ordinary sign-in, which refuses it
	}
	state, err := federation.StateFromTree(tree)
	if err != nil {
		return nil, nil //nolint:nilerr // the same
	}
	h := &handover{Call: c, id: id, state: state, errorURL: firstOf(state.ErrorURL, federation.ErrorURL(c))}
	payload, err := h.payload(oauth2.Text(tree, "oauthState"))
	if err != nil {
		return nil, err
	}
	profile, err := p.seal(c, payload)
	if err != nil {
		return nil, err
	}
	receiver, err := origin.ParseURL(state.CallbackURL)
	if err != nil {
		return nil, h.fail("invalid_callback", err)
	}
	receiver.SetParam("profile", profile)
	return nil, auth.Redirect(receiver.Href())
}

// param is a parameter of a callback, which a form may have too; the query comes first.
func param(c *auth.Call, name string) string {
	if s := oauth2.Text(c.Query, name); s != "" {
		return s
	}
	body, _ := c.Body.(*auth.Object)
	return oauth2.Text(body, name)
}

// handover is one person on the way from the provider to a preview.
type handover struct {
	*auth.Call
	id       string
	state    *federation.State
	errorURL string
	provider *oauth2.Provider
}

func (h *handover) fail(slug string, cause error) error {
	return failure(h.Call, h.errorURL, slug, cause)
}

func failure(c *auth.Call, url, slug string, cause error) error {
	c.Logger.Error("a proxied sign-in failed", "slug", slug, "error", cause)
	separator := "?"
	if strings.Contains(url, "?") {
		separator = "&"
	}
	return auth.Redirect(url + separator + "error=" + origin.EncodeComponent(slug))
}

// payload is what the preview is told. own is the id that the state was stored under.
func (h *handover) payload(own string) (*auth.Object, error) {
	h.provider = h.Provider(h.Params["id"])
	switch {
	case own != "" && own != h.id, h.state.Provider != "" && h.state.Provider != h.Params["id"]:
		return nil, h.fail("state_mismatch", nil)
	case h.state.ExpiresAt.Before(h.Now()):
		return nil, h.fail("state_mismatch", nil)
	case param(h.Call, "error") != "":
		return nil, h.fail(param(h.Call, "error"), nil)
	case param(h.Call, "code") == "":
		return nil, h.fail("no_code", nil)
	case h.provider == nil:
		return nil, h.fail("oauth_provider_not_found", nil)
	}
	tokens, err := h.provider.Exchange(h.Ctx(), oauth2.Code{
		Code: param(h.Call, "code"), CodeVerifier: h.state.CodeVerifier, DeviceID: param(h.Call, "device_id"), Nonce: h.state.Nonce,
		RedirectURI: h.BaseURL + "/callback/" + h.provider.ID,
	})
	if err != nil || tokens == nil {
		return nil, h.fail("invalid_code", err)
	}
	info, err := h.provider.UserInfo(h.Ctx(), tokens)
	if err != nil || info == nil || info.ID() == "" {
		return nil, h.fail("unable_to_get_user_info", err)
	}
	if info.Email() == "" {
		return nil, h.fail("email_not_found", nil)
	}
	return h.describe(tokens, info), nil
}

func (h *handover) describe(tokens *oauth2.Tokens, info *oauth2.UserInfo) *auth.Object {
	asked := h.state.RequestSignUp != nil && *h.state.RequestSignUp
	target := h.state.CallbackURL
	if u, err := origin.ParseURL(target); err == nil {
		if final, given := u.Param("callbackURL"); given {
			target = final
		}
	}
	payload := option.NewObject()
	payload.Set("userInfo", object("id", info.ID(), "email", info.Email(), "name", info.Name(), "image", textOrNil(info.Image()), "emailVerified", info.EmailVerified()))
	account := object("providerId", h.provider.ID, "accountId", info.ID(), "accessToken", textOrNil(tokens.AccessToken),
		"refreshToken", textOrNil(tokens.RefreshToken), "idToken", textOrNil(tokens.IDToken))
	if at := tokens.AccessTokenExpiresAt; !at.IsZero() {
		account.Set("accessTokenExpiresAt", at)
	}
	if at := tokens.RefreshTokenExpiresAt; !at.IsZero() {
		account.Set("refreshTokenExpiresAt", at)
	}
	if scope := tokens.ScopeText(); scope != nil {
		account.Set("scope", *scope)
	}
	payload.Set("account", account)
	payload.Set("state", h.id)
	payload.Set("callbackURL", target)
	for name, text := range map[string]string{"newUserURL": h.state.NewUserURL, "errorURL": h.state.ErrorURL} {
		if text != "" {
			payload.Set(name, text)
		}
	}
	if h.provider.Options.DisableSignUp || h.provider.Options.DisableImplicitSignUp && !asked {
		payload.Set("disableSignUp", true)
	}
	payload.Set("timestamp", h.Now().UnixMilli())
	return payload
}

func textOrNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// object has the members whose values are not nil.
func object(pairs ...any) *auth.Object {
	o := option.NewObject()
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok && pairs[i+1] != nil {
			o.Set(name, pairs[i+1])
		}
	}
	return o
}
