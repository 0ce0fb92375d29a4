package races

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/goauth-dev/goauth/core/store"
)

// rowRaces are about rows of which there may be one.
var rowRaces = []race{
	{"RACE-014", "the last account", func(r *round) {
		b := r.signUp("ada")
		for _, name := range []string{"one", "two"} {
			r.addAccount(b, fmt.Sprintf("%s.%d", name, r.n))
		}
		r.change("account", store.Record{"providerId": "github"}, store.Is("userId", b.id()))
		accounts := r.accounts(b)
		r.fire(each(racers, func(i int) request {
			return b.call("POST", "/unlink-account", obj{"providerId": "github", "accountId": accounts[i/2%len(accounts)]})
		})...)
		if n := r.count("account", store.Is("userId", b.id())); n != 1 {
			r.failf("%d accounts are left of %d, want 1", n, len(accounts))
		}
	}},
	{"RACE-015", "one address", func(r *round) {
		email := r.email("ada")
		r.once(r.fire(each(racers, func(i int) request {
			return r.browser(email).call("POST", "/sign-up/email", obj{"name": fmt.Sprint(i), "email": email, "password": password})
		})...))
		r.one("user", store.Is("email", email))
		r.one("account", store.Is("userId", r.row("user", store.Is("email", email))["id"]))
	}},
	{"RACE-015", "one username", func(r *round) {
		name := fmt.Sprint("ada_", r.n)
		r.once(r.fire(each(racers, func(i int) request {
			b := r.browser(r.email(fmt.Sprint("ada", i)))
			return b.call("POST", "/sign-up/email", obj{"name": "Ada", "email": b.email, "password": password, "username": name})
		})...))
		r.one("user", store.Is("username", name))
		if users, accounts := r.count("user"), r.count("account", store.Is("providerId", "credential")); accounts > users {
			r.failf("%d accounts of %d users", accounts, users)
		}
	}},
	{"RACE-015", "one phone number", func(r *round) {
		number := r.number(1)
		code := r.browser("").texted(number)
		r.fire(times(racers, r.browser("").call("POST", "/phone-number/verify", obj{"phoneNumber": number, "code": code}))...)
		r.one("user", store.Is("phoneNumber", number))
	}},
	{"RACE-015", "one wallet", func(r *round) {
		w := newWallet(r)
		answers := r.fire(w.signed(racers)...)
		r.expect(answers, map[string]int{"ok": racers})
		r.sameUser(answers)
		if n := r.count("walletAddress", store.Is("address", w.address)); n != racers {
			r.failf("%d wallets on %d chains", n, racers)
		}
	}},
	{"RACE-016", "the first sign-in through a provider", func(r *round) {
		who := fmt.Sprintf("subject%d", r.n)
		answers := r.fire(r.returning(who, racers)...)
		r.expect(answers, map[string]int{"ok": racers})
		r.one("user", store.Is("email", who+"@social.example"))
		r.one("account", store.Is("accountId", who), store.Is("providerId", "github"))
		r.sameUser(answers)
		if n := r.alive(answers); n != racers {
			r.failf("%d of %d sessions are alive", n, racers)
		}
	}},
}

// addAccount gives somebody an account at a provider.
func (r *round) addAccount(b *browser, subject string) {
	r.t.Helper()
	now := time.Now()
	if _, err := r.here.Context().Store.Insert(r.t.Context(), "account", store.Record{
		"id": "account-" + r.engine + subject, "userId": b.id(), "accountId": subject, "providerId": "github", "createdAt": now, "updatedAt": now,
	}); err != nil {
		r.t.Fatal(err)
	}
}

// accounts are the ids of somebody's accounts at their providers.
func (r *round) accounts(b *browser) (ids []string) {
	r.t.Helper()
	rows, err := r.here.Context().Store.Find(r.t.Context(), store.Query{Model: "account", Where: store.Where{store.Is("userId", b.id())}})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, row := range rows {
		ids = append(ids, row["accountId"].(string))
	}
	return ids
}

// one fails unless there is exactly one row.
func (r *round) one(model string, where ...store.Cond) {
	r.t.Helper()
	if n := r.count(model, where...); n != 1 {
		r.failf("%d rows of %s, want 1", n, model)
	}
}

// returning is what browsers do that come back from the provider: each brings a state of its own and the code.
func (r *round) returning(who string, n int) []request {
	r.t.Helper()
	begun := r.together(times(n, r.browser(who).call("POST", "/sign-in/social", obj{"provider": "github", "callbackURL": "/"})))
	return each(n, func(i int) request {
		b := r.browser(who)
		at, err := url.Parse(b.object(begun[i], "/sign-in/social")["url"].(string))
		if err != nil {
			r.t.Fatal(err)
		}
		b.cookies = begun[i].Cookies
		return b.call(http.MethodGet, "/callback/github?code="+who+"&state="+url.QueryEscape(at.Query().Get("state")), nil)
	})
}

// sameUser fails unless all sessions are one person's.
func (r *round) sameUser(answers []response) {
	r.t.Helper()
	var looks []request
	for _, a := range answers {
		if a.Cookies["better-auth.session_token"] != "" {
			looks = append(looks, request{Method: http.MethodGet, Path: "/get-session", Cookie: cookieHeader(a.Cookies)})
		}
	}
	ids := map[any]bool{}
	for _, look := range r.together(looks) {
		ids[r.browser("").object(look, "/get-session")["user"].(obj)["id"]] = true
	}
	if len(ids) != 1 {
		r.failf("the sessions are those of %d people", len(ids))
	}
}
