package genericoauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
)

// provider is a configured server.
type provider struct {
	*Provider
	client *oauth2.Client
}

// server is what is known about a server: its configuration, completed by discovery.
type server struct {
	authorize, token, userInfo, issuer, keys string
	issuerRequired                           bool
}

const wellKnown = "/.well-known/openid-configuration"

// discover completes the addresses. A configuration of another issuer than the one that was asked is refused (OpenID
// Connect Discovery section 4.3). One that does not answer leaves the addresses as they are, as upstream does.
func (p *provider) discover(ctx context.Context) (*server, error) {
	s := &server{
		authorize: p.AuthorizationURL, token: p.TokenURL, userInfo: p.UserInfoURL, issuer: p.Issuer, issuerRequired: p.RequireIssuerValidation,
	}
	if p.DiscoveryURL == "" {
		return s, nil
	}
	doc, err := p.client.Object(ctx, oauth2.Request{URL: p.DiscoveryURL, Header: p.DiscoveryHeaders})
	if err != nil {
		p.client.Logger.Error("the configuration of a provider cannot be read", "provider", p.ProviderID, "error", err)
		return s, nil
	}
	issuer := oauth2.Text(doc, "issuer")
	if expected, known := p.expectedIssuer(); known && issuer != "" && issuer != expected && !strings.Contains(issuer, "{") {
		return nil, fmt.Errorf("the configuration of %s is of the issuer %q, not of %q", p.ProviderID, issuer, expected)
	}
	s.authorize, s.token = oauth2.Text(doc, "authorization_endpoint"), oauth2.Text(doc, "token_endpoint")
	s.userInfo, s.keys = oauth2.Text(doc, "userinfo_endpoint"), oauth2.Text(doc, "jwks_uri")
	if s.issuer == "" {
		s.issuer = issuer
	}
	promised, _ := doc.Get("authorization_response_iss_parameter_supported")
	s.issuerRequired = s.issuerRequired || promised == true && issuer != ""
	return s, nil
}

// expectedIssuer is the issuer whose configuration was asked for.
func (p *provider) expectedIssuer() (string, bool) {
	if p.Issuer != "" {
		return p.Issuer, true
	}
	return strings.CutSuffix(p.DiscoveryURL, wellKnown)
}

// verifiesIDTokens reports whether ID tokens are verified: discovery says who signs them.
func (s *server) verifiesIDTokens() bool {
	return s.keys != "" && s.issuer != "" && !strings.Contains(s.issuer, "{")
}

// wantsNonce reports whether the request for a code carries a nonce.
func (p *provider) wantsNonce(s *server, scopes []string) bool {
	return s.verifiesIDTokens() && slices.Contains(scopes, "openid")
}

// authorizationURL returns the page to send the browser to.
func (p *provider) authorizationURL(s *server, in oauth2.Authorization, with page) (string, error) {
	if s.authorize == "" {
		return "", auth.Fail(http.StatusBadRequest, InvalidConfiguration)
	}
	out := oauth2.AuthorizationURL{
		Endpoint: s.authorize, ClientID: p.ClientID, State: in.State, Scopes: in.Scopes, RedirectURI: in.RedirectURI,
		Prompt: with.prompt, AccessType: with.accessType, ResponseType: with.responseType, ResponseMode: with.responseMode,
		Extra: origin.Params(with.params),
	}
	if in.Nonce != "" {
		out.Extra = append(slices.Clone(out.Extra), origin.Param{Name: "nonce", Value: in.Nonce})
	}
	if p.RedirectURI != "" {
		out.RedirectURI = p.RedirectURI
	}
	if p.PKCE {
		out.CodeVerifier = in.CodeVerifier
	}
	if with.twice && len(with.params) > 0 {
		u, err := origin.ParseURL(out.Endpoint)
		if err != nil {
			return "", fmt.Errorf("authorization endpoint: %w", err)
		}
		for _, param := range with.params {
			u.SetParam(param.Name, param.Value)
		}
		out.Endpoint = u.Href()
	}
	return out.Build()
}

// exchange trades a code for tokens, and verifies the ID token where discovery says how.
func (p *provider) exchange(ctx context.Context, s *server, code oauth2.Code, params Params) (*oauth2.Tokens, error) {
	tokens, err := p.tokens(ctx, s, code, params)
	if err != nil || tokens == nil || tokens.IDToken == "" || !s.verifiesIDTokens() {
		return tokens, err
	}
	_, err = p.client.VerifyIDToken(ctx, tokens.IDToken, oauth2.IDTokenRules{
		Keys: s.keys, Issuers: []string{s.issuer}, Audience: []string{p.ClientID}, Nonce: code.Nonce,
	})
	return tokens, err
}

func (p *provider) tokens(ctx context.Context, s *server, code oauth2.Code, params Params) (*oauth2.Tokens, error) {
	if !p.PKCE {
		code.CodeVerifier = ""
	}
	if p.GetToken != nil {
		return p.GetToken(ctx, p.client, code)
	}
	if s.token == "" {
		return nil, auth.Fail(http.StatusBadRequest, InvalidConfig)
	}
	if p.RedirectURI != "" {
		code.RedirectURI = p.RedirectURI
	}
	return p.client.Exchange(ctx, oauth2.Grant{
		Endpoint: s.token, ClientID: p.ClientID, ClientSecret: p.ClientSecret, Basic: p.Authentication == "basic",
		Code: code.Code, CodeVerifier: code.CodeVerifier, RedirectURI: code.RedirectURI, Extra: origin.Params(params), Header: p.AuthorizationHeaders,
	})
}

// profile is what the provider says about the person, or nil. The address of the user information is asked for only when the
// ID token does not say enough.
func (p *provider) profile(ctx context.Context, t *oauth2.Tokens, userInfo func() (string, error)) (*oauth2.Object, error) {
	if p.GetUserInfo != nil {
		return p.GetUserInfo(ctx, p.client, t)
	}
	claims, _ := oauth2.Claims(t.IDToken)
	subject := oauth2.Text(claims, "sub")
	if subject != "" && oauth2.Text(claims, "email") != "" {
		return withOwnNames(claims, subject), nil
	}
	address, err := userInfo()
	if address == "" || err != nil {
		return nil, err
	}
	answer, err := p.userInformation(ctx, address, t)
	if err != nil {
		return nil, err
	}
	if p.RequireMatchingSubject && subject != "" && oauth2.Text(answer, "sub") != subject {
		return nil, errors.New("the user information is about somebody else than the ID token")
	}
	id, given := answer.Get("id")
	if !given || id == nil {
		id, _ = answer.Get("sub")
	}
	return withOwnNames(answer, id), nil
}

// userInformation asks with the access token. As upstream has it, an answer that says nothing of anybody is an empty one.
func (p *provider) userInformation(ctx context.Context, address string, t *oauth2.Tokens) (*oauth2.Object, error) {
	data, err := p.client.Do(ctx, oauth2.Request{URL: address, Bearer: t.AccessToken})
	if status, refused := errors.AsType[*oauth2.StatusError](err); refused {
		p.client.Logger.Error("the provider gives no user information", "provider", p.ProviderID, "error", status)
		return option.NewObject(), nil
	}
	if err != nil {
		return nil, err
	}
	tree, err := option.ParseJSON(data)
	if answer, ok := tree.(*oauth2.Object); ok && err == nil {
		return answer, nil
	}
	p.client.Logger.Error("the provider's user information is no JSON object", "provider", p.ProviderID)
	return option.NewObject(), nil
}

// withOwnNames adds the names that upstream has for the standard claims; a claim of such a name stays, but for the id.
func withOwnNames(claims *oauth2.Object, id any) *oauth2.Object {
	o := option.NewObject()
	o.Set("id", id)
	for name, claim := range map[string]string{"emailVerified": "email_verified", "image": "picture"} {
		if v, given := claims.Get(claim); given {
			o.Set(name, v)
		}
	}
	for name, v := range claims.All() {
		if name != "id" {
			o.Set(name, v)
		}
	}
	return o
}

// identity is the profile with the application's mapping over it.
func (p *provider) identity(ctx context.Context, profile *oauth2.Object) (*oauth2.UserInfo, error) {
	info := &oauth2.UserInfo{User: profile.Clone(), Data: profile}
	return info, info.Map(ctx, p.MapProfileToUser, profile)
}

// social is the provider as the core's own operations use it.
func (p *provider) social() *oauth2.Provider {
	return &oauth2.Provider{
		ID: p.ProviderID, Name: p.ProviderID,
		Options: oauth2.Options{
			ClientID: p.ClientID, DisableSignUp: p.DisableSignUp, DisableImplicitSignUp: p.DisableImplicitSignUp,
			OverrideUserInfoOnSignIn: p.OverrideUserInfo,
		},
		AuthorizationURL: func(ctx context.Context, a oauth2.Authorization) (string, error) {
			s, err := p.discover(ctx)
			if err != nil {
				return "", err
			}
			a.RedirectURI = strings.TrimSuffix(a.RedirectURI, "/callback/"+p.ProviderID) + "/oauth2/callback/" + p.ProviderID
			a.Scopes = append([]string{}, p.Scopes...)
			if p.AuthorizationURL != "" {
				s.authorize = p.AuthorizationURL
			}
			return p.authorizationURL(s, a, page{})
		},
		Exchange: func(ctx context.Context, code oauth2.Code) (*oauth2.Tokens, error) {
			s, err := p.discover(ctx)
			if err != nil {
				return nil, err
			}
			return p.exchange(ctx, s, code, nil)
		},
		Refresh:  p.refresh,
		UserInfo: p.info,
		Issuer: func(ctx context.Context) (string, bool) {
			s, err := p.discover(ctx)
			if err != nil {
				return "", false
			}
			return s.issuer, s.issuerRequired
		},
	}
}

func (p *provider) refresh(ctx context.Context, token string) (*oauth2.Tokens, error) {
	s, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	if s.token == "" {
		return nil, auth.Fail(http.StatusBadRequest, TokenURLNotFound)
	}
	return p.client.Refresh(ctx, oauth2.Grant{
		Endpoint: s.token, ClientID: p.ClientID, ClientSecret: p.ClientSecret, Basic: p.Authentication == "basic", RefreshToken: token,
	})
}

// info is for account-info: the five usual fields and what the mapping gives.
func (p *provider) info(ctx context.Context, t *oauth2.Tokens) (*oauth2.UserInfo, error) {
	profile, err := p.profile(ctx, t, func() (string, error) {
		s, err := p.discover(ctx)
		if err != nil {
			return "", err
		}
		return s.userInfo, nil
	})
	if profile == nil || err != nil {
		return nil, err
	}
	user := option.NewObject()
	for _, name := range []string{"id", "email", "emailVerified", "image", "name"} {
		if v, given := profile.Get(name); given {
			user.Set(name, v)
		}
	}
	info := &oauth2.UserInfo{User: user, Data: profile}
	return info, info.Map(ctx, p.MapProfileToUser, profile)
}
