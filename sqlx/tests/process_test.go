package tests

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/store"
)

// roleEnv makes the test binary play another process: "consume", "crash" or "kill", followed by the file.
const roleEnv = "GOAUTH_TEST_ROLE"

func TestMain(m *testing.M) {
	role, path, _ := strings.Cut(os.Getenv(roleEnv), ":")
	switch role {
	case "consume":
		other(path, consumeRounds)
	case "crash":
		other(path, crashInside)
	case "kill":
		serveKilled(path)
	default:
		code := m.Run()
		dropPostgres()
		os.Exit(code)
	}
}

// other runs the work of a second process. It ends when its standard input does.
func other(path string, work func(a store.Adapter, in *bufio.Scanner) error) {
	t := new(standIn)
	a := migrated(t, openPlace(t, path), schemaOf(t, "core"))
	if err := work(a, bufio.NewScanner(os.Stdin)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// standIn is the testing.TB of the second process.
type standIn struct{ testing.TB }

func (*standIn) Helper()                  {}
func (*standIn) Cleanup(func())           {}
func (*standIn) Context() context.Context { return context.Background() }
func (*standIn) Fatal(args ...any)        { fmt.Fprintln(os.Stderr, args...); os.Exit(1) }
func (s *standIn) Fatalf(format string, args ...any) {
	s.Fatal(fmt.Sprintf(format, args...))
}

// process is a second process on a file.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func startProcess(t *testing.T, role, path string) *process {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env, cmd.Stderr = append(os.Environ(), roleEnv+"="+role+":"+path), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd, in, bufio.NewScanner(out)}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	return p
}

// say sends a line; hear waits for one.
func (p *process) say(t *testing.T, line string) {
	t.Helper()
	if _, err := fmt.Fprintln(p.in, line); err != nil {
		t.Fatal(err)
	}
}

func (p *process) hear(t *testing.T) string {
	t.Helper()
	if !p.out.Scan() {
		t.Fatal("the other process has ended")
	}
	return p.out.Text()
}

// rivals is how many callers each of the two processes has.
const rivals = 25

// consumeAtOnce lets rivals consume one verification, all at the time that the line names in nanoseconds before the
// identifier, and returns how many got it.
func consumeAtOnce(ctx context.Context, a store.Adapter, line string) (int64, error) {
	when, identifier, _ := strings.Cut(line, " ")
	at, err := strconv.ParseInt(when, 10, 64)
	if err != nil {
		return 0, err
	}
	time.Sleep(time.Until(time.Unix(0, at)))
	var won atomic.Int64
	var failed atomic.Pointer[error]
	var group sync.WaitGroup
	for range rivals {
		group.Go(func() {
			rec, err := a.Consume(ctx, "verification", store.Where{store.Is("identifier", identifier)}, nil)
			if err != nil {
				failed.Store(&err)
			}
			if rec != nil {
				won.Add(1)
			}
		})
	}
	group.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return won.Load(), nil
}

// consumeRounds consumes for each line that it reads and prints how often it won.
func consumeRounds(a store.Adapter, in *bufio.Scanner) error {
	fmt.Println("ready")
	for in.Scan() {
		won, err := consumeAtOnce(context.Background(), a, in.Text())
		if err != nil {
			return err
		}
		fmt.Println(won)
	}
	return nil
}

func TestConsumeHasOneWinnerAmongTwoProcesses(t *testing.T) { onEvery(t, testConsumeAmongTwo) }

func testConsumeAmongTwo(t *testing.T, path string) {
	rounds := raceRounds(t)
	a := migrated(t, openPlace(t, path), schemaOf(t, "core"))
	p := startProcess(t, "consume", path)
	p.hear(t)
	wins := map[bool]int{}
	for round := range rounds {
		id := fmt.Sprint("round ", round)
		rec := store.Record{"id": id, "identifier": id, "value": "v", "expiresAt": now, "createdAt": now, "updatedAt": now}
		if _, err := a.Insert(t.Context(), "verification", rec); err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprint(time.Now().Add(3*time.Millisecond).UnixNano(), " ", id)
		p.say(t, line)
		won, err := consumeAtOnce(t.Context(), a, line)
		if err != nil {
			t.Fatal(err)
		}
		theirs := p.hear(t)
		if fmt.Sprint(1-won) != theirs {
			t.Fatalf("round %d: we won %d times, the other process %s times", round, won, theirs)
		}
		wins[won == 1]++
	}
	t.Logf("%d rounds of %d callers: we won %d, the other process %d", rounds, 2*rivals, wins[true], wins[false])
}

// crashInside writes two rows in a transaction and reports after each step; it is killed somewhere on the way.
func crashInside(a store.Adapter, in *bufio.Scanner) error {
	fmt.Println("ready")
	for in.Scan() {
		id := in.Text()
		err := a.Tx(context.Background(), func(ctx context.Context) error {
			if _, err := a.Insert(ctx, "user", user(id)); err != nil {
				return err
			}
			fmt.Println("half")
			time.Sleep(2 * time.Millisecond)
			_, err := a.Insert(ctx, "session", session(id, id))
			fmt.Println("whole")
			return err
		})
		if err != nil {
			return err
		}
		fmt.Println("committed")
	}
	return nil
}

func TestFAULT006_AKilledProcessLeavesATransactionWholeOrNotAtAll(t *testing.T) {
	onEvery(t, testKilled)
}

func testKilled(t *testing.T, path string) {
	a := migrated(t, openPlace(t, path), schemaOf(t, "core"))
	for i, until := range []string{"half", "whole", "committed", "half", "whole", "committed"} {
		p := startProcess(t, "crash", path)
		p.hear(t)
		id := fmt.Sprint("u", i)
		p.say(t, id)
		for p.hear(t) != until {
		}
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = p.cmd.Wait()
		users, sessions := settled(t, a, id)
		if users != sessions || until == "half" && users != 0 || until == "committed" && users != 1 {
			t.Errorf("killed after %q: %d users, %d sessions", until, users, sessions)
		}
		if _, err := a.Insert(t.Context(), "user", user("after "+id)); err != nil {
			t.Errorf("writing after the crash: %v", err)
		}
	}
}

// settled counts the rows that a killed process wrote. A server may still be at its last words, between the two counts too: what
// is torn stays so.
func settled(t *testing.T, a store.Adapter, id string) (users, sessions int64) {
	t.Helper()
	for range 100 {
		var err, err2 error
		users, err = a.Count(t.Context(), "user", store.Where{store.Is("id", id)})
		sessions, err2 = a.Count(t.Context(), "session", store.Where{store.Is("userId", id)})
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if users == sessions {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return users, sessions
}
