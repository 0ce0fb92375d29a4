package main

import (
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
	"github.com/goauth-dev/goauth/reference/internal/identity"
)

// sealedTokens is the profile that encrypts provider tokens, and keeps state and accounts in cookies; in the other both are rows.
const sealedTokens = "social-cookie"

var (
	social       = []string{"social", sealedTokens}
	socialChecks = []check{
		{"a sign-in at a provider begun here is finished there", social, told(providerCheck)},
		{"tokens of a provider stored here are read there", []string{"social"}, told(plainTokenCheck)},
		{"tokens of a provider encrypted here are read there", []string{sealedTokens}, told(sealedTokenCheck)},
		{"tokens of a provider refreshed there are read here", social, told(refreshCheck)},
		{"an account cookie made here is read there", []string{sealedTokens}, told(accountCookieCheck)},
		{"an account linked here is listed and unlinked there", social, told(linkCheck)},
	}
)

const (
	googleToken = "https://oauth2.googleapis.com/token"
	githubToken = "https://github.com/login/oauth/access_token"
	githubUser  = "https://api.github.com/user"
	accountPath = "/get-access-token"
)

var fromGoogle = obj{"providerId": "google"}

// googleSays lets the provider answer either server with tokens of a generation.
func (t *talk) googleSays(generation string, servers ...*harness.Server) {
	now := time.Now()
	token, err := identity.Sign(obj{
		"iss": "https://accounts.google.com", "aud": "google-client", "sub": "g-1", "email": adaMail, "email_verified": true,
		"name": "Ada of Google", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	})
	if t.err == nil {
		t.err = err
	}
	for _, s := range servers {
		s.Identity.Answer(googleToken, http.StatusOK, obj{
			"access_token": "access-" + generation, "refresh_token": "refresh-" + generation, "expires_in": 3600, "scope": "openid email profile",
			"token_type": "Bearer", "id_token": token,
		})
	}
}

// provider sends the browser to a provider from one server, and back to another.
func (t *talk) provider(b *browser, path, name string, from, to *harness.Server) {
	page := t.post(b, from, path, obj{"provider": name, "callbackURL": "/welcome"}).text("url")
	u, err := url.Parse(page)
	if t.err == nil {
		t.err = err
	}
	if t.err != nil {
		return
	}
	query := url.Values{"code": {"a-code"}, "state": {u.Query().Get("state")}}
	a := t.expect(http.StatusFound, b, to, "GET", "/callback/"+name+"?"+query.Encode(), nil)
	t.same("where the browser is sent", a.location, "/welcome")
}

// google signs a new browser in at one server alone.
func (t *talk) google(here, there *harness.Server) *browser {
	t.googleSays("1", here, there)
	b := newBrowser()
	t.provider(b, "/sign-in/social", "google", here, here)
	return b
}

func providerCheck(t *talk, here, there *harness.Server) {
	t.googleSays("1", here, there)
	b := newBrowser()
	t.provider(b, "/sign-in/social", "google", here, there)
	t.same("the user", t.agree(b, here, there, "/get-session").text("user.name"), "Ada of Google")
	again := newBrowser()
	t.provider(again, "/sign-in/social", "google", there, here)
	t.signedIn(again, there)
	t.count(here, 1, `SELECT count(*) FROM account`)
}

func plainTokenCheck(t *talk, here, there *harness.Server) {
	b := t.google(here, there)
	t.count(here, 1, `SELECT count(*) FROM account WHERE "accessToken" = 'access-1' AND "refreshToken" = 'refresh-1'`)
	t.same("the token", t.post(b, there, accountPath, fromGoogle).text("accessToken"), "access-1")
	t.agreeOnToken(b, here, there)
}

func sealedTokenCheck(t *talk, here, there *harness.Server) {
	b := t.google(here, there)
	t.count(here, 0, `SELECT count(*) FROM account WHERE "accessToken" = 'access-1' OR "refreshToken" = 'refresh-1'`)
	b.dropAccount()
	t.same("the token", t.post(b, there, accountPath, fromGoogle).text("accessToken"), "access-1")
	b.dropAccount()
	t.agreeOnToken(b, here, there)
}

// agreeOnToken wants one answer about the tokens and the accounts.
func (t *talk) agreeOnToken(b *browser, here, there *harness.Server) {
	own, others := t.post(b.copy(), here, accountPath, fromGoogle), t.post(b.copy(), there, accountPath, fromGoogle)
	t.same("the tokens of "+string(there.Kind), others.body, own.body)
	t.agree(b, here, there, "/list-accounts")
}

// dropAccount loses the cookie with the account, so that the row is asked.
func (b *browser) dropAccount() {
	maps.DeleteFunc(b.jar, func(name, _ string) bool { return name == "better-auth.account_data" })
}

func refreshCheck(t *talk, here, there *harness.Server) {
	b := t.google(here, there)
	t.exec(here, `UPDATE account SET "accessTokenExpiresAt" = ?`, here.Time("2020-01-01T00:00:00.000Z"))
	b.dropAccount()
	t.googleSays("2", there)
	t.same("the token that is due", t.post(b, there, accountPath, fromGoogle).text("accessToken"), "access-2")
	b.dropAccount()
	t.same("the refreshed token", t.post(b, here, accountPath, fromGoogle).text("accessToken"), "access-2")
	t.googleSays("3", here)
	b.dropAccount()
	t.same("the token asked for", t.post(b, here, "/refresh-token", fromGoogle).text("accessToken"), "access-3")
	b.dropAccount()
	t.same("the token asked for", t.post(b, there, accountPath, fromGoogle).text("accessToken"), "access-3")
	t.same("what was refreshed with", lastForm(here)["refresh_token"], "refresh-2")
}

// lastForm is the last form that a server sent to a provider.
func lastForm(s *harness.Server) obj {
	calls := s.Identity.Calls()
	for i := len(calls) - 1; i >= 0; i-- {
		if form, ok := calls[i].Body.(obj); ok {
			return form
		}
	}
	return nil
}

// accountCookieCheck changes the row by hand: whoever still answers with the old token has read the cookie.
func accountCookieCheck(t *talk, here, there *harness.Server) {
	b := t.google(here, there)
	t.exec(here, `UPDATE account SET "accessToken" = NULL`)
	t.same("the token of the cookie", t.post(b, there, accountPath, fromGoogle).text("accessToken"), "access-1")
}

func linkCheck(t *talk, here, there *harness.Server) {
	b := t.google(here, there)
	for _, s := range []*harness.Server{here, there} {
		s.Identity.Answer(githubToken, http.StatusOK, obj{"access_token": "gh-access", "token_type": "bearer", "scope": "read:user,user:email"})
		s.Identity.Answer(githubUser, http.StatusOK, obj{"id": 7, "login": "ada", "name": "Ada", "email": adaMail, "avatar_url": "https://pictures.example/ada.png"})
		s.Identity.Answer(githubUser+"/emails", http.StatusOK, []any{obj{"email": adaMail, "primary": true, "verified": true, "visibility": "public"}})
	}
	t.provider(b, "/link-social", "github", here, there)
	t.same("the number of accounts", t.agree(b, here, there, "/list-accounts").size(""), 2)
	b.dropAccount()
	t.same("the token", t.post(b, here, accountPath, obj{"providerId": "github"}).text("accessToken"), "gh-access")
	t.post(b, there, "/unlink-account", obj{"providerId": "google"})
	t.same("the number of accounts", t.agree(b, there, here, "/list-accounts").size(""), 1)
}
