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
)

// own is a server of a test's own, which ends with the test.
type own struct {
	addr, password string
	port           int
	cmd            *exec.Cmd
}

// startOwn starts a redis-server on a free port and waits until it answers. Each argument is an option and its values, as in
// a line of redis.conf. Another server's program can stand under that name in the PATH.
func startOwn(t *testing.T, options ...string) *own {
	t.Helper()
	o := &own{port: freePort(t)}
	o.addr = fmt.Sprintf("127.0.0.1:%d", o.port)
	options = append([]string{"port " + strconv.Itoa(o.port), "bind 127.0.0.1", `save ""`, "appendonly no"}, options...)
	for _, option := range options {
		if quoted, ok := strings.CutPrefix(option, "requirepass "); ok {
			o.password, _ = strconv.Unquote(quoted)
		}
	}
	o.run(t, strings.Join(options, "\n"))
	client := o.client(t)
	eventually(t, "an answer of the server", 20*time.Second, func() bool { return client.Ping(t.Context()).Err() == nil })
	return o
}

// run starts the program with a configuration, which it reads from its input.
func (o *own) run(t *testing.T, configuration string, arguments ...string) {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("SKIPPED: redis-server is not installed")
	}
	if len(arguments) == 0 {
		arguments = []string{"-"}
	}
	o.cmd = exec.Command(program, arguments...)
	o.cmd.Dir, o.cmd.Stdin = t.TempDir(), strings.NewReader(configuration+"\n")
	if err := o.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.kill)
}

// kill ends it at once, as SIGKILL does.
func (o *own) kill() {
	_ = o.cmd.Process.Kill()
	_ = o.cmd.Wait()
}

// client is one that knows this server alone.
func (o *own) client(t *testing.T) *goredis.Client {
	client := goredis.NewClient(&goredis.Options{Addr: o.addr, Password: o.password, Protocol: 2, DisableIdentity: true})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

const slots = 16384

// startCluster starts a cluster of three masters, and returns them. The options are those of every node.
func startCluster(t *testing.T, options ...string) []*own {
	t.Helper()
	var nodes []*own
	for i := range 3 {
		node := startOwn(t, append(clusterOptions(t), options...)...)
		client := node.client(t)
		from, to := i*slots/3, (i+1)*slots/3-1
		if err := client.ClusterAddSlotsRange(t.Context(), from, to).Err(); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			node.meet(t, nodes[0])
		}
		nodes = append(nodes, node)
	}
	for _, node := range nodes {
		client := node.client(t)
		eventually(t, "a whole cluster", 30*time.Second, func() bool { return isTogether(t.Context(), client, 3) })
	}
	return nodes
}

// clusterOptions are those of a node. Its bus has a port of its own: the usual one, 10,000 higher, may not exist.
func clusterOptions(t *testing.T) []string {
	return []string{"cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-port " + strconv.Itoa(freePort(t))}
}

// meet makes a node known to another.
func (o *own) meet(t *testing.T, other *own) {
	t.Helper()
	bus := other.client(t).ConfigGet(t.Context(), "cluster-port").Val()["cluster-port"]
	if err := o.client(t).Do(t.Context(), "cluster", "meet", "127.0.0.1", other.port, bus).Err(); err != nil {
		t.Fatal(err)
	}
}

// isTogether reports whether a node sees every node and every slot.
func isTogether(ctx context.Context, node *goredis.Client, nodes int) bool {
	info := node.ClusterInfo(ctx).Val()
	return strings.Contains(info, "cluster_state:ok") && strings.Contains(info, fmt.Sprintf("cluster_known_nodes:%d\r\n", nodes))
}

// clusterURL names the nodes.
func clusterURL(nodes ...*own) string {
	url := "redis://" + nodes[0].addr + "?addr=" + nodes[0].addr
	for _, node := range nodes[1:] {
		url += "&addr=" + node.addr
	}
	return url
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
