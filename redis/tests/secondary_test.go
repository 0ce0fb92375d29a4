package tests_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	goredis "github.com/redis/go-redis/v9"

	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/storetest"
	"github.com/goauth-dev/goauth/redis"
)

func TestSecondaryConforms(t *testing.T) {
	eachServer(t, func(t *testing.T, connect func() goredis.UniversalClient) {
		s := secondary(t, connect())
		storetest.ExerciseSecondary(t, func(*testing.T) store.Secondary { return s })
	})
}

// TestTwoProcessesTakeAValueOnce: single use holds between processes on every server, also the smallest.
func TestTwoProcessesTakeAValueOnce(t *testing.T) {
	eachServer(t, func(t *testing.T, connect func() goredis.UniversalClient) {
		processes := [2]store.Secondary{secondary(t, connect()), secondary(t, connect())}
		for round := range 20 {
			key := fmt.Sprint("take-", time.Now().UnixNano(), "-", round)
			if err := processes[0].Set(t.Context(), key, "ticket", time.Minute); err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			var won atomic.Int64
			for i := range 20 {
				wg.Go(func() {
					value, ok, err := processes[i%2].Take(t.Context(), key)
					if err != nil || ok && value != "ticket" {
						t.Errorf("Take = %q, %t, %v", value, ok, err)
					}
					if ok {
						won.Add(1)
					}
				})
			}
			wg.Wait()
			if won.Load() != 1 {
				t.Fatalf("%d of 20 took the value, want 1", won.Load())
			}
		}
	})
}

// TestCommandsAreUpstreams: a Node server finds what was written, and nothing more than it would send itself.
func TestCommandsAreUpstreams(t *testing.T) {
	for _, tc := range []struct {
		name string
		opts redis.Options
		ttl  time.Duration
		want string
	}{
		{"a life in seconds", redis.Options{}, time.Minute, "setex better-auth:k 60 v"},
		{"a life is rounded up", redis.Options{}, 1200 * time.Millisecond, "setex better-auth:k 2 v"},
		{"a short life is a second", redis.Options{}, time.Nanosecond, "setex better-auth:k 1 v"},
		{"no life", redis.Options{}, 0, "set better-auth:k v"},
		{"a life that is over", redis.Options{}, -time.Second, "del better-auth:k"},
		{"another prefix", redis.Options{KeyPrefix: "app:"}, 0, "set app:k v"},
		{"no prefix", redis.Options{NoPrefix: true}, 0, "set k v"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			server := startTiny(t)
			s := redis.NewSecondary(open(t, "redis://"+server.addr), tc.opts)
			if err := s.Set(t.Context(), "k", "v", tc.ttl); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{tc.want}, server.commands()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestALesserServerIsAskedOnlyOnce: what it does not know is remembered, and said once.
func TestALesserServerIsAskedOnlyOnce(t *testing.T) {
	server := startTiny(t, "multi", "exec")
	var log bytes.Buffer
	s := redis.NewSecondary(open(t, "redis://"+server.addr), redis.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	value := "v"
	for range 3 {
		if swapped, err := s.Swap(t.Context(), "k", nil, &value, 0); !swapped || err != nil {
			t.Fatalf("Swap = %t, %v", swapped, err)
		}
		if got, ok, err := s.Take(t.Context(), "k"); got != "v" || !ok || err != nil {
			t.Fatalf("Take = %q, %t, %v", got, ok, err)
		}
	}
	sent := server.commands()
	for _, name := range []string{"evalsha", "watch", "getdel"} {
		if n := count(sent, name); n != 1 {
			t.Errorf("%s was sent %d times, want once", name, n)
		}
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 1 {
		t.Errorf("%d warnings, want 1:\n%s", n, &log)
	}
}

func count(commands []string, name string) int {
	return len(slices.DeleteFunc(slices.Clone(commands), func(c string) bool { return !strings.HasPrefix(c, name+" ") }))
}

// TestSwapIsOneRoundTrip counts the commands of a swap that the server has seen before.
func TestSwapIsOneRoundTrip(t *testing.T) {
	client := open(t, realRedis(t))
	s := secondary(t, client)
	value := "v"
	swap := func() {
		if _, err := s.Swap(t.Context(), "round-trip", nil, &value, time.Second); err != nil {
			t.Fatal(err)
		}
	}
	swap()
	var sent recorder
	client.AddHook(&sent)
	swap()
	if diff := cmp.Diff(recorder{"evalsha"}, sent); diff != "" {
		t.Error(diff)
	}
}

// TestErrorsHoldNoKeysAndNoValues: session tokens are keys.
func TestErrorsHoldNoKeysAndNoValues(t *testing.T) {
	server := startTiny(t)
	server.knows = nil // every command is refused, and repeated in the refusal
	s := redis.NewSecondary(open(t, "redis://"+server.addr), redis.Options{Logger: discard})
	old, value := "secret-old", "secret-value"
	_, _, get := s.Get(t.Context(), "secret-key")
	_, _, take := s.Take(t.Context(), "secret-key")
	_, swap := s.Swap(t.Context(), "secret-key", &old, &value, 0)
	for op, err := range map[string]error{
		"get": get, "take": take, "swap": swap,
		"set":    s.Set(t.Context(), "secret-key", value, time.Minute),
		"delete": s.Delete(t.Context(), "secret-key"),
	} {
		if err == nil || strings.Contains(err.Error(), "secret") || !strings.HasPrefix(err.Error(), "redis: "+op+" failed: ERR unknown command") {
			t.Errorf("%s: %v", op, err)
		}
	}
}
