package tests_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/goauth-dev/goauth/core/ratelimit"
)

var threeInTen = ratelimit.Rule{Window: 10 * time.Second, Max: 3}

// TestUP078_TwoProcessesShareALimit: bursts from two clients allow exactly the maximum together.
func TestUP078_TwoProcessesShareALimit(t *testing.T) {
	for _, s := range servers {
		if s.unknown == nil && s.name[:4] == "tiny" {
			continue // swaps hold within one process there, which the server's warning says
		}
		t.Run(s.name, func(t *testing.T) {
			url := s.start(t)
			var processes [2]ratelimit.Store
			for i := range processes {
				client := open(t, url)
				client.AddHook(refusing(s.unknown))
				processes[i] = ratelimit.NewSecondary(secondary(t, client))
			}
			key := ratelimit.Key(fmt.Sprint(time.Now().UnixNano()), "/sign-in/email")
			if got := burst(t, processes[:], key); got != 3 {
				t.Errorf("%d of 100 were allowed, want 3", got)
			}
		})
	}
}

func TestUP078_OneProcessOnATinyServerKeepsALimit(t *testing.T) {
	s := ratelimit.NewSecondary(secondary(t, open(t, tiny("multi", "exec")(t))))
	if got := burst(t, []ratelimit.Store{s}, "k"); got != 3 {
		t.Errorf("%d of 100 were allowed, want 3", got)
	}
}

func burst(t *testing.T, stores []ratelimit.Store, key string) int {
	var wg sync.WaitGroup
	var allowed atomic.Int64
	start := make(chan struct{})
	for i := range 100 {
		wg.Go(func() {
			<-start
			d, err := stores[i%len(stores)].Consume(t.Context(), key, threeInTen, time.Now())
			if err != nil {
				t.Error(err)
			}
			if d.Allowed {
				allowed.Add(1)
			}
		})
	}
	close(start)
	wg.Wait()
	return int(allowed.Load())
}

// TestUP078_TheLifeInRedisDoesNotGrow: a client that hammers on is let in again a window after its last counted request.
func TestUP078_TheLifeInRedisDoesNotGrow(t *testing.T) {
	t.Parallel()
	eachRedis(t, func(t *testing.T, client goredis.UniversalClient) {
		s := ratelimit.NewSecondary(secondary(t, client))
		key := ratelimit.Key(fmt.Sprint(time.Now().UnixNano()), "/sign-in/email")
		left := 11 * time.Second
		for i := range 15 {
			d, err := s.Consume(t.Context(), key, threeInTen, time.Now())
			if err != nil || d.Allowed != (i < 3) {
				t.Fatalf("request %d: %v, %v", i, d, err)
			}
			ttl := client.PTTL(t.Context(), "goauth-test:"+key).Val()
			if ttl <= 0 || ttl > 10*time.Second || i >= 3 && ttl > left {
				t.Errorf("request %d: %v left after %v", i, ttl, left)
			}
			left = ttl
			time.Sleep(100 * time.Millisecond)
		}
	})
}

// eachRedis runs a test on the complete servers.
func eachRedis(t *testing.T, test func(t *testing.T, client goredis.UniversalClient)) {
	t.Run("real Redis", func(t *testing.T) { test(t, open(t, realRedis(t))) })
	t.Run("emulated Redis", func(t *testing.T) { test(t, open(t, emulated(t))) })
}
