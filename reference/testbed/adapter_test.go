package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// table is upstream's adapter over one list of rows; it knows equality only.
type table struct {
	rows []map[string]any
	next int
}

// adapter answers $adapter callbacks as upstream's DBAdapter does.
func (tb *table) adapter(args []any) any {
	operation, input := args[0].(string), args[1].(map[string]any)
	found := tb.find(input["where"])
	switch operation {
	case "create":
		row := input["data"].(map[string]any)
		if row["id"] == nil {
			tb.next++
			row["id"] = fmt.Sprint("made", tb.next)
		}
		tb.rows = append(tb.rows, row)
		return row
	case "findOne":
		if len(found) == 0 {
			return nil
		}
		return found[0]
	case "findMany":
		limit := min(len(found), int(input["limit"].(float64)))
		return slices.Clone(found[:limit])
	case "count":
		return len(found)
	case "update", "updateMany":
		for _, row := range found {
			for name, v := range input["update"].(map[string]any) {
				row[name] = v
			}
		}
		return len(found)
	case "deleteMany":
		tb.rows = slices.DeleteFunc(tb.rows, func(row map[string]any) bool {
			return slices.ContainsFunc(found, func(f map[string]any) bool { return f["id"] == row["id"] })
		})
		return len(found)
	}
	return thrown{"$error": map[string]any{"name": "Error", "message": "unknown operation " + operation}}
}

func (tb *table) find(where any) []map[string]any {
	conditions, _ := where.([]any)
	var found []map[string]any
	for _, row := range tb.rows {
		if !slices.ContainsFunc(conditions, func(c any) bool {
			condition := c.(map[string]any)
			return fmt.Sprint(row[condition["field"].(string)]) != fmt.Sprint(condition["value"])
		}) {
			found = append(found, row)
		}
	}
	return found
}

func TestTheRemoteAdapterKeepsTheContractOfStorage(t *testing.T) {
	w := newWorker(t)
	rows := &table{}
	w.functions["$adapter"] = rows.adapter
	s, err := schema.New(schema.TextID, []*schema.Table{{Model: "counter", Name: "counter", Fields: schema.Fields{
		{Name: "key", Type: schema.String}, {Name: "count", Type: schema.Number}, {Name: "at", Type: schema.Date},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	db, err := remoteDatabase{&callbacks{url: w.back}}.Bind(s)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	byKey := store.Where{store.Is("key", "a")}

	made, err := db.Insert(ctx, "counter", store.Record{"key": "a", "count": int64(1)})
	if err != nil || made["id"] != "made1" || made["count"] != int64(1) || made["at"] != nil {
		t.Fatalf("insert: %v, %v", made, err)
	}
	changed, err := db.UpdateOne(ctx, "counter", byKey, store.Record{"count": store.Inc(2)})
	if err != nil || changed["count"] != int64(3) {
		t.Errorf("increment: %v, %v", changed, err)
	}
	if none, err := db.UpdateOne(ctx, "counter", store.Where{store.Is("key", "b")}, store.Record{"count": int64(9)}); none != nil || err != nil {
		t.Errorf("a guard that does not hold: %v, %v", none, err)
	}
	if n, err := db.Count(ctx, "counter", nil); n != 1 || err != nil {
		t.Errorf("count: %d, %v", n, err)
	}
	if found, err := db.Find(ctx, store.Query{Model: "counter", Where: byKey, Limit: 5}); len(found) != 1 || err != nil {
		t.Errorf("find: %v, %v", found, err)
	}
	if _, err := db.Delete(ctx, "counter", nil); err == nil || !strings.Contains(err.Error(), "without a condition") {
		t.Errorf("a deletion without a condition: %v", err)
	}
	taken, err := db.Consume(ctx, "counter", byKey, nil)
	if err != nil || taken["count"] != int64(3) {
		t.Errorf("consume: %v, %v", taken, err)
	}
	if again, err := db.Consume(ctx, "counter", byKey, nil); again != nil || err != nil {
		t.Errorf("consumed twice: %v, %v", again, err)
	}
}
