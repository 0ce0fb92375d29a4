package tests_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/store/storetest"
	"github.com/goauth-dev/goauth/redis"
)

// TestRateLimitsConform: two instances keep one limit on every server that can hold it between processes.
func TestRateLimitsConform(t *testing.T) {
	for _, s := range servers {
		if strings.HasPrefix(s.name, "tiny") {
			continue // swaps hold within one process there, which the server's warning says
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			url, o := s.start(t), fresh(t)
			o.Timeout = time.Minute
			storetest.ExerciseRateLimits(t, func(*testing.T) func(*testing.T) ratelimit.Store {
				return func(t *testing.T) ratelimit.Store {
					client := open(t, patient(url))
					client.AddHook(refusing(s.unknown))
					return redis.NewRateLimits(client, o)
				}
			})
		})
	}
}

// patient is a URL whose client gives a busy machine time.
func patient(url string) string {
	mark := "?"
	if strings.Contains(url, mark) {
		mark = "&"
	}
	return url + mark + "dial_timeout=30s&read_timeout=30s&write_timeout=30s&pool_timeout=30s"
}

func TestADecisionIsOneRoundTrip(t *testing.T) {
	client := open(t, realRedis(t))
	s := redis.NewRateLimits(client, fresh(t))
	rule := ratelimit.Rule{Window: time.Second, Max: 2}
	decide := func() {
		if _, err := s.Consume(t.Context(), "192.0.2.1|/x", rule, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	decide()
	var sent recorder
	client.AddHook(&sent)
	decide() // counted
	decide() // refused
	if got := strings.Join(sent, " "); got != "evalsha evalsha" {
		t.Errorf("two decisions took %s", got)
	}
}

// TestTheRecordIsUpstreams: a Node server reads what is written here, and the other way round.
func TestTheRecordIsUpstreams(t *testing.T) {
	client, o := open(t, realRedis(t)), fresh(t)
	s, key := redis.NewRateLimits(client, o), `192.0.2.1|/a&b"c`
	rule := ratelimit.Rule{Window: 10 * time.Second, Max: 3}
	server := client.Time(t.Context()).Val()
	far := server.Add(-time.Hour) // of an instance whose clock is wrong
	if _, err := s.Consume(t.Context(), key, rule, far); err != nil {
		t.Fatal(err)
	}
	got := client.Get(t.Context(), o.KeyPrefix+key).Val()
	before, last, _ := strings.Cut(strings.TrimSuffix(got, "}"), `,"lastRequest":`)
	if before != `{"key":"192.0.2.1|/a&b\"c","count":1` {
		t.Errorf("the record is %s", got)
	}
	if at, err := time.ParseDuration(last + "ms"); err != nil || (at-time.Duration(server.UnixMilli())*time.Millisecond).Abs() > time.Second {
		t.Errorf("lastRequest is %s, the server's time %d", last, server.UnixMilli())
	}
	if ttl := client.PTTL(t.Context(), o.KeyPrefix+key).Val(); ttl <= 0 || ttl > rule.Window {
		t.Errorf("the record lives for %v", ttl)
	}
	_ = client.Del(t.Context(), o.KeyPrefix+key)
}

func TestRecordsOfANodeServerCount(t *testing.T) {
	client, o := open(t, realRedis(t)), fresh(t)
	s := redis.NewRateLimits(client, o)
	now := client.Time(t.Context()).Val().UnixMilli()
	for _, tc := range []struct {
		name, count, last string
		broken            string
		allowed           bool
	}{
		{name: "a full counter", count: "3", last: ms(now - 1000)},
		{name: "a full counter of a clock that is ahead", count: "3", last: ms(now + 300_000)},
		{name: "an open counter", count: "2", last: ms(now - 1000), allowed: true},
		{name: "an expired counter", count: "9", last: ms(now - 10_000), allowed: true},
		{name: "null", broken: "null", allowed: true}, {name: "no counter", broken: "{}", allowed: true},
		{name: "a text for a number", broken: `{"count":"3","lastRequest":"x"}`, allowed: true},
		{name: "no JSON", broken: "nonsense", allowed: true}, {name: "an empty text", broken: "", allowed: true},
	} {
		record := tc.broken
		if tc.count != "" {
			record = `{"key":"k","count":` + tc.count + `,"lastRequest":` + tc.last + `}`
		}
		if err := client.Set(t.Context(), o.KeyPrefix+"k", record, time.Minute).Err(); err != nil {
			t.Fatal(err)
		}
		d, err := s.Consume(t.Context(), "k", ratelimit.Rule{Window: 10 * time.Second, Max: 3}, time.Now())
		if err != nil || d.Allowed != tc.allowed {
			t.Errorf("%s: %+v, %v", tc.name, d, err)
		}
	}
	_ = client.Del(t.Context(), o.KeyPrefix+"k")
}

func ms(n int64) string { return strconv.FormatInt(n, 10) }

// TestFAULT009_ClocksOfInstancesNeedNotAgree: one is five minutes behind, one five ahead, and a third goes back by an hour.
func TestFAULT009_ClocksOfInstancesNeedNotAgree(t *testing.T) {
	eachRedis(t, func(t *testing.T, client goredis.UniversalClient) {
		s := redis.NewRateLimits(client, fresh(t))
		rule := ratelimit.Rule{Window: 2 * time.Second, Max: 3}
		allowed := 0
		for i := range 12 {
			skew := []time.Duration{-5 * time.Minute, 5 * time.Minute, -time.Hour}[i%3]
			d, err := s.Consume(t.Context(), "k", rule, time.Now().Add(skew))
			if err != nil {
				t.Fatal(err)
			}
			if d.Allowed {
				allowed++
			} else if d.RetryAfter > 2 {
				t.Errorf("a refused client is to wait %d s", d.RetryAfter)
			}
		}
		if allowed != 3 {
			t.Errorf("%d of 12 were allowed, want 3", allowed)
		}
	})
}
