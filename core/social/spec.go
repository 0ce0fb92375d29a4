package social

import (
	"context"
	"time"

	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

// spec describes a provider. Most fields say what its requests have; the functions replace a step where data is not enough.
type spec struct {
	name string
	// endpoints are the provider's addresses; endpointsOf makes them from the options.
	endpoints
	endpointsOf func(o *oauth2.Options) endpoints

	// needs is what must be configured to begin.
	needs need
	// reads names the options that only some providers have and this one reads.
	reads []string

	// scopes are asked for unless disableDefaultScope is set. Those of the options and of the request follow, in that order,
	// or in the other with requestScopesFirst.
	scopes             []string
	requestScopesFirst bool
	scopeSeparator     string
	// challenge sends a PKCE challenge, and verifier its secret with the code.
	challenge, verifier bool
	// prompt and loginHint say that these are sent.
	prompt, loginHint bool
	// refine changes the authorization request.
	refine func(o *oauth2.Options, in oauth2.Authorization, out *oauth2.AuthorizationURL)
	// authorizationURL replaces the making of the address. scopes are joined by nothing yet.
	authorizationURL func(b *built, in oauth2.Authorization, scopes []string) (string, error)

	// basic and basicRefresh authenticate codes and refreshes in a header.
	basic, basicRefresh bool
	// exchange and refresh replace the requests; noRefresh says that there is none.
	exchange  func(ctx context.Context, b *built, code oauth2.Code) (*oauth2.Tokens, error)
	refresh   func(ctx context.Context, b *built, token string) (*oauth2.Tokens, error)
	noRefresh bool
	// refreshExtra adds parameters to refreshes.
	refreshExtra func(o *oauth2.Options) origin.Params

	// userInfoRequest changes the request for the profile, and profileOf takes the profile out of the answer; nil is none.
	userInfoRequest func(b *built, r *oauth2.Request, t *oauth2.Tokens)
	profileOf       func(answer profile) profile
	// fromIDToken takes the profile from the ID token, enrich then completes it.
	fromIDToken bool
	enrich      func(ctx context.Context, b *built, p profile, t *oauth2.Tokens) error
	// user says where the profile has what.
	user func(p profile) user
	// fetch replaces the whole of the above but user.
	fetch func(ctx context.Context, b *built, t *oauth2.Tokens) (profile, error)
	// accept refuses profiles; data replaces the profile in what applications see.
	accept func(o *oauth2.Options, p profile) bool
	data   func(p profile) any
	// noMapping does not ask the application's mapping, and needsEmail refuses users without an address.
	noMapping, needsEmail bool

	// idToken says which ID tokens clients may bring; verifyIDToken replaces the check.
	idToken       func(o *oauth2.Options) *idTokenSpec
	verifyIDToken func(ctx context.Context, b *built, token, nonce string) (bool, error)
}

// endpoints are addresses. An option replaces the first.
type endpoints struct{ authorize, token, userInfo string }

// need says what must be configured before somebody can be sent to a provider.
type need uint8

const (
	nothing need = iota
	clientID
	clientIDAndSecret
)

// idTokenSpec says which ID tokens a provider makes.
type idTokenSpec struct {
	keys    string
	issuers []string
	issuer  func(claims profile) bool
	// audience replaces the client's ids.
	audience []string
	// ageless tokens may be older than an hour.
	ageless bool
}

// maxTokenAge is the age from which an ID token that a client brings is too old.
const maxTokenAge = time.Hour

// user is where a profile has what; extra fields follow, in order.
type user struct {
	id, name, email, image, verified any
	extra                            []field
}

type field struct {
	name  string
	value any
}
