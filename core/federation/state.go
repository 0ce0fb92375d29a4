package federation

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/cookies"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/origin"
	"github.com/goauth-dev/goauth/core/verification"
)

const (
	stateLife = 10 * time.Minute
	// The cookies of the two strategies, and their lives in seconds: the database's is shorter than its row, as upstream's.
	databaseCookie, databaseCookieAge = "state", 5 * 60
	encryptedCookie, encryptedAge     = "oauth_state", 10 * 60

	stateLength, verifierLength = 32, 128
)

// stateAlphabet is upstream's for states and code verifiers.
const stateAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_"

// State is what a sign-in through another party remembers until the browser comes back. Upstream: StateData.
type State struct {
	// CallbackURL, ErrorURL and NewUserURL are where the browser goes in the end.
	CallbackURL, ErrorURL, NewUserURL string
	// CodeVerifier is the secret of the PKCE challenge.
	CodeVerifier string
	// Provider is who was asked: nobody else's answer is taken (GAP-005). It is empty in a state that a Node server made.
	Provider string
	// Nonce binds the ID token to this request, where the provider's protocol has one.
	Nonce string
	// Link is the user who wants another account, or nil.
	Link *LinkTo
	// RequestSignUp says that the client asked for a new user.
	RequestSignUp *bool
	ExpiresAt     time.Time
	// Extra is the client's own data, additionalData.
	Extra *auth.Object
}

// LinkTo is a user who adds an account.
type LinkTo struct{ Email, UserID string }

// StateSettings are for flows that keep their state apart from OAuth's.
type StateSettings struct {
	// CookieName is the logical name of the cookie. Default: "state" or "oauth_state", by the strategy.
	CookieName string
	// SkipCookieCheck takes the state from any browser.
	SkipCookieCheck bool
}

// errState and errMismatch are the two ways in which a state is wrong.
var (
	errState    = errors.New("the state is unknown, used or expired")
	errMismatch = errors.New("the state is not this browser's, or not this provider's")
)

// reserved are the names that additionalData cannot take: the state's own, and those under which upstream's plugins keep
// what only the server may say (UP-134).
var reserved = []string{
	"callbackURL", "codeVerifier", "errorURL", "newUserURL", "link", "expiresAt", "requestSignUp", "oauthState", "oauthProvider", "oauthNonce",
	"query", "serverContext", "anonymousUserId",
}

// NewState returns a state with a fresh code verifier, for the destinations that the call's body names. It fails with
// CALLBACK_URL_REQUIRED when neither the body nor the base URL gives one. Upstream: generateState.
func NewState(c *auth.Call, provider string, link *LinkTo, extra *auth.Object) (*State, error) {
	body, _ := c.Body.(*auth.Object)
	s := &State{
		CallbackURL: textIn(body, "callbackURL"), ErrorURL: textIn(body, "errorCallbackURL"), NewUserURL: textIn(body, "newUserCallbackURL"),
		Provider: provider, Link: link, Extra: extra, ExpiresAt: c.Now().Add(stateLife),
	}
	if v, _ := body.Get("requestSignUp"); v != nil {
		asked := v == true
		s.RequestSignUp = &asked
	}
	if s.CallbackURL == "" {
		s.CallbackURL = siteOf(c)
	}
	if s.CallbackURL == "" {
		return nil, auth.Fail(http.StatusBadRequest, auth.CallbackURLRequired)
	}
	var err error
	s.CodeVerifier, err = crypto.RandomString(c.Random, verifierLength, stateAlphabet)
	return s, err
}

// siteOf is the public origin of the server: the base URL without the path of the routes.
func siteOf(c *auth.Call) string {
	u, err := origin.ParseURL(c.BaseURL)
	if err != nil {
		return ""
	}
	site, _ := u.Origin()
	return site
}

func textIn(o *auth.Object, name string) string {
	v, _ := o.Get(name)
	s, _ := v.(string)
	return s
}

// tree is the state as stored; absent members are left out.
func (s *State) tree(id string) *auth.Object {
	o := s.Extra.Clone()
	if o == nil {
		o = js.NewObject()
	}
	for _, name := range reserved {
		o.Delete(name)
	}
	set := func(name, text string) {
		if text != "" {
			o.Set(name, text)
		}
	}
	set("callbackURL", s.CallbackURL)
	set("codeVerifier", s.CodeVerifier)
	set("errorURL", s.ErrorURL)
	set("newUserURL", s.NewUserURL)
	if s.Link != nil {
		link := js.NewObject()
		link.Set("email", s.Link.Email)
		link.Set("userId", s.Link.UserID)
		o.Set("link", link)
	}
	o.Set("expiresAt", s.ExpiresAt.UnixMilli())
	if s.RequestSignUp != nil {
		o.Set("requestSignUp", *s.RequestSignUp)
	}
	set("oauthState", id)
	set("oauthProvider", s.Provider)
	set("oauthNonce", s.Nonce)
	return o
}

// Keep stores the state, gives the browser its cookie, and returns the id to send to the provider. Upstream:
// generateGenericState.
func (s *State) Keep(c *auth.Call, set StateSettings) (string, error) {
	id, err := crypto.RandomString(c.Random, stateLength, stateAlphabet)
	if err != nil {
		return "", err
	}
	tree := s.tree(id)
	text, err := js.Marshal(tree)
	if err != nil {
		return "", err
	}
	c.OAuthState = tree
	if c.Options.Account.StoreStateStrategy == "cookie" {
		return id, s.keepInCookie(c, set, string(text))
	}
	if err := c.SetSignedCookie(set.cookie(c, databaseCookie, databaseCookieAge), id); err != nil {
		return "", err
	}
	if err := verification.Create(c, id, string(text), s.ExpiresAt); err != nil {
		return "", auth.FailText(http.StatusInternalServerError, auth.FailedToCreateVerification.Message).Because(err)
	}
	return id, nil
}

// keepInCookie gives the browser the encrypted state. What a client asks for must fit a cookie: browsers drop larger ones.
func (s *State) keepInCookie(c *auth.Call, set StateSettings, text string) error {
	sealed, err := c.Keys.Encrypt(c.Random, text)
	if err != nil {
		return err
	}
	err = c.SetCookie(set.cookie(c, encryptedCookie, encryptedAge), sealed)
	if errors.Is(err, cookies.ErrTooLarge) {
		return auth.FailText(http.StatusBadRequest, "Addresses and additional data are too long for a cookie").Because(err)
	}
	return err
}

func (set StateSettings) cookie(c *auth.Call, name string, age int) auth.Cookie {
	if set.CookieName != "" {
		name = set.CookieName
	}
	return c.NewCookie(name, &age)
}

// Take returns the state with an id and uses it up: of several callers one gets it. It fails for a state that is unknown,
// used, expired, or of another browser; [IsMismatch] tells the last. Upstream: parseGenericState.
func Take(c *auth.Call, id string, set StateSettings) (*State, error) {
	s, err := take(c, id, set)
	if err != nil {
		return nil, err
	}
	if s.ExpiresAt.Before(c.Now()) {
		return nil, errState
	}
	return s, nil
}

// IsMismatch reports whether a state was refused because it is another browser's or another provider's.
func IsMismatch(err error) bool { return errors.Is(err, errMismatch) }

func take(c *auth.Call, id string, set StateSettings) (*State, error) {
	if c.Options.Account.StoreStateStrategy == "cookie" {
		return takeCookie(c, id, set)
	}
	v, err := verification.Find(c, id)
	if v == nil || err != nil {
		return nil, errors.Join(errState, err)
	}
	s, err := readState(c, v.Value, id)
	if err != nil {
		return nil, err
	}
	ck := set.cookie(c, databaseCookie, databaseCookieAge)
	if !set.SkipCookieCheck && !c.Options.Account.SkipStateCookieCheck {
		if value, ok, _ := c.SignedCookie(ck.Name); !ok || !auth.SameText(value, id) {
			return nil, errMismatch // the row stays: the browser that began may still come
		}
	}
	if err := c.ExpireCookie(ck); err != nil {
		return nil, err
	}
	if !v.ExpiresAt.After(c.Now()) {
		return nil, errors.Join(errState, verification.Delete(c, id))
	}
	taken, err := verification.Consume(c, id)
	if taken == nil || err != nil {
		return nil, errors.Join(errState, err)
	}
	return s, nil
}

func takeCookie(c *auth.Call, id string, set StateSettings) (*State, error) {
	ck := set.cookie(c, encryptedCookie, encryptedAge)
	sealed, ok := c.Jar().Get(ck.Name)
	if !ok || sealed == "" {
		return nil, errState
	}
	text, err := c.Keys.Decrypt(sealed)
	if err != nil {
		return nil, errors.Join(errState, err)
	}
	s, err := readState(c, text, id)
	if err != nil {
		return nil, err
	}
	return s, c.ExpireCookie(ck)
}

// readState reads a stored state, and checks that it was stored for this id.
func readState(c *auth.Call, text, id string) (*State, error) {
	tree, err := js.Parse([]byte(text))
	o, ok := tree.(*auth.Object)
	if err != nil || !ok {
		return nil, errors.Join(errState, err)
	}
	s, err := StateFromTree(o)
	if err != nil {
		return nil, err
	}
	if own := textIn(o, "oauthState"); !auth.SameText(own, id) && (own != "" || c.Options.Account.StoreStateStrategy == "cookie") {
		return nil, errMismatch
	}
	c.OAuthState = o
	return s, nil
}

// StateFromTree reads a state as it is stored.
func StateFromTree(o *auth.Object) (*State, error) {
	expires, _ := o.Get("expiresAt")
	n, _ := expires.(js.Number)
	ms, ok := n.Int()
	s := &State{
		CallbackURL: textIn(o, "callbackURL"), CodeVerifier: textIn(o, "codeVerifier"), ErrorURL: textIn(o, "errorURL"),
		NewUserURL: textIn(o, "newUserURL"), Provider: textIn(o, "oauthProvider"), Nonce: textIn(o, "oauthNonce"),
		ExpiresAt: time.UnixMilli(ms), Extra: js.NewObject(),
	}
	if !ok || s.CodeVerifier == "" {
		return nil, fmt.Errorf("%w: it is not complete", errState)
	}
	if v, _ := o.Get("requestSignUp"); v != nil {
		asked := v == true
		s.RequestSignUp = &asked
	}
	if v, _ := o.Get("link"); v != nil {
		link, _ := v.(*auth.Object)
		s.Link = &LinkTo{Email: textIn(link, "email"), UserID: idIn(link, "userId")}
		if s.Link.UserID == "" {
			return nil, fmt.Errorf("%w: it links to nobody", errState)
		}
	}
	for name, v := range o.All() {
		if !slices.Contains(reserved, name) {
			s.Extra.Set(name, v)
		}
	}
	return s, nil
}

// idIn reads an id, which is a number where the database makes it.
func idIn(o *auth.Object, name string) string {
	v, _ := o.Get(name)
	if n, ok := v.(js.Number); ok {
		return string(n)
	}
	return textIn(o, name)
}

// ErrorURL is the page that failures end at when the client named none.
func ErrorURL(c *auth.Call) string {
	if u := c.Options.OnAPIError.ErrorURL; u != "" {
		return u
	}
	return c.BaseURL + "/error"
}

// Resume is [Take] for the answer of a provider. It fails with the redirect that upstream gives. Upstream: parseState.
func Resume(c *auth.Call, id, provider string) (*State, error) {
	s, err := Take(c, id, StateSettings{})
	if err == nil && s.Provider != "" && s.Provider != provider {
		err = errMismatch
	}
	if err != nil {
		c.Logger.Error("the answer of a provider has no good state", "provider", provider, "error", err)
		slug := "please_restart_the_process"
		if IsMismatch(err) {
			slug = "state_mismatch"
		}
		return nil, auth.Redirect(ErrorURL(c) + "?error=" + slug)
	}
	if s.ErrorURL == "" {
		s.ErrorURL = ErrorURL(c)
	}
	return s, nil
}
