// Package sqlx stores records in SQL databases through database/sql and github.com/jmoiron/sqlx. It imports no driver: the
// application opens its pools with the driver of its choice and hands them over.
//
//	db, err := sqlx.OpenSQLite("sqlite", "auth.db") // with modernc.org/sqlite imported
//	db := sqlx.Postgres(pool)                       // a *sql.DB of pgx's stdlib or lib/pq
//	db := sqlx.MySQL(pool)                          // MariaDB too
//	...
//	plan, err := db.Plan(ctx, schema)
//	...
//	err = plan.Apply(ctx)
//
// Rows are written exactly as Better Auth's Kysely adapter writes them, so that a Node server can use the same database.
// Every field of a condition, a sort or a record is looked up in the schema before a statement is built, and every value is
// bound: the text of a statement never holds anything that came from outside.
package sqlx
