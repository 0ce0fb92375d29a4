package tests_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/storetest"
	"github.com/goauth-dev/goauth/redis"
)

// TestAClusterConforms runs every suite on three nodes that share the keys among them: a command or script that touched keys
// of two slots would be refused.
func TestAClusterConforms(t *testing.T) {
	t.Parallel()
	url := clusterURL(startCluster(t)...)
	for name, unknown := range map[string][]string{"": nil, " without scripts and GETDEL": {"evalsha", "getdel"}} {
		connect := func(t *testing.T) goredis.UniversalClient {
			client := open(t, patient(url))
			client.AddHook(refusing(unknown))
			return client
		}
		t.Run("secondary storage"+name, func(t *testing.T) {
			s := secondary(t, connect(t))
			storetest.ExerciseSecondary(t, func(*testing.T) store.Secondary { return s })
		})
		t.Run("rate limits"+name, func(t *testing.T) {
			o := fresh(t)
			o.Timeout = time.Minute
			storetest.ExerciseRateLimits(t, func(*testing.T) func(*testing.T) ratelimit.Store {
				return func(t *testing.T) ratelimit.Store { return redis.NewRateLimits(connect(t), o) }
			})
		})
	}
	t.Run("ended sessions", func(t *testing.T) {
		storetest.ExerciseRevocations(t, func(t *testing.T) func(*testing.T) store.Revocations {
			o := fresh(t)
			return func(t *testing.T) store.Revocations { return redis.NewRevocations(open(t, url), o) }
		})
	})
}

// startOneNode starts a cluster of one node whose address, for clients, is a line.
func startOneNode(t *testing.T) (*own, *line) {
	t.Helper()
	node := startOwn(t, clusterOptions(t)...)
	l := startLine(t, "redis://"+node.addr)
	client := node.client(t)
	port := l.addr[len("127.0.0.1:"):]
	if err := client.ConfigSet(t.Context(), "cluster-announce-port", port).Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.ClusterAddSlotsRange(t.Context(), 0, slots-1).Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a whole cluster", 30*time.Second, func() bool { return isTogether(t.Context(), client, 1) })
	return node, l
}

// TestFAULT005_ACommandWhoseAnswerWasLostInAClusterIsNotRunTwice: go-redis tries again whatever a connection breaks under, so
// that a value would be taken, and the second try would say that there is none.
func TestFAULT005_ACommandWhoseAnswerWasLostInAClusterIsNotRunTwice(t *testing.T) {
	t.Parallel()
	node, l := startOneNode(t)
	client := open(t, patient("redis://"+l.addr+"?addr="+l.addr))
	s, o := calm(client), fresh(t)
	o.Timeout = time.Minute
	all := map[string]func(context.Context) error{
		"publish": func(ctx context.Context) error {
			return redis.NewRevocations(client, o).Publish(ctx, []string{"id"}, time.Minute)
		},
		"count": func(ctx context.Context) error {
			_, err := redis.NewRateLimits(client, o).Consume(ctx, "k", threeInTen, time.Now())
			return err
		},
	}
	for name, run := range operations {
		all[name] = func(ctx context.Context) error { return run(ctx, s) }
	}
	for name, run := range all {
		if err := run(t.Context()); err != nil { // the node learns the script
			t.Fatalf("%s: %v", name, err)
		}
		l.cutAt(cut{1, true})
		err := run(t.Context())
		sent := l.sent()
		l.cutAt(cut{})
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: the answer was lost, and it returned %v", name, err)
		}
		if len(sent) != 1 {
			t.Errorf("%s: the node was sent %v", name, sent)
		}
	}
	// A value whose taking was cut is gone, and nobody is told that it never was.
	if err := s.Set(t.Context(), "ticket", "v", time.Minute); err != nil {
		t.Fatal(err)
	}
	l.cutAt(cut{1, true})
	if _, ok, err := s.Take(t.Context(), "ticket"); ok || !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a taking that was cut: %t, %v", ok, err)
	}
	if n := node.client(t).Exists(t.Context(), "goauth-test:ticket").Val(); n != 0 {
		t.Error("the value is still there: the test tests nothing")
	}
}

// TestRedirectionsOfAClusterAreFollowed moves a slot away under a client that knows the old master of it, first by half (ASK),
// then as a whole (MOVED).
func TestRedirectionsOfAClusterAreFollowed(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t)
	client := open(t, patient(clusterURL(nodes...)))
	s := calm(client)
	const key = "{moving}" // the first is moved, the second is not there yet
	for _, name := range []string{key, key + "2"} {
		if err := s.Set(t.Context(), name, "v", time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	slot := client.ClusterKeySlot(t.Context(), "goauth-test:"+key).Val()
	from := nodes[min(int(slot)*3/slots, 2)]
	to := nodes[(slices.Index(nodes, from)+1)%3]
	move := func(node *own, args ...any) {
		t.Helper()
		if err := node.client(t).Do(t.Context(), args...).Err(); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
	}
	fromID, toID := from.client(t).ClusterMyID(t.Context()).Val(), to.client(t).ClusterMyID(t.Context()).Val()
	move(to, "cluster", "setslot", slot, "importing", fromID)
	move(from, "cluster", "setslot", slot, "migrating", toID)
	move(from, "migrate", "127.0.0.1", to.port, "goauth-test:"+key, 0, 5000)
	for step, want := range []bool{true, false} {
		if _, ok, err := s.Take(t.Context(), key); ok != want || err != nil {
			t.Errorf("take %d of a value that has moved: %t, %v", step+1, ok, err)
		}
	}
	move(from, "migrate", "127.0.0.1", to.port, "goauth-test:"+key+"2", 0, 5000)
	for _, node := range []*own{to, from} {
		move(node, "cluster", "setslot", slot, "node", toID)
	}
	if _, ok, err := s.Take(t.Context(), key+"2"); !ok || err != nil {
		t.Errorf("take of a value whose slot has moved: %t, %v", ok, err)
	}
}

// TestFAULT005_AClusterThatLosesAMasterGoesOnWithItsReplica kills one of three masters. Its keys fail in time, the others do
// not notice, and the first work again as soon as the replica is the master.
func TestFAULT005_AClusterThatLosesAMasterGoesOnWithItsReplica(t *testing.T) {
	inRounds(t)
	options := []string{"cluster-node-timeout 1000", "cluster-require-full-coverage no"}
	nodes := startCluster(t, options...)
	replica := startOwn(t, append(clusterOptions(t), options...)...)
	replica.meet(t, nodes[0])
	id := nodes[0].client(t).ClusterMyID(t.Context()).Val()
	eventually(t, "a replica", 20*time.Second, func() bool { return replica.client(t).ClusterReplicate(t.Context(), id).Err() == nil })
	client := open(t, clusterURL(nodes...))
	s := secondary(t, client)
	keys := map[bool][]string{} // of the master that will be lost, and of the others
	for i := range 30 {
		key := "failover-" + strconv.Itoa(i)
		lost := client.ClusterKeySlot(t.Context(), "goauth-test:"+key).Val() < slots/3
		keys[lost] = append(keys[lost], key)
		if err := s.Set(t.Context(), key, "v", time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	if n := nodes[0].client(t).Wait(t.Context(), 1, 10*time.Second).Val(); n != 1 {
		t.Fatal("no replica follows")
	}
	eventually(t, "the replica has everything", 20*time.Second, func() bool {
		return replica.client(t).DBSize(t.Context()).Val() == nodes[0].client(t).DBSize(t.Context()).Val()
	})
	nodes[0].kill()
	took := eventually(t, "the lost keys are there again", 30*time.Second, func() bool {
		for _, key := range keys[false] {
			if value, ok, err := s.Get(t.Context(), key); err != nil || !ok {
				t.Fatalf("a key of another master: %q, %t, %v", value, ok, err)
			}
		}
		for _, key := range keys[true] {
			began := time.Now()
			value, ok, err := s.Get(t.Context(), key)
			if took := time.Since(began); took > limit {
				t.Fatalf("an operation took %v", took)
			}
			if err == nil && (!ok || value != "v") {
				t.Fatalf("a key of the lost master: %q, %t, although it was replicated", value, ok)
			}
			if err != nil {
				return false
			}
		}
		return true
	})
	t.Log(fmt.Sprintf("%d keys of the lost master, %d of the others", len(keys[true]), len(keys[false])), "after", took.Round(time.Millisecond))
}
