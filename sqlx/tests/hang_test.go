package tests

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
)

// TestFAULT003_AnEndOfATransactionThatHangsIsA503 loses what ends a transaction, on a line that stays: database/sql bounds
// neither a commit nor a rollback, and MySQL's driver waits for the answer as long as the line is there. Who signs up is told
// that it failed: by the commit, or by what made it be rolled back.
func TestFAULT003_AnEndOfATransactionThatHangsIsA503(t *testing.T) {
	t.Parallel()
	for end, hook := range map[string]func(context.Context, *auth.Call, store.Record) (store.Record, error){
		"commit":   func(context.Context, *auth.Call, store.Record) (store.Record, error) { return nil, nil },
		"rollback": func(context.Context, *auth.Call, store.Record) (store.Record, error) { return nil, auth.ErrAbort },
	} {
		t.Run(end, func(t *testing.T) {
			onServers(t, func(t *testing.T, s server) {
				place := s.place(t)
				p := startProxy(t, "127.0.0.1", hostOf(place))
				t.Cleanup(p.hangUp)
				db := s.open(t, strings.Replace(place, hostOf(place), p.listener.Addr().String(), 1))
				db.Timeout = 400 * time.Millisecond
				o := coreOptions(db)
				o.DatabaseHooks.Session.BeforeCreate = hook
				c := &coreClient{t, startCore(t, o, db), map[string]string{}, &coreMails{}}
				p.swallowFrom(end)
				if status, out, _ := c.do("POST", "/sign-up/email", person(coreEmail)); status != map[string]int{"commit": 503, "rollback": 400}[end] {
					t.Errorf("signing up was answered %d %v", status, out)
				}
				p.swallow(false)
				p.hangUp()
				within(t, func() error { return c.Context().Store.Ping(t.Context()) })
				if n := c.rows("user") + c.rows("account"); n != 0 {
					t.Errorf("%d rows are left", n)
				}
			})
		})
	}
}

// TestFAULT003_AStatementThatTheServerGivesUpIsA503 waits for a lock longer than the database server lets it. What MySQL and
// MariaDB call a lock that took too long is tried again, as a deadlock is (FAULT-004).
func TestFAULT003_AStatementThatTheServerGivesUpIsA503(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, s server) {
		settings := []string{"statement_timeout=500", "lock_timeout=500"}
		if !s.isPostgres() {
			if settings = []string{"max_statement_time=0.5"}; !isMariaDB(t) {
				t.Skip("SKIPPED: MySQL has such a setting for reading only")
			}
		}
		for _, setting := range settings {
			t.Run(setting, func(t *testing.T) { giveUp(t, s, setting) })
		}
	})
}

func giveUp(t *testing.T, s server, setting string) {
	place := s.place(t)
	own := s.open(t, place)
	holder := migrated(t, own, startCore(t, coreOptions(own), own).Context().Schema)
	db := s.open(t, place+"&"+setting)
	db.Timeout = time.Minute
	a, err := core.New(coreOptions(db))
	if err != nil {
		t.Fatal(err)
	}
	c := &coreClient{t, a, map[string]string{}, &coreMails{}}
	c.ok("POST", "/sign-up/email", person(coreEmail))
	own.Timeout = time.Minute
	err = holder.Tx(t.Context(), func(ctx context.Context) error {
		if _, err := holder.UpdateAll(ctx, "user", store.Where{store.Is("email", coreEmail)}, store.Record{"name": "held"}); err != nil {
			return err
		}
		if status, out, _ := c.do("POST", "/update-user", map[string]any{"name": "Lovelace"}); status != http.StatusServiceUnavailable {
			t.Errorf("while the user was locked, changing it was answered %d %v", status, out)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c.ok("POST", "/update-user", map[string]any{"name": "Lovelace"})
}
