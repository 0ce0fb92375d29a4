package social

import (
	"context"
	"strings"

	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

// paypal asks for no scopes: they are set in its own settings. It sends a challenge and not its secret, as upstream does.
var paypal = spec{
	name: "PayPal", endpointsOf: paypalEndpoints,
	needs: clientIDAndSecret, reads: []string{"environment", "requestShippingAddress"},
	challenge: true, prompt: true,
	refine: func(_ *oauth2.Options, _ oauth2.Authorization, out *oauth2.AuthorizationURL) { out.Scopes = []string{} },
	exchange: func(ctx context.Context, b *built, code oauth2.Code) (*oauth2.Tokens, error) {
		t, err := paypalTokens(ctx, b, origin.Params{
			{Name: "grant_type", Value: "authorization_code"}, {Name: "code", Value: code.Code}, {Name: "redirect_uri", Value: code.RedirectURI},
		})
		if err == nil {
			t.IDToken = oauth2.Text(t.Raw, "id_token")
		}
		return t, err
	},
	refresh: func(ctx context.Context, b *built, token string) (*oauth2.Tokens, error) {
		return paypalTokens(ctx, b, origin.Params{{Name: "grant_type", Value: "refresh_token"}, {Name: "refresh_token", Value: token}})
	},
	fetch: paypalProfile,
	user: func(p profile) user {
		return user{
			id: p.get("user_id"), name: p.get("name"), email: p.get("email"), image: p.get("picture"), verified: p.get("email_verified"),
		}
	},
	idToken: func(o *oauth2.Options) *idTokenSpec {
		host := "paypal.com"
		if !paypalLive(o) {
			host = "sandbox.paypal.com"
		}
		return &idTokenSpec{keys: "https://api." + host + "/v1/oauth2/certs", issuers: []string{"https://www." + host}}
	},
}

func paypalLive(o *oauth2.Options) bool { return o.Environment != "" && o.Environment != "sandbox" }

func paypalEndpoints(o *oauth2.Options) endpoints {
	www, api := "https://www.sandbox.paypal.com", "https://api-m.sandbox.paypal.com"
	if paypalLive(o) {
		www, api = "https://www.paypal.com", "https://api-m.paypal.com"
	}
	return endpoints{www + "/signin/authorize", api + "/v1/oauth2/token", api + "/v1/identity/oauth2/userinfo?schema=paypalv1.1"}
}

func paypalTokens(ctx context.Context, b *built, form origin.Params) (*oauth2.Tokens, error) {
	answer, err := b.client.Object(ctx, oauth2.Request{URL: b.at.token, Form: form, Header: map[string]string{
		"Authorization": oauth2.BasicAuth(b.o.PrimaryClientID(), b.o.ClientSecret), "Accept": "application/json", "Accept-Language": "en_US",
	}})
	if err != nil {
		return nil, err
	}
	all := b.client.NewTokens(answer)
	return &oauth2.Tokens{
		AccessToken: all.AccessToken, RefreshToken: all.RefreshToken, AccessTokenExpiresAt: all.AccessTokenExpiresAt, Raw: answer,
	}, nil
}

// paypalProfile asks for the user information. Beside an ID token that the client brought, the access token must belong to
// the same person (UP-052).
func paypalProfile(ctx context.Context, b *built, t *oauth2.Tokens) (profile, error) {
	if t.AccessToken == "" {
		return profile{}, nil
	}
	answer, err := b.client.Object(ctx, oauth2.Request{
		URL: b.at.userInfo, Bearer: t.AccessToken, Header: map[string]string{"Accept": "application/json"},
	})
	if err != nil {
		return profile{}, err
	}
	p := profile{answer}
	if t.Raw == nil && t.IDToken != "" {
		claims, err := oauth2.Claims(t.IDToken)
		if err != nil || !samePerson((profile{claims}).text("sub"), p) {
			return profile{}, err
		}
	}
	return p, nil
}

// samePerson compares a subject with the ids of a profile, which may have an address before the id.
func samePerson(subject string, p profile) bool {
	last := func(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }
	id := last(subject)
	return id != "" && (last(p.text("user_id")) == id || last(p.text("sub")) == id)
}
