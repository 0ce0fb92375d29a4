package tests

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/routes"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/sqlx"
)

// application is a server whose application keeps rows of its own in the same database.
type application struct {
	*core.Auth
	t       *testing.T
	db      *sqlx.Database
	greeted int // after-hooks that ran
}

func startApplication(t *testing.T, place string) *application {
	t.Helper()
	app := &application{t: t, db: openPlace(t, place)}
	o := coreOptions(app.db)
	o.DatabaseHooks.User.BeforeCreate = func(ctx context.Context, _ *auth.Call, data store.Record) (store.Record, error) {
		return nil, app.note(ctx, "hook")
	}
	o.DatabaseHooks.User.AfterCreate = func(ctx context.Context, c *auth.Call, row store.Record) error {
		app.greeted++
		if app.db.SQLTx(ctx) != nil || app.db.NativeTx(ctx) != nil {
			t.Error("an after-hook runs inside the transaction")
		}
		_, err := c.Store.FindOne(ctx, store.Query{Model: "user", Where: store.Where{store.Is("id", row["id"])}})
		return err
	}
	app.Auth = startCore(t, o, app.db)
	err := app.Context().InTx(t.Context(), func(ctx context.Context) error {
		return app.exec(ctx, "create table app_notes (note varchar(20))")
	})
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// note writes a row of the application's, in the transaction of the context.
func (app *application) note(ctx context.Context, text string) error {
	return app.exec(ctx, "insert into app_notes values ('"+text+"')")
}

// exec runs a statement in the transaction of the context.
func (app *application) exec(ctx context.Context, statement string) error {
	if tx := app.db.SQLTx(ctx); tx != nil {
		_, err := tx.ExecContext(ctx, statement)
		return err
	}
	if tx := app.db.NativeTx(ctx); tx != nil {
		_, err := tx.Exec(ctx, statement, nil)
		return err
	}
	return errors.New("there is no transaction to write in")
}

// signUp signs somebody up and writes a note, in one transaction, and returns result.
func (app *application) signUp(ctx context.Context, email string, result error) error {
	if err := app.note(ctx, "order"); err != nil {
		return err
	}
	in := routes.SignUpEmailIn{Name: "Ada", Email: email, Password: corePassword}
	if _, err := routes.SignUpEmail.Call(ctx, app, in); err != nil {
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
	failed := app.Context().Store.Tx(app.t.Context(), func(ctx context.Context) (err error) {
		found, err = app.counted(ctx)
		return err
	})
	if err != nil || failed != nil || n != users || found != notes || app.greeted != greeted {
		app.t.Errorf("%d users, %d notes, %d after-hooks (%v, %v), want %d, %d, %d", n, found, app.greeted, err, failed, users, notes, greeted)
	}
}

// counted is how many notes there are, to the transaction of the context.
func (app *application) counted(ctx context.Context) (found int64, err error) {
	const count = "select count(*) from app_notes"
	if tx := app.db.SQLTx(ctx); tx != nil {
		err = tx.QueryRowContext(ctx, count).Scan(&found)
		return found, err
	}
	rows, err := app.db.NativeTx(ctx).Query(ctx, count, nil)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		err = rows.Scan(&found)
	}
	return found, errors.Join(err, rows.Err())
}

func TestAnApplicationsRowsAndOursShareATransaction(t *testing.T) {
	onEvery(t, func(t *testing.T, place string) {
		app := startApplication(t, place)
		err := app.Context().InTx(t.Context(), func(ctx context.Context) error { return app.signUp(ctx, "a@example.com", errOwn) })
		if !errors.Is(err, errOwn) {
			t.Errorf("got %v, want the application's own error", err)
		}
		app.want(0, 0, 0)
		if err := app.Context().InTx(t.Context(), func(ctx context.Context) error { return app.signUp(ctx, "a@example.com", nil) }); err != nil {
			t.Fatal(err)
		}
		app.want(1, 2, 1)
	})
}

var errOwn = errors.New("the application's own error")

func TestOurRowsJoinATransactionThatTheApplicationBegan(t *testing.T) {
	onServers(t, func(t *testing.T, s server) {
		place := s.place(t)
		pool := s.pool(t, place)
		app := startApplication(t, place)
		app.db = s.wrap(pool)
		o := coreOptions(app.db)
		o.DatabaseHooks = app.Context().Options.DatabaseHooks
		app.Auth = startCore(t, o, app.db)
		for _, commit := range []bool{false, true} {
			tx, err := pool.BeginTx(t.Context(), &sql.TxOptions{})
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
				err = tx.Commit()
			} else {
				err = tx.Rollback()
			}
			settle(commit && err == nil)
			if commit {
				app.want(1, 2, 1)
			} else {
				app.want(0, 0, 0)
			}
		}
	})
}
