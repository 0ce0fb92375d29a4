package tests_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"github.com/goauth-dev/goauth/core/store"
)

// limit is how long an operation may take when the server fails: two seconds, and room for a busy machine.
const limit = 3 * time.Second

// operations are all of them.
var operations = map[string]func(context.Context, store.Secondary) error{
	"get":    func(ctx context.Context, s store.Secondary) error { _, _, err := s.Get(ctx, "k"); return err },
	"set":    func(ctx context.Context, s store.Secondary) error { return s.Set(ctx, "k", "v", time.Minute) },
	"delete": func(ctx context.Context, s store.Secondary) error { return s.Delete(ctx, "k") },
	"take":   func(ctx context.Context, s store.Secondary) error { _, _, err := s.Take(ctx, "k"); return err },
	"swap": func(ctx context.Context, s store.Secondary) error {
		_, err := s.Swap(ctx, "k", nil, nil, 0)
		return err
	},
}

// failsSoon expects that all operations at once, several times over, fail in time.
func failsSoon(t *testing.T, s store.Secondary) {
	t.Helper()
	type result struct {
		op   string
		err  error
		took time.Duration
	}
	results := make(chan result)
	for op, run := range operations {
		for range 10 {
			go func() {
				start := time.Now()
				err := run(context.Background(), s)
				results <- result{op, err, time.Since(start)}
			}()
		}
	}
	for range 10 * len(operations) {
		if r := <-results; !errors.Is(r.err, store.ErrUnavailable) || r.took > limit {
			t.Errorf("%s took %v and returned %v; want store.ErrUnavailable within %v", r.op, r.took, r.err, limit)
		}
	}
}

// recovers expects that the storage works again soon: go-redis tries a server that it could not reach once a second.
func recovers(t *testing.T, s store.Secondary) {
	t.Helper()
	start := time.Now()
	for {
		err := s.Set(t.Context(), "k", "v", time.Minute)
		if err == nil {
			return
		}
		if time.Since(start) > limit {
			t.Fatalf("still failing %v after the outage: %v", time.Since(start), err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestFAULT005_AServerThatIsDownIsAnErrorAtOnceAndRecovers(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	s := secondary(t, open(t, "redis://"+server.Addr()))
	for range 3 {
		recovers(t, s)
		server.Close()
		failsSoon(t, s)
		if err := server.Restart(); err != nil {
			t.Fatal(err)
		}
	}
	recovers(t, s)
	if got, ok, err := s.Get(t.Context(), "k"); got != "v" || !ok || err != nil {
		t.Errorf("Get = %q, %t, %v after the outage", got, ok, err)
	}
}

// TestFAULT005_AServerThatHangsIsAnErrorInTime: it accepts connections and commands, and says nothing.
func TestFAULT005_AServerThatHangsIsAnErrorInTime(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	failsSoon(t, secondary(t, open(t, "redis://"+l.Addr().String())))
}

// TestFAULT005_AServerThatStopsInTheMiddleIsAnErrorInTime: the connections are there already when it stops.
func TestFAULT005_AServerThatStopsInTheMiddleIsAnErrorInTime(t *testing.T) {
	t.Parallel()
	for name, commands := range map[string][]string{"tiny": nil, "tiny with transactions": {"multi", "exec"}} {
		t.Run(name, func(t *testing.T) {
			server := startTiny(t, commands...)
			s := secondary(t, open(t, "redis://"+server.addr))
			for op, run := range operations {
				if err := run(t.Context(), s); err != nil {
					t.Fatalf("%s: %v", op, err)
				}
			}
			server.mu.Lock()
			defer server.mu.Unlock()
			failsSoon(t, s)
		})
	}
}

func TestFAULT005_AFullServerIsAnError(t *testing.T) {
	server := miniredis.RunT(t)
	s := secondary(t, open(t, "redis://"+server.Addr()))
	server.SetError("OOM command not allowed when used memory > 'maxmemory'.")
	for op, run := range operations {
		if err := run(t.Context(), s); !goredis.HasErrorPrefix(err, "OOM") {
			t.Errorf("%s: %v; want the server's own error", op, err)
		}
	}
	server.SetError("")
	if err := s.Set(t.Context(), "k", "v", 0); err != nil {
		t.Error(err)
	}
}
