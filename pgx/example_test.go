package pgx_test

import (
	"context"
	"log"

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
