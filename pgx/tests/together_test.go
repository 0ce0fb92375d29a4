package tests

import (
	"context"
	"errors"
	"testing"
	"time"

	jackc "github.com/jackc/pgx/v5"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/routes"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/pgx"
)

var errOwn = errors.New("the application's own error")

// application is a server whose application keeps rows of its own in the same database, with pgx.
type application struct {
	*instance
	t       *testing.T
	greeted int // after-hooks that ran
}

func startApplication(t *testing.T) *application {
	t.Helper()
	app := &application{t: t}
	place := newPlace(t)
	run(t, place, "create table app_notes (note text)")
	app.instance = newInstance(t, place, func(o *auth.Options) {
		o.DatabaseHooks.User.BeforeCreate = func(ctx context.Context, _ *auth.Call, _ store.Record) (store.Record, error) {
			return nil, app.note(ctx, "hook")
		}
		o.DatabaseHooks.User.AfterCreate = func(ctx context.Context, _ *auth.Call, _ store.Record) error {
			app.greeted++
			if o.Database.(*pgx.Database).PgxTx(ctx) != nil {
				t.Error("an after-hook runs inside the transaction")
			}
			return nil
		}
	})
	return app
}

// note writes a row of the application's, in the transaction of the context.
func (app *application) note(ctx context.Context, text string) error {
	tx := app.db.PgxTx(ctx)
	if tx == nil {
		return errors.New("there is no transaction to write in")
	}
	_, err := tx.Exec(ctx, "insert into app_notes values ($1)", text)
	return err
}

// signUp writes a note and signs somebody up, in one transaction, and returns result.
func (app *application) signUp(ctx context.Context, email string, result error) error {
	if err := app.note(ctx, "order"); err != nil {
		return err
	}
	if _, err := routes.SignUpEmail.Call(ctx, app, routes.SignUpEmailIn{Name: "Ada", Email: email, Password: password}); err != nil {
		return err
	}
	if app.greeted > 0 && result != nil {
		app.t.Error("an after-hook ran before the commit")
	}
	return result
}

// want checks how many users, notes and after-hooks there are.
func (app *application) want(users, notes int64, greeted int) {
	app.t.Helper()
	n, err := app.Context().Store.Count(app.t.Context(), "user", nil)
	var found int64
	failed := app.Context().Store.Tx(app.t.Context(), func(ctx context.Context) error {
		return app.db.PgxTx(ctx).QueryRow(ctx, "select count(*) from app_notes").Scan(&found)
	})
	if err != nil || failed != nil || n != users || found != notes || app.greeted != greeted {
		app.t.Errorf("%d users, %d notes, %d after-hooks (%v, %v), want %d, %d, %d", n, found, app.greeted, err, failed, users, notes, greeted)
	}
}

func TestAnApplicationsRowsAndOursShareATransaction(t *testing.T) {
	app := startApplication(t)
	err := app.Context().InTx(t.Context(), func(ctx context.Context) error { return app.signUp(ctx, "a@example.com", errOwn) })
	if !errors.Is(err, errOwn) {
		t.Errorf("got %v, want the application's own error", err)
	}
	app.want(0, 0, 0)
	if err := app.Context().InTx(t.Context(), func(ctx context.Context) error { return app.signUp(ctx, "a@example.com", nil) }); err != nil {
		t.Fatal(err)
	}
	app.want(1, 2, 1)
}

func TestOurRowsJoinATransactionThatTheApplicationBegan(t *testing.T) {
	app := startApplication(t)
	for _, commit := range []bool{false, true} {
		pool := newPool(t, app.place)
		tx, err := pool.BeginTx(t.Context(), jackc.TxOptions{IsoLevel: jackc.Serializable})
		if err != nil {
			t.Fatal(err)
		}
		ctx, settle := app.Context().Hold(app.db.WithTx(t.Context(), tx), t.Context())
		if err := app.signUp(ctx, "b@example.com", nil); err != nil {
			t.Fatal(err)
		}
		if app.greeted != 0 {
			t.Error("an after-hook ran before the commit")
		}
		if commit {
			err = tx.Commit(t.Context())
		} else {
			err = tx.Rollback(t.Context())
		}
		settle(commit && err == nil)
		if commit {
			app.want(1, 2, 1)
		} else {
			app.want(0, 0, 0)
		}
	}
}

// TestAPartThatFailsIsUndoneAlone fails in each place where a part of a transaction can.
func TestAPartThatFailsIsUndoneAlone(t *testing.T) {
	app := startApplication(t)
	inPart := func(ctx context.Context, fn func(ctx context.Context) error) error {
		return app.Context().Store.Tx(ctx, fn)
	}
	err := app.Context().Store.Tx(t.Context(), func(ctx context.Context) error {
		if err := inPart(ctx, func(context.Context) error { return errOwn }); !errors.Is(err, errOwn) { // nothing was sent
			t.Errorf("got %v", err)
		}
		if err := app.note(ctx, "one"); err != nil {
			return err
		}
		err := inPart(ctx, func(ctx context.Context) error { return errors.Join(app.note(ctx, "undone"), errOwn) })
		if !errors.Is(err, errOwn) {
			t.Errorf("got %v", err)
		}
		err = inPart(ctx, func(ctx context.Context) error { // the server refuses, and waits for the rollback
			_, err := app.db.PgxTx(ctx).Exec(ctx, "insert into nowhere values (1)")
			return err
		})
		if err == nil {
			t.Error("a table that does not exist was written")
		}
		if err := inPart(ctx, func(ctx context.Context) error { return app.note(ctx, "two") }); err != nil {
			return err
		}
		_, err = app.Context().Store.Count(ctx, "user", nil) // takes the end of the last part along
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	app.want(0, 2, 0)
}

// TestATransactionThatCannotBeginIsUnavailable gives PgxTx no connection.
func TestATransactionThatCannotBeginIsUnavailable(t *testing.T) {
	l := &line{}
	db := openPlace(t, newPlace(t), l.use)
	a, err := db.Bind(newInstance(t, newPlace(t)).Context().Schema)
	if err != nil {
		t.Fatal(err)
	}
	l.refuse.Store(true)
	err = a.Tx(t.Context(), func(ctx context.Context) error {
		if _, err := db.PgxTx(ctx).Exec(ctx, "select 1"); !errors.Is(err, jackc.ErrTxClosed) {
			t.Errorf("got %v", err)
		}
		_, err := a.Count(ctx, "user", nil)
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("a count: %v", err)
		}
		return nil
	})
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("the transaction: %v", err)
	}
}

// TestATransactionThatCouldNotBeginGivesItsConnectionBack cuts the connection under its first statement, and goes on as if that did
// not matter.
func TestATransactionThatCouldNotBeginGivesItsConnectionBack(t *testing.T) {
	l := &line{}
	place := newPlace(t)
	pool := newPool(t, place, l.use)
	db := pgx.New(pool)
	a := migrated(t, db, newInstance(t, place).Context().Schema)
	if err := count(t.Context(), a); err != nil { // so that there is a connection
		t.Fatal(err)
	}
	l.cut.Store(true)
	err := a.Tx(t.Context(), func(ctx context.Context) error {
		if err := count(ctx, a); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("a count: %v", err)
		}
		return nil
	})
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("the transaction: %v", err)
	}
	eventually(t, "the connection given back", 5*time.Second, func() bool { return pool.Stat().AcquiredConns() == 0 })
}

// TestTheBeginningOfATransactionCostsNoRoundTrip counts what goes over the line once the statements are prepared.
func TestTheBeginningOfATransactionCostsNoRoundTrip(t *testing.T) {
	l := &line{}
	place := newPlace(t)
	db := openPlace(t, place, few, l.use)
	a := migrated(t, db, newInstance(t, place).Context().Schema)
	for _, tc := range []struct {
		name string
		want int64
		fn   func(ctx context.Context) error
	}{
		{"nothing", 0, func(context.Context) error { return nil }},
		{"one statement and the commit", 2, func(ctx context.Context) error { return count(ctx, a) }},
		{"two statements", 3, func(ctx context.Context) error { return errors.Join(count(ctx, a), count(ctx, a)) }},
		{"a part: its beginning, two statements", 4, func(ctx context.Context) error {
			return errors.Join(a.Tx(ctx, func(ctx context.Context) error { return count(ctx, a) }), count(ctx, a))
		}},
	} {
		for range 2 { // the first time prepares
			l.sent.Store(0)
			if err := a.Tx(t.Context(), tc.fn); err != nil {
				t.Fatal(err)
			}
		}
		if got := l.sent.Load(); got != tc.want {
			t.Errorf("%s: %d round trips, want %d", tc.name, got, tc.want)
		}
	}
}

func count(ctx context.Context, a store.Adapter) error {
	_, err := a.Count(ctx, "user", nil)
	return err
}
