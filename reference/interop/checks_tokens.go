package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

var tokens = []string{"tokens"}

var tokenChecks = []check{
	{"a JWT signed here verifies there", tokens, told(jwtCheck)},
	{"a private key kept encrypted here signs there", tokens, told(signingKeyCheck)},
	{"sessions of one browser made here are listed and chosen there", tokens, told(multiSessionCheck)},
	{"a one-time token made here is redeemed there, once", tokens, told(oneTimeCheck)},
	{"a bearer token issued here opens there", tokens, told(bearerCheck)},
}

// keyOf is the id of the key that a JWT names.
func (t *talk) keyOf(token string) string {
	head, _, _ := strings.Cut(token, ".")
	var h struct {
		KeyID string `json:"kid"`
	}
	raw, err := base64.RawURLEncoding.DecodeString(head)
	if err == nil {
		err = json.Unmarshal(raw, &h)
	}
	if t.err == nil && err != nil {
		t.err = fmt.Errorf("the head of the token %q: %w", token, err)
	}
	return h.KeyID
}

func jwtCheck(t *talk, here, there *harness.Server) {
	b, id := t.member(here, "ada")
	token := t.get(b, here, "/token").text("token")
	t.same("the key", t.agree(newBrowser(), here, there, "/jwks").text("keys.0.kid"), t.keyOf(token))
	t.same("the subject", t.call(there, "verifyJWT", obj{"token": token}).text("payload.sub"), id)
	forged := token[:max(0, len(token)-4)] + "AAAA"
	t.same("a forged token", t.call(there, "verifyJWT", obj{"token": forged}).value("payload"), nil)
}

// signingKeyCheck lets the other server sign with the key that this one made and encrypted.
func signingKeyCheck(t *talk, here, there *harness.Server) {
	b, id := t.member(here, "ada")
	own, others := t.get(b, here, "/token").text("token"), t.get(b, there, "/token").text("token")
	t.same("the key of "+string(there.Kind), t.keyOf(others), t.keyOf(own))
	t.count(here, 1, `SELECT count(*) FROM jwks`)
	t.same("the subject", t.call(here, "verifyJWT", obj{"token": others}).text("payload.sub"), id)
	signed := t.call(there, "signJWT", obj{"payload": obj{"sub": "robot", "exp": 4102444800, "iss": here.Origin(), "aud": here.Origin()}}).text("token")
	t.same("the subject of what a server signs", t.call(here, "verifyJWT", obj{"token": signed}).text("payload.sub"), "robot")
}

func multiSessionCheck(t *talk, here, there *harness.Server) {
	b, _ := t.member(here, "ada")
	t.post(b, there, "/sign-up/email", obj{"name": "eve", "email": "eve@example.com", "password": password})
	list := t.get(b, there, "/multi-session/list-device-sessions")
	if t.same("the number of sessions", list.size(""), 2); t.err != nil {
		return
	}
	t.same("the number of sessions here", t.get(b, here, "/multi-session/list-device-sessions").size(""), 2)
	token := func(name string) string {
		for i := range list.size("") {
			if list.text(fmt.Sprint(i, ".user.name")) == name {
				return list.text(fmt.Sprint(i, ".session.token"))
			}
		}
		return ""
	}
	t.post(b, there, "/multi-session/set-active", obj{"sessionToken": token("ada")})
	t.same("the user", t.signedIn(b, here).text("user.name"), "ada")
	t.post(b, here, "/multi-session/set-active", obj{"sessionToken": token("eve")})
	t.same("the user", t.signedIn(b, there).text("user.name"), "eve")
	t.post(b, there, "/multi-session/revoke", obj{"sessionToken": token("ada")})
	t.same("the number of sessions that are left", t.get(b, here, "/multi-session/list-device-sessions").size(""), 1)
}

func oneTimeCheck(t *talk, here, there *harness.Server) {
	b, id := t.member(here, "ada")
	token := t.get(b, here, "/one-time-token/generate").text("token")
	second := newBrowser()
	t.same("the user", t.post(second, there, "/one-time-token/verify", obj{"token": token}).text("user.id"), id)
	t.refused(newBrowser(), here, "/one-time-token/verify", obj{"token": token})
	t.refused(newBrowser(), there, "/one-time-token/verify", obj{"token": token})
}

func bearerCheck(t *talk, here, there *harness.Server) {
	b, id := t.member(here, "ada")
	a := t.enter(b, here, "ada")
	if t.err != nil {
		return
	}
	signed := a.header.Get("Set-Auth-Token")
	for _, token := range []string{signed, a.text("token")} {
		t.same("the user", t.signedIn(with("authorization", "Bearer "+token), there).text("user.id"), id)
	}
	t.signedOut(with("authorization", "Bearer "+signed+"x"), there)
	t.post(with("authorization", "Bearer "+signed), there, "/sign-out", obj{})
	t.signedOut(with("authorization", "Bearer "+signed), here)
}
