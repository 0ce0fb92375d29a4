package oauthproxy

import (
	"errors"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
)

// receiver is where previews take people over.
const receiver = "/oauth-proxy-callback"

// begin makes a preview's sign-in come back by way of production.
func (p *proxy) begin(c *auth.Call) (*auth.Answer, error) {
	body, _ := c.Body.(*auth.Object)
	if body == nil || p.skips(c) {
		return nil, nil
	}
	target, _ := body.Get("callbackURL")
	callbackURL, _ := target.(string)
	current := p.current(c)
	callbackURL = firstOf(callbackURL, c.BaseURL)
	if p.ProductionURL != "" {
		c.BaseURL = strings.TrimRight(p.ProductionURL, "/") + c.Options.BasePath
	}
	body.Set("callbackURL", current+c.Options.BasePath+receiver+"?callbackURL="+origin.EncodeComponent(callbackURL))
	return nil, nil
}

// wrapState puts the state itself, encrypted, in the place of its id: production does not know what a preview stored.
func (p *proxy) wrapState(c *auth.Call) error {
	answer, ok := c.Returned.(auth.Redirecting)
	if !ok || c.OAuthState == nil || p.skips(c) {
		return nil
	}
	page, err := origin.ParseURL(answer.RedirectURL())
	if err != nil {
		return nil //nolint:nilerr // an answer without a page
	}
	id, given := page.Param("state")
	if !given {
		return nil
	}
	state, err := p.seal(c, c.OAuthState)
	if err != nil {
		return err
	}
	wrapped := option.NewObject()
	wrapped.Set("state", id)
	wrapped.Set("stateCookie", state)
	wrapped.Set("isOAuthProxy", true)
	sealed, err := p.seal(c, wrapped)
	if err != nil {
		return err
	}
	page.SetParam("state", sealed)
	answer.SetRedirectURL(page.Href()) // what clients follow; the header Location stays, as upstream's
	return nil
}

// unwrap ends a sign-in that began at production itself where the client wanted.
func (p *proxy) unwrap(c *auth.Call) error {
	answer, ok := c.Returned.(*auth.Error)
	if !ok {
		return nil
	}
	location := answer.Header.Get("Location")
	if !strings.HasPrefix(location, "http") || !strings.Contains(location, receiver+"?callbackURL") {
		return nil
	}
	u, err := origin.ParseURL(location)
	if err != nil {
		return nil //nolint:nilerr // no page of this proxy
	}
	production := originOf(firstOf(p.ProductionURL, c.Options.BaseURL, c.BaseURL))
	if at, _ := u.Origin(); at != production {
		return nil
	}
	if target, given := u.Param("callbackURL"); given && target != "" {
		c.Returned = auth.Redirect(target)
	}
	return nil
}

// seal encrypts a value for the other server.
func (p *proxy) seal(c *auth.Call, v any) (string, error) {
	text, err := auth.JSON(v)
	if err != nil {
		return "", err
	}
	return p.keys.Encrypt(c.Random, string(text))
}

// errSealed is a text that the other server did not encrypt; errPayload one that it did, and that is no object.
var (
	errSealed  = errors.New("oauth-proxy: the text was not encrypted with this secret")
	errPayload = errors.New("oauth-proxy: the text is not an object")
)

// open decrypts a value of the other server.
func (p *proxy) open(sealed string) (*auth.Object, error) {
	text, err := p.keys.Decrypt(sealed)
	if err != nil {
		return nil, errSealed
	}
	tree, err := option.ParseJSON([]byte(text))
	o, ok := tree.(*auth.Object)
	if err != nil || !ok {
		return nil, errPayload
	}
	return o, nil
}
