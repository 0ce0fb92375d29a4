package tests_test

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/storetest"
	"github.com/goauth-dev/goauth/redis"
)

// TestAClusterConforms runs every suite on three nodes that share the keys among them: a command that touched keys of two
// slots would be refused.
func TestAClusterConforms(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t)
	connect := func(t *testing.T) goredis.UniversalClient {
		client := goredis.NewClusterClient(&goredis.ClusterOptions{Addrs: nodes, Protocol: 2, DisableIdentity: true, ContextTimeoutEnabled: true})
		t.Cleanup(func() { _ = client.Close() })
		return client
	}
	t.Run("secondary storage", func(t *testing.T) {
		s := secondary(t, connect(t))
		storetest.ExerciseSecondary(t, func(*testing.T) store.Secondary { return s })
	})
	t.Run("rate limits", func(t *testing.T) {
		o := fresh(t)
		o.Timeout = time.Minute
		storetest.ExerciseRateLimits(t, func(*testing.T) func(*testing.T) ratelimit.Store {
			return func(t *testing.T) ratelimit.Store { return redis.NewRateLimits(connect(t), o) }
		})
	})
	t.Run("ended sessions", func(t *testing.T) {
		storetest.ExerciseRevocations(t, func(t *testing.T) func(*testing.T) store.Revocations {
			o := fresh(t)
			return func(t *testing.T) store.Revocations { return redis.NewRevocations(connect(t), o) }
		})
	})
}

const slots = 16384

// startCluster starts a cluster of three private servers, which end with the test, and returns their addresses.
func startCluster(t *testing.T) []string {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("SKIPPED: no cluster; redis-server is not installed")
	}
	var nodes []string
	var first struct{ port, bus int }
	for i := range 3 {
		port, bus := freePort(t), freePort(t)
		addr := startNode(t, program, port, bus)
		node := goredis.NewClient(&goredis.Options{Addr: addr, Protocol: 2, DisableIdentity: true})
		defer node.Close()
		eventually(t, "an answer of the node", 20*time.Second, func() bool { return node.Ping(t.Context()).Err() == nil })
		from, to := i*slots/3, (i+1)*slots/3-1
		if err := node.ClusterAddSlotsRange(t.Context(), from, to).Err(); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first.port, first.bus = port, bus
		} else if err := node.Do(t.Context(), "cluster", "meet", "127.0.0.1", first.port, first.bus).Err(); err != nil {
			t.Fatal(err)
		}
		nodes = append(nodes, addr)
	}
	for _, addr := range nodes {
		node := goredis.NewClient(&goredis.Options{Addr: addr, Protocol: 2, DisableIdentity: true})
		defer node.Close()
		eventually(t, "a whole cluster", 30*time.Second, func() bool { return isTogether(t.Context(), node) })
	}
	return nodes
}

// isTogether reports whether a node sees every node and every slot.
func isTogether(ctx context.Context, node *goredis.Client) bool {
	info := node.ClusterInfo(ctx).Val()
	return strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_known_nodes:3")
}

// startNode starts a server that talks with the others on a port of its own.
func startNode(t *testing.T, program string, port, bus int) (addr string) {
	t.Helper()
	cmd := exec.Command(program, "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
		"--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-port", strconv.Itoa(bus))
	cmd.Dir = t.TempDir()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return fmt.Sprintf("127.0.0.1:%d", port)
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
