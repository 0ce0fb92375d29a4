package tests

import (
	"os"
	"testing"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/storetest"
)

// modes are the ways of running statements that work; the first two are tried always.
var modes = []string{"cache_statement", "exec", "cache_describe", "describe_exec"}

var lacking = storetest.Lacking{
	storetest.NULText:   "the server refuses NUL in texts",
	storetest.Fractions: "upstream's columns are integers",
	storetest.JSONOrder: "the server sorts the keys of jsonb",
}

func TestThePoolPassesTheStorageSuite(t *testing.T) {
	t.Parallel()
	for i, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			if i > 1 && os.Getenv(roundsEnv) == "" {
				t.Skip("SKIPPED: it takes a while; set " + roundsEnv)
			}
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
