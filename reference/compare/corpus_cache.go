package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/format"
	"github.com/goauth-dev/goauth/reference/internal/harness"
)

func cacheScenarios() []Scenario {
	ask := func(name string) Step { return whoami("ada").named(name) }
	return []Scenario{
		{Name: "cache/life", On: cacheProfiles, Steps: steps(
			member("ada"),
			rows("UPDATE user SET name = 'Changed By Hand'"),
			ask("cached"),
			get("/list-accounts").as("ada"),
			get("/get-session?disableCookieCache=true").as("ada"),
			ask("fresh"),
			get("/get-session?disableRefresh=true").as("ada"),
			post("/update-user", obj{"nickname": "nick"}).as("ada"),
			ask("after update"),
			post("/sign-out", obj{}).as("ada"),
			ask("after sign-out"),
		)},
		{Name: "cache/revoked but cached", On: cacheProfiles, Steps: steps(
			member("ada"),
			rows("DELETE FROM session"),
			ask("cached"),
			get("/list-sessions").as("ada"),
			post("/update-user", obj{"name": "x"}).as("ada"),
			post("/change-password", obj{"newPassword": "new password", "currentPassword": password}).as("ada"),
			get("/get-session?disableCookieCache=true").as("ada"),
			ask("after the store said no"),
		)},
		{Name: "cache/garbage", On: cacheProfiles, Steps: steps(member("ada"), keepJar("ada"), each([]string{
			"", "x", "garbage", "e30", "eyJ9", "a.b.c", "a.b.c.d.e", "%E0%A4%A", "{{repeat:a*5000}}", "eyJhbGciOiJub25lIn0.e30.", "null", "bnVsbA", "W10", "%22%22",
		}, func(v string) Step {
			s := ask("cache " + short(v))
			s.Edit = func(side *Side) error {
				side.again("ada")
				side.jar("ada")[cacheCookie] = side.fill(v)
				return nil
			}
			return s
		}))},
		{Name: "cache/tampered", On: cacheProfiles, Steps: steps(member("ada"), keepJar("ada"), each([]int{1, 10, 40, -2, -5, -30}, func(at int) Step {
			s := ask(fmt.Sprintf("letter %d changed", at))
			s.Edit = func(side *Side) error {
				side.again("ada")
				return side.tamper("ada", at)
			}
			return s
		}))},
		{Name: "cache/alone", On: cacheProfiles, Steps: steps(
			member("ada"),
			dropCookie("ada", sessionCookie),
			ask("without the session token"),
		)},
		{Name: "cache/of another session", On: cacheProfiles, Steps: steps(
			member("ada"), member("eve"),
			edit("mix", func(s *Side) error { s.jar("ada")[cacheCookie] = s.jar("eve")[cacheCookie]; return nil }),
			ask("cache of another user"),
			get("/list-sessions").as("ada"),
			post("/update-user", obj{"name": "Who"}).as("ada"),
		)},
		{Name: "cache/forged with the secret", On: cacheProfiles, Steps: steps(member("ada"), forgedCases(ask))},
		{Name: "cache/not remembered", On: cacheProfiles, Steps: steps(
			post("/sign-up/email", obj{"name": "Ada", "email": "ada@example.com", "password": password, "rememberMe": false}).as("ada"),
			ask("cached"),
			dropCookie("ada", cacheCookie),
			ask("from the store"),
			get("/get-session?disableCookieCache=true").as("ada"),
		)},
		{Name: "cache/chunks", On: cacheProfiles, Steps: steps(
			post("/sign-up/email", obj{"name": "Ada", "email": "ada@example.com", "password": password, "nickname": "{{repeat:long *1200}}"}).as("ada"),
			ask("in chunks"),
			post("/update-user", obj{"nickname": "{{repeat:x*400}}"}).as("ada"),
			ask("whole again"),
			post("/update-user", obj{"nickname": "{{repeat:😀*2500}}"}).as("ada"),
			ask("in more chunks"),
			dropCookie("ada", cacheCookie+".1"),
			ask("with a chunk missing"),
			setCookie("ada", cacheCookie+".7", "stray"),
			ask("with a stray chunk"),
			post("/sign-out", obj{}).as("ada"),
		)},
		{Name: "cache/due for renewal", On: cacheProfiles, Steps: steps(
			member("ada"),
			rows("UPDATE session SET expiresAt = '{{iso:120h}}', updatedAt = '{{iso:-48h}}'"),
			ask("cached"),
			dropCookie("ada", cacheCookie),
			ask("from the store"),
			ask("cached again"),
		)},
		{Name: "cache/names", On: cacheProfiles, Steps: steps(func() []Step {
			var out []Step
			for i, name := range names {
				jar := fmt.Sprintf("n%d", i)
				out = append(out, post("/sign-up/email", obj{"name": name, "email": jar + "@example.com", "password": password, "nickname": name}).as(jar).named("sign up "+short(name)),
					whoami(jar).named("session of "+short(name)))
			}
			return out
		}())},
	}
}

// forgedCases change what is inside a valid cache cookie and sign it again.
func forgedCases(ask func(string) Step) []Step {
	type forgery struct {
		name   string
		change func(payload obj)
		expiry time.Duration
	}
	forgeries := []forgery{
		{"unchanged", func(obj) {}, 5 * time.Minute},
		{"expired", func(obj) {}, -time.Minute},
		{"other version", func(p obj) { p["version"] = "2" }, 5 * time.Minute},
		{"version as number", func(p obj) { p["version"] = 1 }, 5 * time.Minute},
		{"no version", func(p obj) { delete(p, "version") }, 5 * time.Minute},
		{"session expired", func(p obj) { inside(p, "session")["expiresAt"] = time.Now().Add(-time.Hour).UTC().Format(isoLayout) }, 5 * time.Minute},
		{"long ago updated", func(p obj) { p["updatedAt"] = time.Now().Add(-time.Hour).UnixMilli() }, 5 * time.Minute},
		{"no updatedAt", func(p obj) { delete(p, "updatedAt") }, 5 * time.Minute},
		{"no user", func(p obj) { delete(p, "user") }, 5 * time.Minute},
		{"no session", func(p obj) { delete(p, "session") }, 5 * time.Minute},
		{"other name", func(p obj) { inside(p, "user")["name"] = "Forged" }, 5 * time.Minute},
		{"extra field", func(p obj) { inside(p, "user")["extra"] = "x" }, 5 * time.Minute},
		{"other token", func(p obj) { inside(p, "session")["token"] = "othertokenothertokenothertoken12" }, 5 * time.Minute},
	}
	var out []Step
	for _, f := range forgeries {
		s := ask("forged: " + f.name)
		s.Edit = func(side *Side) error { return side.forge("ada", f.change, f.expiry) }
		out = append(out, signIn("ada").named("sign in before "+f.name), s, ask("after "+f.name))
	}
	return out
}

func inside(payload obj, key string) obj {
	m, ok := payload[key].(map[string]any)
	if !ok {
		return obj{}
	}
	return m
}

// tamper changes one letter of the cache cookie; a negative place counts from the end.
func (s *Side) tamper(jar string, at int) error {
	value := s.jar(jar)[cacheCookie]
	if value == "" {
		return nil
	}
	if at < 0 {
		at += len(value)
	}
	letter := "A"
	if value[at] == 'A' {
		letter = "B"
	}
	s.jar(jar)[cacheCookie] = value[:at] + letter + value[at+1:]
	return nil
}

// forge changes the payload of the cache cookie and makes a valid one of it, in the
// strategy that the cookie has.
func (s *Side) forge(jar string, change func(obj), expiry time.Duration) error {
	value, err := url.PathUnescape(s.jar(jar)[cacheCookie])
	if err != nil || value == "" {
		return err
	}
	if c, ok := format.DecodeCompact(value); ok {
		payload, err := changed(c.Payload, change)
		if err != nil {
			return err
		}
		if c.Payload, err = format.JSON(payload); err != nil {
			return err
		}
		c.ExpiresAt = json.Number(fmt.Sprint(time.Now().Add(expiry).UnixMilli()))
		s.jar(jar)[cacheCookie], err = c.Encode(harness.Secret)
		return err
	}
	t, ok := format.ParseToken(harness.Secret, value)
	if !ok || t.Claims == nil {
		return nil // the comparison of the cookie itself reported it
	}
	claims, err := changed(t.Claims, change)
	if err != nil {
		return err
	}
	claims["exp"] = time.Now().Add(expiry).Unix()
	if strings.Count(value, ".") == 2 {
		s.jar(jar)[cacheCookie], err = format.SignToken(harness.Secret, claims)
	} else {
		s.jar(jar)[cacheCookie], err = format.EncryptToken(harness.Secret, format.SessionSalt, claims)
	}
	return err
}

func changed(text []byte, change func(obj)) (obj, error) {
	tree, ok := parseJSON(text)
	payload, isObject := tree.(map[string]any)
	if !ok || !isObject {
		return nil, fmt.Errorf("cache payload is no object: %s", text)
	}
	change(payload)
	return payload, nil
}
