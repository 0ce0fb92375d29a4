package main

import (
	"net/url"
	"strings"
)

// takePackage keeps the profile that production hands over, and the rest of that address.
func takePackage() Step {
	return edit("take what is handed over", func(s *Side) error {
		u, err := url.Parse(s.vars["handover"])
		if err != nil {
			return err
		}
		s.vars["profile"], s.vars["to"] = u.Query().Get("profile"), u.Query().Get("callbackURL")
		return nil
	})
}

// proxied is the way through a provider to production, and what that hands over.
func proxied(jar, provider string) []Step {
	return steps(
		begins(jar, provider, nil), get("/callback/"+provider+"?"+withCode).as(jar).named(jar+" returns to production").save("handover", "header.Location"), takePackage(),
	)
}

func arrives(jar string) Step {
	return get("/oauth-proxy-callback?callbackURL={{url:to}}&profile={{url:profile}}").as(jar).named(jar + " arrives")
}

func proxyScenarios() []Scenario {
	out := []Scenario{
		{Name: "oauth-proxy/begin", Steps: steps(each([]obj{
			{"provider": "google", "callbackURL": "/welcome"}, {"provider": "google"}, {"provider": "google", "callbackURL": "https://app.example.com/x?y=1"}, {"provider": "google", "newUserCallbackURL": "/new", "callbackURL": "/welcome"},
			{"provider": "github", "callbackURL": "/welcome", "errorCallbackURL": "/oops"}, {"provider": "nobody"}, {"provider": "google", "callbackURL": "https://evil.example"},
		}, func(body obj) Step { return post("/sign-in/social", body).as("ada").named(show(body)) }))},
		{Name: "oauth-proxy/handed over", Steps: steps(
			googleSays("g-1", "ada@example.com", true), proxied("ada", "google"), arrives("ada"), whoami("ada"), accountsOf("ada"), proxied("second", "google"), arrives("second"), whoami("second"),
		)},
		{Name: "oauth-proxy/refused by the provider", Steps: steps(
			begins("ada", "google", nil), get("/callback/google?error=access_denied&state={{state}}").as("ada"),
			begins("ada", "google", nil), says(googleToken, 400, obj{}), get("/callback/google?"+withCode).as("ada"),
			begins("ada", "google", nil), googleSays("g-1", "", true), get("/callback/google?"+withCode).as("ada"), begins("ada", "google", nil), get("/callback/google?state={{state}}").as("ada"),
		)},
		{Name: "oauth-proxy/packages that are wrong", Steps: steps(each([]string{
			"", "callbackURL=/x", "callbackURL=/x&profile=", "callbackURL=/x&profile=abc", "callbackURL=/x&profile=" + strings.Repeat("ab", 60), "profile=abc", "callbackURL=https%3A%2F%2Fevil.example&profile=abc",
		}, func(q string) Step { return get("/oauth-proxy-callback?" + q).as("ada") }))},
	}
	for i := range out {
		out[i].On = []string{"oauth-proxy"}
	}
	return out
}
