package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/format"
	"github.com/goauth-dev/goauth/reference/internal/harness"
)

// sessionProfiles are those where signing up signs in.
var sessionProfiles = slices.DeleteFunc(slices.Clone(coreProfiles), func(p string) bool { return p == "verification" })

// cacheProfiles are those with a session cache cookie.
var cacheProfiles = []string{"cookie-cache-compact", "cookie-cache-jwt", "cookie-cache-jwe"}

const (
	sessionCookie = "better-auth.session_token"
	cacheCookie   = "better-auth.session_data"
	rememberOff   = "better-auth.dont_remember"
	password      = "password1234"
	jsonType      = "application/json"
)

// corpus is every scenario, a family a file.
func corpus() []Scenario {
	var out []Scenario
	for _, family := range []func() []Scenario{
		signUpScenarios, signInScenarios, validationScenarios, sessionScenarios, revokeScenarios, userScenarios, changeEmailScenarios,
		deleteUserScenarios, passwordScenarios, resetScenarios, verificationScenarios, accountScenarios, routingScenarios, bodyScenarios,
		originScenarios, callbackScenarios, cookieScenarios, cacheScenarios, rateLimitScenarios, secondaryScenarios, unicodeScenarios, tokenScenarios, deviceScenarios,
		customSessionScenarios, captchaScenarios, keyScenarios, adminScenarios, organizationScenarios, passwordlessScenarios, emailOTPScenarios,
		socialScenarios, linkingScenarios, idTokenScenarios, genericScenarios, oneTapScenarios, proxyScenarios, socialInputScenarios,
		inputScenarios, siweScenarios, twoFactorScenarios, pwnedScenarios, lastLoginScenarios, organizationKeyScenarios, doorScenarios, openAPIScenarios,
	} {
		out = append(out, family()...)
	}
	return out
}

// member signs name@example.com up in the jar of that name.
func member(name string) Step {
	return post("/sign-up/email", obj{"name": strings.ToUpper(name[:1]) + name[1:], "email": name + "@example.com", "password": password}).
		as(name).named("sign up "+name).save(name+"Token", "body.token").save(name+"Id", "body.user.id").save(name+"Cookie", "cookie."+sessionCookie)
}

// verified is a member whose address is verified, signed in with requireEmailVerification too.
func verified(name string) []Step {
	return steps(member(name), markVerified(name), signIn(name))
}

func markVerified(name string) Step {
	return rows(fmt.Sprintf("UPDATE user SET emailVerified = 1 WHERE email = '%s@example.com'", name))
}

// signIn signs a member in again, in the member's jar.
func signIn(name string) Step {
	return post("/sign-in/email", obj{"email": name + "@example.com", "password": password}).as(name).named("sign in " + name)
}

// signInAs signs a member in, in another jar: a second browser.
func signInAs(jar, name string) Step {
	return signIn(name).as(jar).named("sign in "+name+" as "+jar).save(jar+"Token", "body.token")
}

// whoami asks for the session of a jar.
func whoami(jar string) Step { return get("/get-session").as(jar).named("session of " + jar) }

// without copies an object without a key, plus sets one when the value is not absent.
func without(o obj, key string) obj {
	out := maps.Clone(o)
	delete(out, key)
	return out
}

func plus(o obj, key string, value any) obj {
	out := maps.Clone(o)
	out[key] = value
	return out
}

// wrongTypes are what a text field may wrongly be.
var wrongTypes = []any{nil, 42, 1.5, true, false, []any{}, []any{"x"}, obj{}, obj{"a": 1}, ""}

// fieldCases sends a body with each field missing and of each wrong type.
func fieldCases(path, jar string, valid obj, fields ...string) []Step {
	var out []Step
	for _, f := range fields {
		out = append(out, post(path, without(valid, f)).as(jar).named("no "+f))
		for _, v := range wrongTypes {
			out = append(out, post(path, plus(valid, f, v)).as(jar).named(f+" is "+show(v)))
		}
	}
	return out
}

// setToken makes a verification token with the servers' secret.
func setToken(name, email string, lifetime time.Duration, extra obj) Step {
	return edit("make token "+name, func(s *Side) error {
		claims := obj{"email": email, "iat": time.Now().Unix(), "exp": time.Now().Add(lifetime).Unix()}
		maps.Copy(claims, extra)
		for k, v := range claims {
			if v == absent {
				delete(claims, k)
			}
		}
		token, err := format.SignToken(harness.Secret, claims)
		s.vars[name] = token
		return err
	})
}

// setCookie puts a raw value, with its placeholders filled, in a jar.
func setCookie(jar, name, value string) Step {
	return edit("cookie "+name, func(s *Side) error {
		s.jar(jar)[name] = s.fill(value)
		return nil
	})
}

// keepJar remembers a jar as it is now, for steps that begin with again.
func keepJar(jar string) Step {
	return edit("keep cookies of "+jar, func(s *Side) error {
		s.jars["kept "+jar] = maps.Clone(s.jar(jar))
		return nil
	})
}

// again puts the kept cookies back.
func (s *Side) again(jar string) { s.jars[jar] = maps.Clone(s.jar("kept " + jar)) }

// dropCookie forgets a cookie of a jar.
func dropCookie(jar, name string) Step {
	return edit("drop "+name, func(s *Side) error {
		delete(s.jar(jar), name)
		return nil
	})
}
