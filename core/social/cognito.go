package social

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

var cognito = spec{
	name: "Cognito", endpointsOf: cognitoEndpoints,
	needs: clientID, reads: []string{"domain", "region", "userPoolId", "requireClientSecret"},
	scopes: []string{"openid", "profile", "email"}, challenge: true, verifier: true, prompt: true,
	authorizationURL: cognitoURL,
	fetch:            cognitoProfile,
	user: func(p profile) user {
		return user{
			id: p.get("sub"), name: cognitoName(p), email: p.get("email"), image: p.get("picture"), verified: p.get("email_verified"),
		}
	},
	idToken: func(o *oauth2.Options) *idTokenSpec {
		issuer := "https://cognito-idp." + o.Region + ".amazonaws.com/" + o.UserPoolID
		return &idTokenSpec{keys: issuer + "/.well-known/jwks.json", issuers: []string{issuer}}
	},
}

var scheme = regexp.MustCompile(`^https?://`)

func cognitoEndpoints(o *oauth2.Options) endpoints {
	base := "https://" + scheme.ReplaceAllString(o.Domain, "") + "/oauth2/"
	return endpoints{base + "authorize", base + "token", base + "userinfo"}
}

func cognitoName(p profile) any { return or(p.get("name"), p.get("given_name"), p.get("username"), "") }

// cognitoURL puts the scope last and encodes its blanks as %20: Cognito refuses a plus.
func cognitoURL(b *built, in oauth2.Authorization, scopes []string) (string, error) {
	if b.o.RequireClientSecret && b.o.ClientSecret == "" {
		return "", errors.New("CLIENT_SECRET_REQUIRED: set clientSecret of Cognito, or leave requireClientSecret out")
	}
	out := oauth2.AuthorizationURL{
		Endpoint: b.at.authorize, ClientID: b.o.PrimaryClientID(), State: in.State, RedirectURI: in.RedirectURI,
		CodeVerifier: in.CodeVerifier, Prompt: b.o.Prompt,
	}
	if len(scopes) == 0 {
		out.Scopes = scopes
		return out.Build()
	}
	text, err := out.Build()
	if err != nil {
		return "", err
	}
	return text + "&scope=" + origin.EncodeComponent(strings.Join(scopes, " ")), nil
}

// cognitoProfile reads the ID token, else asks for the user information.
func cognitoProfile(ctx context.Context, b *built, t *oauth2.Tokens) (profile, error) {
	if t.IDToken != "" {
		if claims, err := oauth2.Claims(t.IDToken); err == nil {
			p := profile{claims}
			p.Set("name", cognitoName(p))
			return p, nil
		}
	}
	return b.userInfoProfile(ctx, t)
}
