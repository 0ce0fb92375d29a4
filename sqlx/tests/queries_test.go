package tests

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
)

// TestGetSessionMakesOneQuery counts the statements of a look at a session, and none when a copy in the cookie answers.
func TestGetSessionMakesOneQuery(t *testing.T) {
	onEvery(t, func(t *testing.T, place string) {
		for _, c := range []struct {
			name, email string
			cache       auth.CookieCache
			want        int64
		}{
			{"from the database", "one@example.com", auth.CookieCache{}, 1},
			{"from a copy", "two@example.com", auth.CookieCache{Enabled: option.On, MaxAge: time.Hour}, 0},
		} {
			var queries atomic.Int64
			db := openPlace(t, place)
			db.Observe = func(context.Context, string) { queries.Add(1) }
			o := coreOptions(db)
			o.Session.CookieCache = c.cache
			client := &coreClient{t, startCore(t, o, db), map[string]string{}, &coreMails{}}
			client.ok("POST", "/sign-up/email", person(c.email))
			queries.Store(0)
			const looks = 5
			for range looks {
				if client.user() == nil {
					t.Fatal("there is no session")
				}
			}
			if got := queries.Load(); got != looks*c.want {
				t.Errorf("%s: %d looks made %d queries, want %d each", c.name, looks, got, c.want)
			}
		}
	})
}

// TestGetSessionIsOneRoundTrip counts what goes over the line to a server, once the statement is prepared.
func TestGetSessionIsOneRoundTrip(t *testing.T) {
	onServers(t, func(t *testing.T, s server) {
		f := startFaulty(t, s)
		signedUp(f)
		const looks = 5
		for range looks {
			f.user()
		}
		f.cutter.arm(0, false)
		for range looks {
			f.user()
		}
		if got := f.cutter.disarm(); got != looks {
			t.Errorf("%d looks sent %d messages", looks, got)
		}
	})
}
