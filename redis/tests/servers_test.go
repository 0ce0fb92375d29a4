package tests_test

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/redis"
)

// TestMain silences go-redis, which reports every connection that fails, and lets more tests run at once than there are
// processors: most of them wait for a life to end.
func TestMain(m *testing.M) {
	logging.Disable()
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

var discard = slog.New(slog.DiscardHandler)

// server is a kind of server.
type server struct {
	name    string
	start   func(t *testing.T) string
	unknown []string
}

// servers are the kinds of server that everything must work on. Each returns a URL, and the commands that the client is
// to be told are unknown.
var servers = []server{
	{"real Redis", realRedis, nil},
	{"real Redis without scripts and GETDEL", realRedis, []string{"evalsha", "getdel"}},
	{"emulated Redis", emulated, nil},
	{"emulated Redis without scripts and GETDEL", emulated, []string{"evalsha", "getdel"}},
	{"tiny server with transactions", tiny("multi", "exec"), nil},
	{"tiny server without transactions", tiny(), nil},
}

func realRedis(t *testing.T) string {
	url := os.Getenv("GOAUTH_TEST_REDIS")
	if url == "" {
		t.Skip("SKIPPED: no real Redis; set GOAUTH_TEST_REDIS=redis://host:port/db")
	}
	if !strings.Contains(url, "://") {
		url = "redis://" + url
	}
	return url
}

// emulated starts a Redis in this process, whose time passes.
func emulated(t *testing.T) string {
	m := miniredis.RunT(t)
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	go func() {
		const step = 50 * time.Millisecond
		tick := time.NewTicker(step)
		defer tick.Stop()
		for last := time.Now(); ; {
			select {
			case <-done:
				return
			case now := <-tick.C:
				m.FastForward(now.Sub(last))
				last = now
			}
		}
	}()
	return "redis://" + m.Addr()
}

// tiny starts a server that knows little more than the given commands.
func tiny(commands ...string) func(t *testing.T) string {
	return func(t *testing.T) string { return "redis://" + startTiny(t, commands...).addr }
}

// open returns a client for a URL that the test closes.
func open(t *testing.T, url string) goredis.UniversalClient {
	t.Helper()
	client, err := redis.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func secondary(t *testing.T, client goredis.UniversalClient) store.Secondary {
	return redis.NewSecondary(client, redis.Options{KeyPrefix: "goauth-test:", Logger: discard})
}

// calm is a storage that gives a busy machine time, as its client should; see [patient].
func calm(client goredis.UniversalClient) store.Secondary {
	return redis.NewSecondary(client, redis.Options{KeyPrefix: "goauth-test:", Logger: discard, Timeout: time.Minute})
}

// eachServer runs a test on every kind of server. connect returns a further client, as another process would have it.
func eachServer(t *testing.T, test func(t *testing.T, connect func() goredis.UniversalClient)) {
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			url := s.start(t)
			test(t, func() goredis.UniversalClient {
				client := open(t, url)
				client.AddHook(refusing(s.unknown))
				return client
			})
		})
	}
}

// refusing answers some commands as a server does that does not know them.
type refusing []string

type refusal string

func (r refusal) Error() string { return string(r) }
func (refusal) RedisError()     {}

func (r refusing) DialHook(next goredis.DialHook) goredis.DialHook { return next }

func (r refusing) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		if r.refuses(cmd) {
			return cmd.Err()
		}
		return next(ctx, cmd)
	}
}

func (r refusing) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		var refused error
		for _, cmd := range cmds {
			if r.refuses(cmd) {
				refused = cmd.Err()
			}
		}
		if refused != nil {
			return refused
		}
		return next(ctx, cmds)
	}
}

func (r refusing) refuses(cmd goredis.Cmder) bool {
	for _, name := range r {
		if strings.EqualFold(cmd.Name(), name) {
			cmd.SetErr(refusal("ERR unknown command '" + name + "', with args beginning with: "))
			return true
		}
	}
	return false
}
