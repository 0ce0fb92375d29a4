package ratelimit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// bind returns a database with an empty rateLimit table.
func bind(t *testing.T, ids schema.IDKind) store.Adapter {
	t.Helper()
	s, err := schema.New(ids, []*schema.Table{{Model: "rateLimit", Name: "rateLimit", Fields: []schema.Field{
		{Name: "key", Type: schema.String, Unique: true, Required: option.On},
		{Name: "count", Type: schema.Number, Required: option.On},
		{Name: "lastRequest", Type: schema.Number, BigInt: true, Required: option.On},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := memory.New().Bind(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func rows(t *testing.T, a store.Adapter) []store.Record {
	t.Helper()
	recs, err := a.Find(t.Context(), store.Query{Model: "rateLimit", Sort: &store.Sort{Field: "key"}})
	if err != nil {
		t.Fatal(err)
	}
	return recs
}

func TestDatabaseKeepsUpstreamsRow(t *testing.T) {
	a := bind(t, schema.TextID)
	s := ratelimit.NewDatabase(a, ratelimit.DatabaseOptions{IDs: func(model string) string { return "id-of-" + model }})
	for _, want := range []struct{ count, last int64 }{{1, 0}, {2, 1000}, {3, 2000}, {3, 2000}} {
		consume(t, s, "192.0.2.1|/x", threeInTen, epoch.Add(time.Duration(want.last)*time.Millisecond))
		rec := store.Record{"id": "id-of-rateLimit", "key": "192.0.2.1|/x", "count": want.count, "lastRequest": epoch.UnixMilli() + want.last}
		if diff := cmp.Diff([]store.Record{rec}, rows(t, a)); diff != "" {
			t.Error(diff)
		}
	}
}

// TestUP078_ExpiredRowsAreDeleted: the table does not grow for good, and live rows stay.
func TestUP078_ExpiredRowsAreDeleted(t *testing.T) {
	a := bind(t, schema.SerialID)
	s := ratelimit.NewDatabase(a, ratelimit.DatabaseOptions{Longest: 2 * time.Hour})
	consume(t, s, "first", threeInTen, epoch) // starts the first minute
	for i := range 500 {
		consume(t, s, fmt.Sprint("spoofed-", i), threeInTen, epoch)
	}
	consume(t, s, "live", ratelimit.Rule{Window: 3 * time.Hour, Max: 1}, epoch.Add(time.Second))
	consume(t, s, "x", threeInTen, epoch.Add(2*time.Hour+time.Minute))
	if got := len(rows(t, a)); got != 503 {
		t.Errorf("%d rows within the longest window, want all 503", got)
	}
	consume(t, s, "y", threeInTen, epoch.Add(3*time.Hour+time.Second))
	consume(t, s, "y", threeInTen, epoch.Add(3*time.Hour+2*time.Second)) // a minute has not passed
	var keys []any
	for _, rec := range rows(t, a) {
		keys = append(keys, rec["key"])
	}
	if diff := cmp.Diff([]any{"live", "x", "y"}, keys); diff != "" {
		t.Error(diff)
	}
}

func TestDatabasePrunesInTheBackground(t *testing.T) {
	a := bind(t, schema.SerialID)
	var tasks []func(context.Context)
	s := ratelimit.NewDatabase(a, ratelimit.DatabaseOptions{
		Background: func(task func(context.Context)) { tasks = append(tasks, task) },
	})
	consume(t, s, "old", threeInTen, epoch)
	consume(t, s, "new", threeInTen, epoch.Add(2*time.Hour))
	if got := len(rows(t, a)); got != 2 || len(tasks) != 2 {
		t.Fatalf("%d rows and %d tasks, want 2 and 2", got, len(tasks))
	}
	tasks[1](t.Context())
	if got := len(rows(t, a)); got != 1 {
		t.Errorf("%d rows after the task, want 1", got)
	}
}

// flawed is a database of which one operation fails.
type flawed struct {
	store.Adapter
	op  string
	err error
}

func (f flawed) fail(op string) error {
	if f.op == op {
		return f.err
	}
	return nil
}

func (f flawed) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	if err := f.fail("find"); err != nil {
		return nil, err
	}
	return f.Adapter.FindOne(ctx, q)
}

func (f flawed) Insert(ctx context.Context, model string, rec store.Record) (store.Record, error) {
	if err := f.fail("insert"); err != nil {
		return nil, err
	}
	return f.Adapter.Insert(ctx, model, rec)
}

func (f flawed) UpdateOne(ctx context.Context, model string, where store.Where, set store.Record) (store.Record, error) {
	if err := f.fail("update"); err != nil {
		return nil, err
	}
	return f.Adapter.UpdateOne(ctx, model, where, set)
}

func (f flawed) Delete(ctx context.Context, model string, where store.Where) (int64, error) {
	if err := f.fail("delete"); err != nil {
		return 0, err
	}
	return f.Adapter.Delete(ctx, model, where)
}

func TestDatabaseReportsWhatFails(t *testing.T) {
	cause := errors.New("connection reset")
	for _, op := range []string{"find", "insert", "update"} {
		t.Run(op, func(t *testing.T) {
			a := bind(t, schema.SerialID)
			if op == "update" {
				consume(t, ratelimit.NewDatabase(a, ratelimit.DatabaseOptions{}), "k", threeInTen, epoch)
			}
			s := ratelimit.NewDatabase(flawed{a, op, cause}, ratelimit.DatabaseOptions{})
			if d, err := s.Consume(t.Context(), "k", threeInTen, epoch); d.Allowed || !errors.Is(err, cause) {
				t.Errorf("Consume = %v, %v; want a refusal and the cause", d, err)
			}
		})
	}
}

func TestDatabaseEndsWhenTheRowNeverSettles(t *testing.T) {
	s := ratelimit.NewDatabase(flawed{bind(t, schema.SerialID), "insert", store.ErrDuplicate}, ratelimit.DatabaseOptions{})
	if d, err := s.Consume(t.Context(), "k", threeInTen, epoch); d.Allowed || err == nil {
		t.Errorf("Consume = %v, %v; want an error", d, err)
	}
}

func TestAFailedPruneIsLoggedAndDoesNotFailTheRequest(t *testing.T) {
	var log bytes.Buffer
	a := bind(t, schema.SerialID)
	consume(t, ratelimit.NewDatabase(a, ratelimit.DatabaseOptions{}), "idle", threeInTen, epoch.Add(-24*time.Hour))
	s := ratelimit.NewDatabase(flawed{a, "delete", errors.New("read-only")}, ratelimit.DatabaseOptions{
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if !consume(t, s, "k", threeInTen, epoch).Allowed {
		t.Error("the request was refused")
	}
	if !strings.Contains(log.String(), "read-only") {
		t.Errorf("the cause is not in the log: %q", &log)
	}
}
