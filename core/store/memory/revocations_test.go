package memory_test

import (
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
	"github.com/goauth-dev/goauth/core/store/storetest"
)

func TestRevocationsConform(t *testing.T) {
	storetest.ExerciseRevocations(t, func(*testing.T) func(*testing.T) store.Revocations {
		r := memory.NewRevocations(nil)
		return func(*testing.T) store.Revocations { return r }
	})
}

func TestRevocationsForgetWhatNeedNotBeKept(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	r := memory.NewRevocations(func() time.Time { return now })
	before := heap()
	for range 100_000 {
		now = now.Add(time.Millisecond)
		if err := r.Publish(t.Context(), []string{string(make([]byte, 1024))}, time.Second); err != nil {
			t.Fatal(err)
		}
	}
	if grown := int64(heap()) - int64(before); grown > 16<<20 {
		t.Errorf("the log holds %d MB; want at most 16", grown>>20)
	}
}
