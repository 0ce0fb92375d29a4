package pgx_test

import (
	"context"
	"log"

	jackc "github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/goauth-dev/goauth/pgx"
)

func ExampleNew() {
	pool, err := pgxpool.New(context.Background(), "postgres://auth@127.0.0.1:5432/app?pool_max_conns=20")
	if err != nil {
		log.Print(err)
		return
	}
	db := pgx.New(pool) // Options.Database
	if err := db.Close(); err != nil {
		log.Print(err)
	}
}

// A password that changes, such as the token of a managed database, is asked for whenever a connection is made.
func ExampleNew_rotatingPassword() {
	currentPassword := func(context.Context) (string, error) { return "…", nil } // a file, a vault, the cloud's SDK
	config, err := pgxpool.ParseConfig("postgres://auth@127.0.0.1:5432/app?pool_max_conns=20")
	if err != nil {
		log.Print(err)
		return
	}
	config.BeforeConnect = func(ctx context.Context, c *jackc.ConnConfig) (err error) {
		c.Password, err = currentPassword(ctx)
		return err
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		log.Print(err)
		return
	}
	db := pgx.New(pool) // Options.Database
	if err := db.Close(); err != nil {
		log.Print(err)
	}
}

func ExampleDatabase_PgxTx() {
	var db *pgx.Database // the one that the options have
	order := func(ctx context.Context, userID string) error {
		// Inside auth.Context.InTx, or in a database hook, this is the transaction of what is being written.
		_, err := db.PgxTx(ctx).Exec(ctx, "insert into orders (user_id) values ($1)", userID)
		return err
	}
	_ = order
}

func ExampleNewRevocations() {
	pool, err := pgxpool.New(context.Background(), "postgres://auth@127.0.0.1:5432/app")
	if err != nil {
		log.Print(err)
		return
	}
	db := pgx.New(pool)                   // Options.Database
	revocations := pgx.NewRevocations(db) // Options.Revocations
	_ = revocations
}
