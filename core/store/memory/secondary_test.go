package memory_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
	"github.com/goauth-dev/goauth/core/store/storetest"
)

func TestSecondaryConforms(t *testing.T) {
	shared := memory.NewSecondary(nil)
	storetest.ExerciseSecondary(t, func(*testing.T) store.Secondary { return shared })
}

func TestSecondaryEndsAValueWhenItsLifeIsOver(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	s := memory.NewSecondary(func() time.Time { return now })
	if err := s.Set(t.Context(), "k", "v", 1500*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at   time.Duration
		want bool
	}{{0, true}, {1499 * time.Millisecond, true}, {1500 * time.Millisecond, false}} {
		now = time.UnixMilli(1_700_000_000_000).Add(step.at)
		if _, ok, _ := s.Get(t.Context(), "k"); ok != step.want {
			t.Errorf("after %v: there is a value: %t, want %t", step.at, ok, step.want)
		}
	}
}

func TestSecondaryDropsExpiredRecordsAsItIsWritten(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	s := memory.NewSecondary(func() time.Time { return now })
	value := string(make([]byte, 1024))
	before := heap()
	for i := range 200_000 {
		now = now.Add(time.Millisecond)
		if err := s.Set(t.Context(), fmt.Sprint("key-", i), fmt.Sprint(i, value), time.Second); err != nil {
			t.Fatal(err)
		}
	}
	// 200 MB were written, of which 1 MB is alive.
	if grown := int64(heap()) - int64(before); grown > 16<<20 {
		t.Errorf("the storage holds %d MB; want at most 16", grown>>20)
	}
	runtime.KeepAlive(s)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
