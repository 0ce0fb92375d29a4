package social

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/oauth2"
)

// built is a provider with its configuration.
type built struct {
	*spec
	id     string
	o      oauth2.Options
	at     endpoints
	client *oauth2.Client
}

// ErrNotConfigured reports a provider without the client id or the secret that it needs. Upstream:
// CLIENT_ID_AND_SECRET_REQUIRED.
var ErrNotConfigured = errors.New("CLIENT_ID_AND_SECRET_REQUIRED")

// New returns the provider with an id, or nil when the options switch it off. It fails for an unknown id, and for options
// that this provider does not read.
func New(id string, o oauth2.Options, client *oauth2.Client) (*oauth2.Provider, error) {
	s, known := specs[id]
	if !known {
		return nil, fmt.Errorf("option socialProviders.%s: there is no such provider; use one of %s, or the plugin generic-oauth",
			id, strings.Join(IDs(), ", "))
	}
	if err := checkOptions(id, s, &o); err != nil {
		return nil, err
	}
	if !o.Enabled.Or(true) {
		return nil, nil
	}
	b := &built{spec: s, id: id, o: o, at: s.endpoints, client: client}
	if s.endpointsOf != nil {
		b.at = s.endpointsOf(&b.o)
	}
	if o.AuthorizationEndpoint != "" {
		b.at.authorize = o.AuthorizationEndpoint
	}
	return b.provider(), nil
}

// IDs returns the ids of the providers, sorted.
func IDs() []string {
	ids := make([]string, 0, len(specs))
	for id := range specs {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Name returns the name of a provider for people, or "".
func Name(id string) string {
	if s := specs[id]; s != nil {
		return s.name
	}
	return ""
}

func (b *built) provider() *oauth2.Provider {
	p := &oauth2.Provider{
		ID: b.id, Name: b.name, Options: b.o,
		AuthorizationURL: b.authorization, Exchange: b.exchangeCode, UserInfo: b.info,
	}
	switch {
	case b.o.RefreshAccessToken != nil:
		p.Refresh = b.o.RefreshAccessToken
	case !b.noRefresh:
		p.Refresh = b.refreshToken
	}
	if b.idToken != nil || b.verifyIDToken != nil || b.o.VerifyIDToken != nil {
		p.VerifyIDToken = b.verify
	}
	return p
}

func (b *built) authorization(_ context.Context, in oauth2.Authorization) (string, error) {
	if b.needs >= clientID && b.o.PrimaryClientID() == "" || b.needs == clientIDAndSecret && b.o.ClientSecret == "" {
		return "", fmt.Errorf("%w: set clientId and clientSecret of %s", ErrNotConfigured, b.name)
	}
	if b.o.RedirectURI != "" {
		in.RedirectURI = b.o.RedirectURI
	}
	scopes := b.allScopes(in.Scopes)
	if b.authorizationURL != nil {
		return b.authorizationURL(b, in, scopes)
	}
	out := oauth2.AuthorizationURL{
		Endpoint: b.at.authorize, ClientID: b.o.PrimaryClientID(), State: in.State, RedirectURI: in.RedirectURI,
		Scopes: scopes, ScopeSeparator: b.scopeSeparator,
	}
	if b.challenge {
		out.CodeVerifier = in.CodeVerifier
	}
	if b.prompt {
		out.Prompt = b.o.Prompt
	}
	if b.loginHint {
		out.LoginHint = in.LoginHint
	}
	if b.refine != nil {
		b.refine(&b.o, in, &out)
	}
	return out.Build()
}

// allScopes is never nil: the parameter is there, if empty.
func (b *built) allScopes(requested []string) []string {
	scopes := []string{}
	if !b.o.DisableDefaultScope {
		scopes = append(scopes, b.scopes...)
	}
	if b.requestScopesFirst {
		return append(append(scopes, requested...), b.o.Scope...)
	}
	return append(append(scopes, b.o.Scope...), requested...)
}

func (b *built) grant() oauth2.Grant {
	return oauth2.Grant{Endpoint: b.at.token, ClientID: b.o.PrimaryClientID(), ClientSecret: b.o.ClientSecret}
}

func (b *built) exchangeCode(ctx context.Context, code oauth2.Code) (*oauth2.Tokens, error) {
	if b.exchange != nil {
		return b.exchange(ctx, b, code)
	}
	return b.client.Exchange(ctx, b.codeGrant(code))
}

func (b *built) codeGrant(code oauth2.Code) oauth2.Grant {
	g := b.grant()
	g.Code, g.RedirectURI, g.Basic, g.ClientKey = code.Code, b.redirectURI(code), b.basic, b.o.ClientKey
	if b.verifier {
		g.CodeVerifier = code.CodeVerifier
	}
	return g
}

func (b *built) redirectURI(code oauth2.Code) string {
	if b.o.RedirectURI != "" {
		return b.o.RedirectURI
	}
	return code.RedirectURI
}

func (b *built) refreshToken(ctx context.Context, token string) (*oauth2.Tokens, error) {
	if b.refresh != nil {
		return b.refresh(ctx, b, token)
	}
	g := b.grant()
	g.RefreshToken, g.Basic = token, b.basicRefresh
	if b.refreshExtra != nil {
		g.Extra = b.refreshExtra(&b.o)
	}
	return b.client.Refresh(ctx, g)
}

// info returns who the tokens belong to, or nil when the provider does not say.
func (b *built) info(ctx context.Context, t *oauth2.Tokens) (*oauth2.UserInfo, error) {
	if b.o.GetUserInfo != nil {
		return b.o.GetUserInfo(ctx, t)
	}
	p, err := b.profile(ctx, t)
	if p.Object == nil || err != nil || b.accept != nil && !b.accept(&b.o, p) {
		return nil, err
	}
	info := b.mapped(p)
	if !b.noMapping {
		err = info.Map(ctx, b.o.MapProfileToUser, p.public())
	}
	if err != nil || b.needsEmail && info.Email() == "" {
		return nil, err
	}
	return info, nil
}

// mapped reads a profile as the provider's description says.
func (b *built) mapped(p profile) *oauth2.UserInfo {
	u := b.user(p)
	info := oauth2.NewUserInfo(u.id, u.name, u.email, u.image, u.verified, p.public())
	for _, f := range u.extra {
		if f.value != undefined {
			info.User.Set(f.name, f.value)
		}
	}
	if b.data != nil {
		info.Data = b.data(p)
	}
	return info
}

func (b *built) profile(ctx context.Context, t *oauth2.Tokens) (profile, error) {
	switch {
	case b.fetch != nil:
		return b.fetch(ctx, b, t)
	case b.fromIDToken:
		return b.idTokenProfile(ctx, t)
	default:
		return b.userInfoProfile(ctx, t)
	}
}

// idTokenProfile is the profile of an ID token that came from the provider, or that was verified before.
func (b *built) idTokenProfile(ctx context.Context, t *oauth2.Tokens) (profile, error) {
	if t.IDToken == "" {
		return profile{}, nil
	}
	claims, err := oauth2.Claims(t.IDToken)
	if err != nil {
		return profile{}, err
	}
	p := profile{claims}
	if b.enrich != nil {
		err = b.enrich(ctx, b, p, t)
	}
	return p, err
}

func (b *built) userInfoProfile(ctx context.Context, t *oauth2.Tokens) (profile, error) {
	if t.AccessToken == "" {
		return profile{}, nil
	}
	r := oauth2.Request{URL: b.at.userInfo, Bearer: t.AccessToken}
	if b.userInfoRequest != nil {
		b.userInfoRequest(b, &r, t)
	}
	answer, err := b.client.Object(ctx, r)
	if err != nil {
		return profile{}, err
	}
	p := profile{answer}
	if b.profileOf != nil {
		p = b.profileOf(p)
	}
	if p.Object != nil && b.enrich != nil {
		err = b.enrich(ctx, b, p, t)
	}
	return p, err
}

func (b *built) verify(ctx context.Context, token, nonce string) (bool, error) {
	switch {
	case b.o.DisableIDTokenSignIn:
		return false, nil
	case b.o.VerifyIDToken != nil:
		return b.o.VerifyIDToken(ctx, token, nonce)
	case b.verifyIDToken != nil:
		return b.verifyIDToken(ctx, b, token, nonce)
	default:
		return b.verifySigned(ctx, b.idToken(&b.o), token, nonce)
	}
}

// verifySigned reports whether a token is the provider's own, for this application and for this request.
func (b *built) verifySigned(ctx context.Context, s *idTokenSpec, token, nonce string) (bool, error) {
	rules := oauth2.IDTokenRules{
		Keys: s.keys, Issuers: s.issuers, Audience: s.audience, Nonce: nonce, MaxAge: maxTokenAge,
	}
	if s.ageless {
		rules.MaxAge = 0
	}
	if s.issuer != nil {
		rules.IssuerFunc = func(claims *oauth2.Object) bool { return s.issuer(profile{claims}) }
	}
	if len(rules.Audience) == 0 {
		rules.Audience = b.o.ClientIDList()
	}
	claims, err := b.client.VerifyIDToken(ctx, token, rules)
	if err != nil {
		b.client.Logger.Warn("ID token refused", "provider", b.id, "error", err)
		return false, nil
	}
	return b.accept == nil || b.accept(&b.o, profile{claims}), nil
}
