package tests

import (
	"context"
	"database/sql"
	"log"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/goauth-dev/goauth/sqlx"
)

// currentPassword reads a file, or asks a vault or the cloud's SDK.
func currentPassword(context.Context) (string, error) { return "…", nil }

// A password that changes, such as the token of a managed database, is asked for whenever a connection is made.
func ExamplePostgres_rotatingPassword() {
	config, err := pgx.ParseConfig("postgres://auth@127.0.0.1:5432/app")
	if err != nil {
		log.Print(err)
		return
	}
	pool := stdlib.OpenDB(*config, stdlib.OptionBeforeConnect(func(ctx context.Context, c *pgx.ConnConfig) (err error) {
		c.Password, err = currentPassword(ctx)
		return err
	}))
	_ = sqlx.Postgres(pool) // Options.Database
}

func ExampleMySQL_rotatingPassword() {
	config, err := mysql.ParseDSN("auth@tcp(127.0.0.1:3306)/app?parseTime=true&loc=UTC&interpolateParams=true")
	if err != nil {
		log.Print(err)
		return
	}
	err = config.Apply(mysql.BeforeConnect(func(ctx context.Context, c *mysql.Config) (err error) {
		c.Passwd, err = currentPassword(ctx)
		return err
	}))
	if err != nil {
		log.Print(err)
		return
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		log.Print(err)
		return
	}
	_ = sqlx.MySQL(sql.OpenDB(connector)) // Options.Database
}
