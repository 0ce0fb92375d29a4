package tests

import (
	"fmt"
	"sync"
	"testing"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// TestUP128_OfInsertsAtOnceEachGetsItsOwnRow: also where the database makes the ids, and has no RETURNING.
func TestUP128_OfInsertsAtOnceEachGetsItsOwnRow(t *testing.T) {
	for _, ids := range []struct {
		name string
		kind schema.IDKind
	}{{"ids of ours", schema.TextID}, {"ids that the database counts", schema.SerialID}} {
		t.Run(ids.name, func(t *testing.T) {
			onEvery(t, func(t *testing.T, place string) {
				s := schemaOf(t, "core")
				s.IDs = ids.kind
				a := migrated(t, openPlace(t, place), s)
				insertAtOnce(t, a, ids.kind == schema.TextID)
			})
		})
	}
}

// insertAtOnce has many callers insert verifications, of which each must be handed its own.
func insertAtOnce(t *testing.T, a store.Adapter, withID bool) {
	const callers, each = 16, 10
	var mu sync.Mutex
	owners := map[any]string{}
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			for n := range each {
				mine := fmt.Sprintf("verification %d of %d", n, caller)
				rec := store.Record{"identifier": mine, "value": mine, "expiresAt": now, "createdAt": now, "updatedAt": now}
				if withID {
					rec["id"] = mine
				}
				row, err := a.Insert(t.Context(), "verification", rec)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if before, taken := owners[row["id"]]; taken || row["identifier"] != mine || row["value"] != mine {
					t.Errorf("%s was handed %v, which is that of %q", mine, row, before)
				}
				owners[row["id"]] = mine
				mu.Unlock()
			}
		})
	}
	all.Wait()
	for id, mine := range owners {
		if row, err := a.FindOne(t.Context(), store.Query{Model: "verification", Where: store.Where{store.Is("id", id)}}); err != nil || row["identifier"] != mine {
			t.Errorf("%v is kept as %v (%v), want that of %q", id, row, err, mine)
		}
	}
	if len(owners) != callers*each {
		t.Errorf("%d rows, want %d", len(owners), callers*each)
	}
}
