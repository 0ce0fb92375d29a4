package tests

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/sqlx"
)

// disk is a file system of the test's own, which can be filled.
type disk struct {
	t   *testing.T
	dir string
}

// newDisk mounts one, which only root may.
func newDisk(t *testing.T, megabytes int) disk {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: only root can mount a disk to fill")
	}
	dir, err := os.MkdirTemp("", "goauth-full-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(dir) })
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", megabytes), "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: mount: %v: %s", err, out)
	}
	t.Cleanup(func() { within(t, func() error { return exec.Command("umount", dir).Run() }) })
	return disk{t, dir}
}

func (d disk) ballast() string { return filepath.Join(d.dir, "ballast") }

// fill takes all the room that is left.
func (d disk) fill() {
	d.t.Helper()
	f, err := os.OpenFile(d.ballast(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	for _, size := range []int{1 << 20, 1 << 12} {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatal(err)
	}
}

// makeRoom gives it back.
func (d disk) makeRoom() {
	d.t.Helper()
	if err := os.Remove(d.ballast()); err != nil {
		d.t.Fatal(err)
	}
}

// supervised is a server that is started again whenever it ends, as an init system does.
type supervised struct {
	private
	dir    string
	port   int
	starts atomic.Int64
	mu     sync.Mutex
	cmd    *exec.Cmd
	over   bool
}

// supervise makes a server's data in dir and runs it until the test ends.
func (p private) supervise(t *testing.T, dir string) *supervised {
	t.Helper()
	s, done := &supervised{private: p, dir: dir, port: freePort(t)}, make(chan struct{})
	if out, err := p.command(t, dir, p.make(dir, s.port)).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s.cmd = p.command(t, dir, p.serve(dir, s.port))
	if !s.start() {
		t.Fatalf("%s does not start", p.name)
	}
	go func() {
		defer close(done)
		for running := true; running; running = s.start() {
			_ = s.cmd.Wait()
			time.Sleep(200 * time.Millisecond)
		}
	}()
	t.Cleanup(func() {
		s.mu.Lock()
		s.over = true
		s.mu.Unlock()
		s.kill()
		<-done
	})
	return s
}

func (s *supervised) start() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return false
	}
	s.cmd = &exec.Cmd{Path: s.cmd.Path, Args: s.cmd.Args, Dir: s.cmd.Dir, SysProcAttr: s.cmd.SysProcAttr}
	s.starts.Add(1)
	return s.cmd.Start() == nil
}

// kill ends the server and its children.
func (s *supervised) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
}

// fullDisk is a way in which a database server runs out of room.
type fullDisk struct {
	name string
	private
	megabytes int
	// also is done once rows find no room any more.
	also func(f *full)
	// reads says that reading goes on then, and stays that the server does.
	reads, stays bool
}

// full is an instance on a server whose disk is filled.
type full struct {
	*coreClient
	disk   disk
	server *supervised
	there  []int // who was answered 200
	asked  int   // how many tried to sign up
}

var fullDisks = []fullDisk{
	{"PostgreSQL has no room for rows", privates[0], 72, func(*full) {}, true, true},
	{"PostgreSQL has no room for its write-ahead log", privates[0], 72, (*full).useUpTheLog, false, false},
	{"PostgreSQL has no room for its write-ahead log, on a native pool", privates[0].native(), 72, (*full).useUpTheLog, false, false},
	{"MariaDB has no room for rows", privates[1], 160, func(*full) {}, true, true},
	{"MariaDB has no room to sort", temporary(privates[1].set("--sort-buffer-size=18432")), 160, (*full).sort, true, true},
	// Here the server lets commits wait until somebody makes room, and with them the connections of the pool, one by one.
	{"MariaDB has no room for its binary log", privates[1].set("--log-bin", "--server-id=1"), 160, func(*full) {}, false, true},
}

// set adds settings to those that the server comes with.
func (p private) set(settings ...string) private {
	serve := p.serve
	p.serve = func(dir string, port int) []string {
		return append(serve(dir, port), settings...)
	}
	return p
}

// temporary has a MariaDB keep temporary files where its data is.
func temporary(p private) private {
	serve := p.serve
	p.serve = func(dir string, port int) []string { return append(serve(dir, port), "--tmpdir="+dir) }
	return p
}

// native is a PostgreSQL that is reached through module pgx.
func (p private) native() private {
	p.open = func(t testing.TB, port int) *sqlx.Database {
		return wrapNative(nativePool(t, fmt.Sprintf("postgresql://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)))
	}
	return p
}

// TestFAULT022_AFullDiskIsA503AndComesBack fills the disk of a database server of its own: writing is a 503, nobody is signed
// out, also when the server is started again on the full disk, and everything works once there is room, without a restart of
// ours. What was answered 200 is there, and what was not is there wholly or not at all.
func TestFAULT022_AFullDiskIsA503AndComesBack(t *testing.T) {
	if os.Getenv(raceRoundsEnv) == "" {
		t.Skip("SKIPPED: it makes database servers of its own; set " + raceRoundsEnv)
	}
	for _, way := range fullDisks {
		t.Run(way.name, func(t *testing.T) {
			f := startFull(t, way)
			f.disk.fill()
			f.writeUntilRefused()
			f.serves(way.reads || !way.stays, "full")
			way.also(f)
			f.serves(way.reads, "full")
			if starts := f.server.starts.Load(); way.stays && starts != 1 {
				t.Errorf("the server was started %d times", starts)
			}
			f.server.kill()
			f.startedAgain(1)
			f.serves(false, "started again on the full disk")
			f.disk.makeRoom()
			f.isBack()
			f.nothingByHalf()
			t.Logf("%d of %d people signed up, the server was started %d times", len(f.there), f.asked, f.server.starts.Load())
		})
	}
}

func startFull(t *testing.T, way fullDisk) *full {
	t.Helper()
	d := newDisk(t, way.megabytes)
	f := &full{disk: d, server: way.supervise(t, d.dir)}
	db := way.open(t, f.server.port)
	within(t, func() error { return ready(t, db) })
	db.Timeout = 300 * time.Millisecond
	mails := &coreMails{}
	o := coreOptions(db)
	o.EmailAndPassword.SendResetPassword = mails.send
	f.coreClient = &coreClient{t, startCore(t, o, db), map[string]string{}, mails}
	f.ok("POST", "/sign-up/email", person(coreEmail))
	return f
}

func fullPerson(n int) any { return person(fmt.Sprintf("ada%d@example.com", n)) }

// signUp signs the next person up.
func (f *full) signUp() int {
	f.t.Helper()
	n := f.asked
	f.asked++
	status, out, _ := f.another().do("POST", "/sign-up/email", fullPerson(n))
	if status == http.StatusOK {
		f.there = append(f.there, n)
	} else if status != http.StatusServiceUnavailable {
		f.t.Errorf("signing up was answered %d %v", status, out)
	}
	return status
}

// writeUntilRefused signs people up until there is no room for the next.
func (f *full) writeUntilRefused() {
	f.t.Helper()
	for range 20_000 {
		if f.signUp() != http.StatusOK {
			return
		}
	}
	f.t.Fatal("the disk is never full")
}

// useUpTheLog writes into what is left of PostgreSQL's write-ahead log, which has room ahead, until the server gives up. It
// cannot go on without it: it panics, finds no room to recover in, and ends.
func (f *full) useUpTheLog() {
	f.t.Helper()
	pool := postgresPool(f.t, fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", f.server.port))
	for range 1000 {
		if _, err := pool.ExecContext(f.t.Context(), "select pg_logical_emit_message(false, '', repeat('x', 100000))"); err != nil {
			f.startedAgain(1)
			return
		}
	}
	f.t.Fatal("the log is never full")
}

// sort reads more than MariaDB can sort without a temporary file.
func (f *full) sort() {
	f.t.Helper()
	_, err := f.Context().Store.Find(f.t.Context(), store.Query{Model: "session", Sort: &store.Sort{Field: "token"}})
	if !errors.Is(err, store.ErrUnavailable) {
		f.t.Errorf("sorting without room: %v", err)
	}
}

// startedAgain waits until the server has ended and was started again.
func (f *full) startedAgain(before int64) {
	f.t.Helper()
	within(f.t, func() error {
		if f.server.starts.Load() <= before {
			return errors.New("the server was not started again")
		}
		return nil
	})
}

// serves makes requests that write, and one that reads. All are answered 503, or 200 where there is room for what they write.
func (f *full) serves(reads bool, when string) {
	f.t.Helper()
	for range 6 {
		f.signUp()
		for path, body := range map[string]any{
			"/sign-in/email": person(coreEmail), "/update-user": map[string]any{"name": "Lovelace"},
			"/request-password-reset": map[string]any{"email": coreEmail},
		} {
			c := f.another()
			if path == "/update-user" {
				c = f.coreClient
			}
			if status, out, _ := c.do("POST", path, body); status != http.StatusServiceUnavailable && status != http.StatusOK {
				f.t.Errorf("%s: %s was answered %d %v", when, path, status, out)
			}
		}
		status, out, header := f.do("GET", "/get-session", nil)
		if refused := status == http.StatusServiceUnavailable && !reads; !refused && (status != http.StatusOK || out == nil) || header.Get("Set-Cookie") != "" {
			f.t.Errorf("%s: reading the session was answered %d %v %v", when, status, out, header)
		}
	}
}

// isBack waits until people can sign in: a MariaDB whose commits wait looks once in a minute whether there is room.
func (f *full) isBack() {
	f.t.Helper()
	status := 0
	for deadline := time.Now().Add(90 * time.Second); status != http.StatusOK && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		status, _, _ = f.another().do("POST", "/sign-in/email", person(coreEmail))
	}
	if status != http.StatusOK {
		f.t.Fatalf("with room again signing in is answered %d", status)
	}
	f.signedIn("with room again")
	f.another().ok("POST", "/sign-up/email", person("grace@example.com"))
}

// nothingByHalf compares what there is with what was answered.
func (f *full) nothingByHalf() {
	f.t.Helper()
	for _, n := range f.there {
		f.another().ok("POST", "/sign-in/email", fullPerson(n))
	}
	of := map[string]map[any]bool{}
	for model, field := range map[string]string{"user": "id", "account": "userId", "session": "userId"} {
		rows, err := f.Context().Store.Find(f.t.Context(), store.Query{Model: model})
		if err != nil {
			f.t.Fatal(err)
		}
		of[model] = map[any]bool{}
		for _, row := range rows {
			of[model][row[field]] = true
		}
	}
	if !maps.Equal(of["user"], of["account"]) || !maps.Equal(of["user"], of["session"]) {
		f.t.Errorf("%d users, accounts of %d and sessions of %d", len(of["user"]), len(of["account"]), len(of["session"]))
	}
}
