package tests_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// group is a primary with replicas, and sentinels that watch it.
type group struct {
	primary   *own
	replicas  []*own
	sentinels []*own
}

const (
	groupName = "mymaster"
	groupPass = "a p@ss/word" // the servers', which sentinels do not ask for
)

// startGroup starts a group whose replicas have all that the primary has. The options are those of every server.
func startGroup(t *testing.T, replicas, sentinels int, options ...string) *group {
	t.Helper()
	options = append(options, "requirepass "+strconv.Quote(groupPass), "masterauth "+strconv.Quote(groupPass), "repl-diskless-sync-delay 0")
	g := &group{primary: startOwn(t, options...)}
	for range replicas {
		replica := startOwn(t, append(options, fmt.Sprint("replicaof 127.0.0.1 ", g.primary.port))...)
		client := replica.client(t)
		eventually(t, "the replica follows", 20*time.Second, func() bool {
			return strings.Contains(client.Info(t.Context(), "replication").Val(), "master_link_status:up")
		})
		g.replicas = append(g.replicas, replica)
	}
	for range sentinels {
		g.sentinels = append(g.sentinels, g.startSentinel(t, sentinels/2+1))
	}
	for _, sentinel := range g.sentinels {
		client := sentinel.client(t)
		eventually(t, "the sentinels know all", 20*time.Second, func() bool { return g.isKnown(t, client) })
	}
	return g
}

func (g *group) startSentinel(t *testing.T, quorum int) *own {
	t.Helper()
	o := &own{port: freePort(t)}
	o.addr = fmt.Sprintf("127.0.0.1:%d", o.port)
	file := filepath.Join(t.TempDir(), "sentinel.conf")
	configuration := strings.Join([]string{
		fmt.Sprint("port ", o.port), "bind 127.0.0.1",
		fmt.Sprintf("sentinel monitor %s 127.0.0.1 %d %d", groupName, g.primary.port, quorum),
		fmt.Sprintf("sentinel auth-pass %s %q", groupName, groupPass),
		fmt.Sprintf("sentinel down-after-milliseconds %s 500", groupName),
		fmt.Sprintf("sentinel failover-timeout %s 5000", groupName),
	}, "\n")
	if err := os.WriteFile(file, []byte(configuration+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.run(t, "", file, "--sentinel")
	client := o.client(t)
	eventually(t, "an answer of the sentinel", 20*time.Second, func() bool { return client.Ping(t.Context()).Err() == nil })
	return o
}

// isKnown reports whether a sentinel knows every replica and every other sentinel.
func (g *group) isKnown(t *testing.T, sentinel *goredis.Client) bool {
	reply, err := sentinel.Do(t.Context(), "sentinel", "master", groupName).Slice()
	if err != nil {
		return false
	}
	has := func(field string, n int) bool {
		for i := 0; i+1 < len(reply); i += 2 {
			if reply[i] == field {
				return reply[i+1] == strconv.Itoa(n)
			}
		}
		return false
	}
	return has("num-slaves", len(g.replicas)) && has("num-other-sentinels", len(g.sentinels)-1)
}

// url names the sentinels.
func (g *group) url() string {
	url := "redis://" + g.sentinels[0].addr + "/0?master_name=" + groupName + "&password=a+p%40ss%2Fword"
	for _, sentinel := range g.sentinels[1:] {
		url += "&addr=" + sentinel.addr
	}
	return url
}

// replicated waits until the replicas have all that the primary has, and returns how many do.
func (g *group) replicated(t *testing.T) int {
	t.Helper()
	client := g.primary.client(t)
	var n *goredis.Cmd
	if _, err := client.Pipelined(t.Context(), func(p goredis.Pipeliner) error {
		p.Set(t.Context(), "barrier", time.Now().UnixNano(), 0)
		n = p.Do(t.Context(), "wait", len(g.replicas), 10_000)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	replicas, err := n.Int()
	if err != nil {
		t.Fatal(err)
	}
	return replicas
}
