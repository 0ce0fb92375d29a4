package tests

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"testing"

	jackc "github.com/jackc/pgx/v5"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/storetest"
	"github.com/goauth-dev/goauth/pgx"
)

// bouncerEnv names the address of a PgBouncer in transaction mode before the server of the other tests, for any database.
const bouncerEnv = "GOAUTH_TEST_PGBOUNCER"

// bouncer is its address; without one the test is skipped aloud.
func bouncer(t *testing.T) string {
	t.Helper()
	address := os.Getenv(bouncerEnv)
	if address == "" {
		t.Skip("SKIPPED: no PgBouncer; set " + bouncerEnv + "=host:port")
	}
	return address
}

// bouncerPlace makes an empty database, since a PgBouncer takes no search_path, and returns how to reach it through the
// PgBouncer and without.
func bouncerPlace(t *testing.T) (through, direct string) {
	t.Helper()
	address := bouncer(t)
	u, err := url.Parse(serverURL(t))
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("%s_bounced_%d", databaseName, places.Add(1))
	if err := onServer("create database " + name + " template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := onServer("drop database " + name + " with (force)"); err != nil {
			t.Error(err)
		}
	})
	u.Path = "/" + name
	direct = u.String()
	u.Host = address
	return u.String(), direct
}

// bouncerModes are the ways of running statements that work through it: also with prepared ones if it keeps them, as it can from
// 1.21 on. It is asked in its console, which a PgBouncer that trusts anybody opens to anybody.
func bouncerModes(t *testing.T) []string {
	t.Helper()
	conn, err := jackc.Connect(t.Context(), "postgres://postgres@"+bouncer(t)+"/pgbouncer?sslmode=disable&default_query_exec_mode=simple_protocol")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	rows, _ := conn.Query(t.Context(), "show config") // the error comes again
	settings, err := jackc.CollectRows(rows, jackc.RowToMap)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range settings {
		if s["key"] == "max_prepared_statements" && s["value"] != "0" {
			t.Log("it keeps prepared statements")
			return []string{"exec", "cache_describe", "cache_statement"}
		}
	}
	return []string{"exec", "cache_describe"}
}

func TestThePoolPassesTheStorageSuiteThroughAPgBouncer(t *testing.T) {
	for _, mode := range bouncerModes(t) {
		t.Run(mode, func(t *testing.T) {
			storetest.Exercise(t, func(t *testing.T, s *schema.Schema) store.Adapter {
				through, direct := bouncerPlace(t)
				a := migrated(t, openPlace(t, with(through, "default_query_exec_mode="+mode)), s)
				if s.IDs == schema.DatabaseID {
					run(t, direct, `alter table "thing" alter column "id" set default gen_random_uuid()::text`)
				}
				return a
			}, lacking)
		})
	}
}

func TestRevocationsConformThroughAPgBouncer(t *testing.T) {
	for _, mode := range bouncerModes(t) {
		t.Run(mode, func(t *testing.T) {
			storetest.ExerciseRevocations(t, func(t *testing.T) func(*testing.T) store.Revocations {
				through, _ := bouncerPlace(t)
				return func(t *testing.T) store.Revocations {
					return pgx.NewRevocations(openPlace(t, with(through, "default_query_exec_mode="+mode), few))
				}
			})
		})
	}
}
