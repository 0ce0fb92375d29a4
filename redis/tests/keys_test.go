package tests_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/redis"
)

// odd are prefixes that mean something in a pattern, or in a cluster.
var odd = []string{"app:", "a*b?", "[a-c]", `back\slash`, "{tag}:", "^x]"}

// TestKeysAreListedAndCleared on servers, without UNLINK, and on a cluster, with more keys than one step brings.
func TestKeysAreListedAndCleared(t *testing.T) {
	cluster := func(t *testing.T) string { return clusterURL(startCluster(t)...) }
	for _, s := range append(slices.Clone(servers), server{"a server without UNLINK", emulated, []string{"unlink"}}, server{"a cluster", cluster, nil}) {
		if strings.HasPrefix(s.name, "tiny") {
			continue // no SCAN
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			client := open(t, patient(s.start(t)))
			client.AddHook(refusing(s.unknown))
			for _, prefix := range odd {
				listsAndClears(t, client, fmt.Sprintf("goauth-test:%d:%s", time.Now().UnixNano(), prefix), 40)
			}
			listsAndClears(t, client, fmt.Sprintf("goauth-test:%d:many:", time.Now().UnixNano()), 2500)
		})
	}
}

// listsAndClears makes keys under a prefix, and some that are none of its own but would be if the prefix were a pattern.
func listsAndClears(t *testing.T, client goredis.UniversalClient, prefix string, n int) {
	t.Helper()
	ctx, o := t.Context(), redis.Options{KeyPrefix: prefix, Timeout: time.Minute}
	s := redis.NewSecondary(client, o)
	var want []string
	for i := range n {
		want = append(want, fmt.Sprintf("key-%04d", i))
		if err := s.Set(ctx, want[i], "v", time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	own := strings.NewReplacer("a*b?", "axxbx", "[a-c]", "b", `back\slash`, "backslash", "^x]", "y")
	others := []string{own.Replace(prefix) + "x", prefix[:len(prefix)-1], "goauth-test:" + prefix}
	for _, key := range others {
		if strings.HasPrefix(key, prefix) {
			continue
		}
		if err := client.Set(ctx, key, "v", time.Minute).Err(); err != nil {
			t.Fatal(err)
		}
		defer client.Del(context.Background(), key)
	}
	if got := listed(t, client, o); !slices.Equal(got, want) {
		t.Errorf("%s: listed %d keys, want %d: %.100q", prefix, len(got), len(want), got)
	}
	deleted, err := redis.Clear(ctx, client, o)
	if err != nil || deleted != n {
		t.Errorf("%s: cleared %d of %d, %v", prefix, deleted, n, err)
	}
	if got := listed(t, client, o); len(got) != 0 {
		t.Errorf("%s: %d keys are left", prefix, len(got))
	}
	for _, key := range others {
		if client.Exists(ctx, key).Val() == 0 && !strings.HasPrefix(key, prefix) {
			t.Errorf("%s: it took %q along", prefix, key)
		}
	}
	if again, err := redis.Clear(ctx, client, o); again != 0 || err != nil {
		t.Errorf("%s: of nothing it cleared %d, %v", prefix, again, err)
	}
}

// listed returns the keys, sorted, each once.
func listed(t *testing.T, client goredis.UniversalClient, o redis.Options) []string {
	t.Helper()
	var keys []string
	for key, err := range redis.Keys(t.Context(), client, o) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func TestAListingStopsWhenTheCallerHasEnough(t *testing.T) {
	client, o := open(t, emulated(t)), fresh(t)
	s := redis.NewSecondary(client, o)
	for i := range 10 {
		if err := s.Set(t.Context(), fmt.Sprint(i), "v", 0); err != nil {
			t.Fatal(err)
		}
	}
	seen := 0
	for _, err := range redis.Keys(t.Context(), client, o) {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen == 3 {
			break
		}
	}
	if seen != 3 {
		t.Errorf("it went on to %d", seen)
	}
}

// TestClearingWithoutAPrefixIsRefused: every key of the database is no key of ours.
func TestClearingWithoutAPrefixIsRefused(t *testing.T) {
	client := open(t, emulated(t))
	if err := client.Set(t.Context(), "another program's", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if n, err := redis.Clear(t.Context(), client, redis.Options{NoPrefix: true}); n != 0 || err == nil {
		t.Errorf("cleared %d, %v", n, err)
	}
	if got := listed(t, client, redis.Options{NoPrefix: true}); !slices.Equal(got, []string{"another program's"}) {
		t.Errorf("the database holds %q", got)
	}
}

// TestAWalkThatFailsSaysSoAndNamesNoKey: the server is down, or does not know SCAN.
func TestAWalkThatFailsSaysSoAndNamesNoKey(t *testing.T) {
	o := redis.Options{KeyPrefix: "secret:"}
	gone := open(t, fmt.Sprintf("redis://127.0.0.1:%d", freePort(t)))
	for name, client := range map[string]goredis.UniversalClient{"down": gone, "tiny": open(t, tiny()(t))} {
		var failures []error
		for key, err := range redis.Keys(t.Context(), client, o) {
			if key != "" || err == nil {
				t.Errorf("%s: listed %q", name, key)
			}
			failures = append(failures, err)
		}
		_, cleared := redis.Clear(t.Context(), client, o)
		for _, err := range append(failures, cleared) {
			if !errors.Is(err, store.ErrUnavailable) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if len(failures) != 1 {
			t.Errorf("%s: %d errors, want 1", name, len(failures))
		}
	}
}
