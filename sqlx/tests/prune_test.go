package tests

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/store"
)

// TestFAULT023_ExpiredValuesGoInBatchesBesideTheRequest: no client waits until what others left behind has been deleted, and no
// statement deletes more than a thousand rows.
func TestFAULT023_ExpiredValuesGoInBatchesBesideTheRequest(t *testing.T) { onEvery(t, expiredValues) }

func expiredValues(t *testing.T, place string) {
	const expired = 1100
	db := openPlace(t, place)
	var mu sync.Mutex
	var deletions []string
	db.Observe = func(_ context.Context, text string) {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasPrefix(text, "delete from ") {
			deletions = append(deletions, text)
		}
	}
	o := coreOptions(db)
	var tasks []func()
	o.Advanced.Background.Handler = func(_ string, run func()) { tasks = append(tasks, run) }
	a := startCore(t, o, db)
	seedExpired(t, a.Context().Store, expired)
	c := &coreClient{t, a, map[string]string{}, &coreMails{}}
	for range 3 {
		c.do("POST", "/reset-password", map[string]any{"token": "none", "newPassword": corePassword})
	}
	if len(tasks) != 1 || c.rows("verification") != expired {
		t.Errorf("while clients wait: %d tasks, %d rows; want one task and all rows", len(tasks), c.rows("verification"))
	}
	mu.Lock()
	deletions = nil
	mu.Unlock()
	for _, run := range tasks {
		run()
	}
	if n := c.rows("verification"); n != 0 {
		t.Errorf("%d expired values are left", n)
	}
	if len(deletions) != 2 {
		t.Errorf("they were deleted by %d statements, want 2 batches", len(deletions))
	}
}

// seedExpired stores values that have expired.
func seedExpired(t *testing.T, a store.Adapter, n int) {
	t.Helper()
	err := a.Tx(t.Context(), func(ctx context.Context) error {
		for i := range n {
			name, at := fmt.Sprint("expired ", i), time.Now().Add(-time.Hour)
			rec := store.Record{"id": name, "identifier": name, "value": name, "expiresAt": at, "createdAt": at, "updatedAt": at}
			if _, err := a.Insert(ctx, "verification", rec); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
