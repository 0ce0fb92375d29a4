package tests

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	osuser "os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/sqlx"
)

// private is a database server of the test's own, with the settings that it comes with.
type private struct {
	name string
	// account is the user that may run it where this is root.
	account string
	// make creates the data, and serve is the command that serves it.
	make, serve func(dir string, port int) []string
	open        func(t testing.TB, port int) *sqlx.Database
}

var privates = []private{
	{
		"PostgreSQL", "postgres",
		func(dir string, _ int) []string {
			return []string{program("initdb"), "-D", dir + "/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"}
		},
		func(dir string, port int) []string {
			return []string{program("postgres"), "-D", dir + "/data", "-p", strconv.Itoa(port), "-k", dir, "-c", "listen_addresses=127.0.0.1"}
		},
		func(t testing.TB, port int) *sqlx.Database {
			return sqlx.Postgres(postgresPool(t, fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)))
		},
	},
	{
		"MariaDB", "mysql",
		func(dir string, _ int) []string {
			return []string{program("mariadb-install-db"), "--no-defaults", "--datadir=" + dir + "/data", "--auth-root-authentication-method=normal"}
		},
		func(dir string, port int) []string {
			return []string{program("mariadbd"), "--no-defaults", "--datadir=" + dir + "/data", "--port=" + strconv.Itoa(port),
				"--socket=" + dir + "/s", "--pid-file=" + dir + "/pid", "--bind-address=127.0.0.1", "--skip-name-resolve"}
		},
		func(t testing.TB, port int) *sqlx.Database {
			return sqlx.MySQL(mysqlPool(t, fmt.Sprintf("root@tcp(127.0.0.1:%d)/test?parseTime=true&loc=UTC&interpolateParams=true", port)))
		},
	},
}

// program finds a server's program, which Debian keeps out of PATH; empty when there is none.
func program(name string) string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) > 0 {
		return found[len(found)-1]
	}
	path, _ := exec.LookPath(name)
	return path
}

// command runs as the server's own user where this is root, and in a process group of its own.
func (p private) command(t *testing.T, dir string, args []string) *exec.Cmd {
	t.Helper()
	if args[0] == "" {
		t.Skipf("SKIPPED: no %s server to start here", p.name)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.SysProcAttr = dir, &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 {
		u, err := osuser.Lookup(p.account)
		if err != nil {
			t.Skipf("SKIPPED: %v", err)
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	return cmd
}

// start runs the server until it is killed, and waits until it answers.
func (p private) start(t *testing.T, dir string, port int) (kill func()) {
	t.Helper()
	cmd := p.command(t, dir, p.serve(dir, port))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // its children too
		_ = cmd.Wait()
	})
	t.Cleanup(kill)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			conn.Close()
			return kill
		}
	}
	t.Fatalf("%s does not start", p.name)
	return nil
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

// TestFAULT007_WhatWasAnsweredOutlivesAKilledDatabase kills a database server, with its own settings, amid sign-ups: each that
// was answered 200 is there when it is back, and the instance that had it goes on by itself.
func TestFAULT007_WhatWasAnsweredOutlivesAKilledDatabase(t *testing.T) {
	if os.Getenv(raceRoundsEnv) == "" {
		t.Skip("SKIPPED: it makes database servers of its own; set " + raceRoundsEnv)
	}
	for _, p := range privates {
		t.Run(p.name, func(t *testing.T) { killDatabase(t, p) })
	}
}

func killDatabase(t *testing.T, p private) {
	dir, err := os.MkdirTemp("", "goauth-durable-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if out, err := p.command(t, dir, p.make(dir, 0)).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	port := freePort(t)
	kill := p.start(t, dir, port)
	db := p.open(t, port)
	var a *core.Auth
	within(t, func() error { return ready(t, db) })
	a = startCore(t, coreOptions(db), db)
	const rounds = 3
	var acknowledged []int
	for round := range rounds {
		acknowledged = append(acknowledged, signUpsUntil(a, round*100_000, kill)...)
		kill = p.start(t, dir, port)
		within(t, func() error { return a.Context().Store.Ping(t.Context()) })
	}
	for _, n := range acknowledged {
		r := corePost("/sign-in/email", benchPerson(n))
		res := httptest.NewRecorder()
		if a.ServeHTTP(res, r); res.Code != http.StatusOK {
			t.Errorf("who signed up is not there: %d %s", res.Code, res.Body)
		}
	}
	if len(acknowledged) < 10*rounds {
		t.Errorf("only %d sign-ups were answered", len(acknowledged))
	}
	t.Logf("%d sign-ups were answered before one of %d kills; all are there", len(acknowledged), rounds)
}

// ready fails until a server lets somebody in.
func ready(t *testing.T, db *sqlx.Database) error {
	_, err := db.Plan(t.Context(), schemaOf(t, "core"))
	return err
}

// within tries again until it works.
func within(t *testing.T, try func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	t.Fatal(err)
}

// signUpsUntil signs people up with four callers, kills the database amid that, and returns those that were answered 200.
func signUpsUntil(a http.Handler, from int, kill func()) []int {
	ctx, cancel := context.WithCancel(context.Background())
	var callers sync.WaitGroup
	found := make([][]int, 4)
	for i := range found {
		callers.Go(func() {
			for n := from + i; ctx.Err() == nil; n += len(found) {
				res := httptest.NewRecorder()
				if a.ServeHTTP(res, corePost("/sign-up/email", benchPerson(n))); res.Code == http.StatusOK {
					found[i] = append(found[i], n)
				} else if res.Code == http.StatusServiceUnavailable {
					return
				}
			}
		})
	}
	time.Sleep(700 * time.Millisecond)
	kill()
	time.AfterFunc(5*time.Second, cancel)
	callers.Wait()
	cancel()
	return slices.Concat(found...)
}
