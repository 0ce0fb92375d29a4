package tests

import (
	"testing"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/storetest"
)

// modes are the ways of running statements that work.
var modes = []string{"cache_statement", "cache_describe", "describe_exec", "exec"}

var lacking = storetest.Lacking{
	storetest.NULText:   "the server refuses NUL in texts",
	storetest.Fractions: "upstream's columns are integers",
	storetest.JSONOrder: "the server sorts the keys of jsonb",
}

func TestThePoolPassesTheStorageSuite(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			storetest.Exercise(t, func(t *testing.T, s *schema.Schema) store.Adapter {
				place := newPlace(t)
				a := migrated(t, openPlace(t, with(place, "default_query_exec_mode="+mode)), s)
				if s.IDs == schema.DatabaseID {
					run(t, place, `alter table "thing" alter column "id" set default gen_random_uuid()::text`)
				}
				return a
			}, lacking)
		})
	}
}
