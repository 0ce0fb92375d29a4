package tests

import (
	"testing"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/storetest"
)

const jsonOrder = "the server sorts the keys of jsonb"

func TestPostgresPassesTheStorageSuite(t *testing.T) {
	t.Parallel()
	storetest.Exercise(t, func(t *testing.T, s *schema.Schema) store.Adapter {
		place := postgresPlace(t)
		a := migrated(t, postgresServer.open(t, place), s)
		if s.IDs == schema.DatabaseID {
			run(t, "pgx", place, `alter table "thing" alter column "id" set default gen_random_uuid()::text`)
		}
		return a
	}, storetest.Lacking{
		storetest.NULText:   "the server refuses NUL in texts",
		storetest.Fractions: "upstream's columns are integers",
		storetest.JSONOrder: jsonOrder,
	})
}

func TestMariaDBPassesTheStorageSuite(t *testing.T) {
	t.Parallel()
	lacking := storetest.Lacking{
		storetest.DatabaseIDs: "the server does not tell a text id that it made",
		storetest.Fractions:   "upstream's columns are integers",
		storetest.FarDates:    "a timestamp is of the years 1970 to 2038",
		storetest.DeepJSON:    "the server takes JSON up to a depth of 32",
		storetest.LongTexts:   "upstream's columns are varchar(255) where a text is sorted or indexed",
	}
	if mysqlDSN() != "" && !isMariaDB(t) {
		lacking[storetest.JSONOrder] = "the server sorts the keys of JSON"
	}
	storetest.Exercise(t, func(t *testing.T, s *schema.Schema) store.Adapter {
		return migrated(t, mysqlServer.fresh(t), s)
	}, lacking)
}
