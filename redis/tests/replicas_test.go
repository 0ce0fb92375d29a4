package tests_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/redis"
)

// TestAWriteWaitsForReplicas: with wait_replicas what is written counts once a replica has it, and fails while there is none,
// on a server and on the nodes of a cluster. Reading and counting need no replica.
func TestAWriteWaitsForReplicas(t *testing.T) {
	t.Parallel()
	primary := startOwn(t, "repl-diskless-sync-delay 0")
	replica := startOwn(t, fmt.Sprint("replicaof 127.0.0.1 ", primary.port))
	one, two := primary.client(t), replica.client(t)
	following := func() bool { return one.Wait(t.Context(), 1, 50*time.Millisecond).Val() == 1 }
	eventually(t, "the replica follows", 20*time.Second, following)
	client := open(t, patient("redis://"+primary.addr+"?wait_replicas=1"))
	s := calm(client)
	writesFail(t, client, nil)
	for i := range 200 { // each is there at once
		key := fmt.Sprint("waited-", i)
		eventually(t, "a write", 20*time.Second, func() bool { return s.Set(t.Context(), key, "v", time.Minute) == nil })
		if got := two.Get(t.Context(), "goauth-test:"+key).Val(); got != "v" {
			t.Fatalf("write %d was answered, and the replica has %q", i, got)
		}
	}
	if err := two.ReplicaOf(t.Context(), "no", "one").Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the replica is gone", 10*time.Second, func() bool { return !following() })
	writesFail(t, client, store.ErrUnavailable)
	node := startOwn(t, clusterOptions(t)...)
	if err := node.client(t).ClusterAddSlotsRange(t.Context(), 0, slots-1).Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a cluster", 30*time.Second, func() bool { return isTogether(t.Context(), node.client(t), 1) })
	writesFail(t, open(t, patient(clusterURL(node)+"&wait_replicas=1")), store.ErrUnavailable)
}

// writesFail expects that whatever must not be forgotten fails as it should, and that the rest works. On a busy machine a
// replica may take longer than a write waits.
func writesFail(t *testing.T, client goredis.UniversalClient, want error) {
	t.Helper()
	ctx, s, o, value := t.Context(), calm(client), fresh(t), "v"
	o.Timeout = time.Minute
	_ = s.Set(ctx, "ticket", value, time.Minute)
	var all sync.WaitGroup
	for _, w := range []struct {
		name string
		run  func() error
	}{
		{"set", func() error { return s.Set(ctx, "k", value, time.Minute) }},
		{"set for good", func() error { return s.Set(ctx, "k", value, 0) }},
		{"swap", func() error { _, err := s.Swap(ctx, "k", &value, &value, 0); return err }},
		{"take", func() error { _, _, err := s.Take(ctx, "ticket"); return err }},
		{"delete", func() error { return s.Delete(ctx, "k") }},
		{"publish", func() error { return redis.NewRevocations(client, o).Publish(ctx, []string{"id"}, time.Minute) }},
	} {
		all.Go(func() {
			err := w.run()
			for tries := 0; want == nil && err != nil && tries < 20; tries++ {
				err = w.run()
			}
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", w.name, err, want)
			}
		})
	}
	all.Wait()
	if _, _, err := s.Get(ctx, "k"); err != nil {
		t.Errorf("get: %v", err)
	}
	limits := redis.NewRateLimits(client, o)
	_, _ = limits.Consume(ctx, "k", ratelimit.Rule{Window: time.Second, Max: 5}, time.Now()) // sends the script, which is a write
	if _, err := limits.Consume(ctx, "k", ratelimit.Rule{Window: time.Second, Max: 5}, time.Now()); err != nil {
		t.Errorf("count: %v", err)
	}
}

// TestWhatAFailoverForgets: what the primary answered and no replica had is forgotten: a session that ended lives on, a token
// that was used can be used again. A server that asks for replicas, or a client that waits for them, does not answer 200 then.
func TestWhatAFailoverForgets(t *testing.T) {
	inRounds(t)
	for _, tc := range []struct {
		name, parameter string
		options         []string
		promises        bool
	}{
		{"by itself", "", nil, true},
		{"with min-replicas-to-write", "", []string{"min-replicas-to-write 1"}, false},
		{"with wait_replicas", "&wait_replicas=1", nil, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			g := startGroup(t, 2, 3, tc.options...)
			f := startFailover(t, g, g.url()+tc.parameter, false)
			victim, n := f.enter(0), f.person()
			f.must(0, signUp(n))
			f.must(0, job{Method: "POST", Path: "/request-password-reset", Body: fmt.Sprintf(`{"email":%q}`, email(n))})
			token, _ := f.mails.Load(email(n))
			if g.replicated(t) != 2 {
				t.Fatal("the replicas do not follow")
			}
			g.detach(t)
			leave := job{Method: "POST", Path: "/sign-out", Body: "{}", Cookie: victim}
			reset := job{Method: "POST", Path: "/reset-password", Body: fmt.Sprintf(`{"newPassword":"another password","token":%q}`, token)}
			promised := []bool{f.send(0, leave).Code == 200, f.send(0, reset).Code == 200}
			g.primary.kill()
			eventually(t, "a new primary", 2*time.Minute, func() bool { return f.send(0, signUp(f.person())).Code == 200 })
			f.hear()
			forgotten := []bool{f.state(1, withoutCopy(victim)) == "alive", f.send(1, reset).Code == 200}
			if !slices.Equal(promised, []bool{tc.promises, tc.promises}) || !slices.Equal(forgotten, []bool{true, true}) {
				t.Errorf("a sign-out and a reset were answered 200: %t; the new primary does not know them: %t", promised, forgotten)
			}
		})
	}
}

// detach makes the replicas miss what the primary does from now on, as on a line that is cut.
func (g *group) detach(t *testing.T) {
	t.Helper()
	for _, replica := range g.replicas {
		if err := replica.client(t).ReplicaOf(t.Context(), "127.0.0.1", "1").Err(); err != nil {
			t.Fatal(err)
		}
	}
	client := g.primary.client(t)
	eventually(t, "the primary is alone", 10*time.Second, func() bool {
		return client.Wait(context.Background(), 1, 50*time.Millisecond).Val() == 0
	})
}
