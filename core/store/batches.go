package store

import (
	"context"
	"errors"
	"slices"
)

// batchSize is how many records are removed at once: few enough that a statement is short and holds few locks.
const batchSize = 1000

var errStays = errors.New("store: a record that was to be removed is still there")

// RemoveInBatches removes the matching records, a thousand at a time, by calling remove with conditions that match no others.
// It is for records that nobody waits for, of which there may be any number. What was removed before an error stays removed.
func RemoveInBatches(ctx context.Context, a Adapter, model string, where Where, remove func(batch Where) error) error {
	var before any
	for {
		found, err := a.Find(ctx, Query{Model: model, Where: where, Limit: batchSize})
		if err != nil || len(found) == 0 {
			return err
		}
		ids := make([]any, len(found))
		for i, rec := range found {
			ids[i] = rec["id"]
		}
		if ids[0] == before {
			return errStays
		}
		before = ids[0]
		if err := remove(append(slices.Clip(where), Cond{Field: "id", Op: In, Value: ids})); err != nil {
			return err
		}
		if len(found) < batchSize {
			return nil
		}
	}
}
