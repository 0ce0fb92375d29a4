package tests

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	osuser "os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	jackc "github.com/jackc/pgx/v5"
)

// cluster is a primary and its standby, servers of the test's own with the durability that they come with. Like the single
// servers of sqlx/tests, which would bring all of their drivers along, they run as Debian's user where this is root.
type cluster struct {
	t     *testing.T
	dir   string
	as    *syscall.Credential // nil: the user of the test
	nodes int
}

// node is one server of a cluster.
type node struct {
	t    *testing.T
	dir  string
	port int
	// kill ends it as a loss of the machine would: nothing is said to anybody.
	kill func()
}

// serverProgram finds a program of PostgreSQL's, which Debian keeps out of PATH.
func serverProgram(t *testing.T, name string) string {
	t.Helper()
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); len(found) > 0 {
		return found[len(found)-1]
	}
	return installed(t, name)
}

// installed finds a program; without it the test is skipped aloud.
func installed(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("SKIPPED: no %s to start here", name)
	}
	return path
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	serverProgram(t, "initdb")
	dir, err := os.MkdirTemp("", "goauth-cluster-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	c := &cluster{t: t, dir: dir}
	if os.Getuid() != 0 {
		return c
	}
	u, err := osuser.Lookup("postgres")
	if err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	c.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	return c
}

// command is a program in a process group of its own.
func (c *cluster) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.SysProcAttr = c.dir, &syscall.SysProcAttr{Setpgid: true, Credential: c.as}
	return cmd
}

// run runs a program of PostgreSQL's to its end.
func (c *cluster) run(name string, args ...string) {
	c.t.Helper()
	if out, err := c.command(serverProgram(c.t, name), args...).CombinedOutput(); err != nil {
		c.t.Fatalf("%s: %v: %s", name, err, out)
	}
}

// serve runs a program until it is killed, children and all, and waits until it listens.
func (c *cluster) serve(port int, program string, args ...string) (cmd *exec.Cmd, kill func()) {
	c.t.Helper()
	cmd = c.command(program, args...)
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	c.t.Cleanup(kill)
	eventually(c.t, filepath.Base(program)+" listens", 30*time.Second, func() bool {
		conn, err := net.Dial("tcp", local(port))
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	return cmd, kill
}

// next makes the data of another node by a program of PostgreSQL's, and serves it.
func (c *cluster) next(program string, args ...string) *node {
	c.t.Helper()
	c.nodes++
	n := &node{t: c.t, dir: fmt.Sprintf("%s/%d", c.dir, c.nodes), port: freePort(c.t)}
	c.run(program, append(args, "-D", n.dir, "--no-sync")...)
	_, n.kill = c.serve(n.port, serverProgram(c.t, "postgres"), "-D", n.dir, "-p", strconv.Itoa(n.port), "-k", c.dir, "-c", "listen_addresses=127.0.0.1")
	eventually(c.t, "somebody is let in", 30*time.Second, func() bool {
		conn, err := jackc.Connect(c.t.Context(), n.url())
		if err == nil {
			_ = conn.Close(c.t.Context())
		}
		return err == nil
	})
	return n
}

// primary starts a server of its own.
func (c *cluster) primary() *node {
	c.t.Helper()
	return c.next("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
}

// standby starts a copy of a primary; from then on no commit there is answered that the copy does not have.
func (c *cluster) standby(of *node) *node {
	c.t.Helper()
	n := c.next("pg_basebackup", "-R", "-c", "fast", "-d", of.url())
	run(c.t, of.url(), "alter system set synchronous_standby_names = '*'", "select pg_reload_conf()")
	eventually(c.t, "the standby is waited for", 30*time.Second, func() bool {
		return of.ask("select count(*) from pg_stat_replication where sync_state = 'sync'") == "1"
	})
	return n
}

func (n *node) url() string { return serverAt(local(n.port)) }

// serverAt is how to reach what answers at an address as a PostgreSQL does.
func serverAt(address string) string {
	return "postgres://postgres@" + address + "/postgres?sslmode=disable"
}

// ask returns the one value that a statement gives, as text.
func (n *node) ask(statement string) (answer string) {
	n.t.Helper()
	conn, err := jackc.Connect(n.t.Context(), n.url())
	if err != nil {
		n.t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.QueryRow(n.t.Context(), "select ("+statement+")::text").Scan(&answer); err != nil {
		n.t.Fatalf("%s: %v", statement, err)
	}
	return answer
}

// promote makes a standby a primary that nobody waits for.
func (n *node) promote() {
	n.t.Helper()
	if n.ask("select pg_promote()") != "true" {
		n.t.Fatal("the standby was not promoted")
	}
}

func local(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", local(0))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
