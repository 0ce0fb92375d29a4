// Package pgx stores records in PostgreSQL on a native pool of github.com/jackc/pgx/v5, and tells instances of ended sessions
// by LISTEN and NOTIFY.
//
//	pool, err := pgxpool.New(ctx, "postgres://…")
//	...
//	db := pgx.New(pool)
//	options.Database = db
//	options.Revocations = pgx.NewRevocations(db)
//
// Statements, values and migrations are those of package sqlx, which this one runs in another way: answers are read in
// PostgreSQL's binary format without database/sql in between, the beginning of a transaction travels with its first statement,
// and the application's transactions are pgx's.
package pgx
