package tests

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/sqlx"
)

// killed is a request that a process of its own serves, and the point at which that process kills itself.
type killed struct {
	Method, Path, Cookie string
	Body                 []byte
	// At counts what goes to the database: messages on a server's line, statements on a file. 0: it lives.
	At int
	// Answered dies when the message has been answered, instead of before it is sent. Beyond the last message it dies when
	// the client has its answer.
	Answered bool
}

// killSelf ends this process as kill -9 does: nothing is flushed, closed or undone.
func killSelf() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// dieAt has a server die at a point, and returns how many messages went out so far.
type dieAt struct {
	db   *sqlx.Database
	arm  func(at int, answered bool)
	sent func() int
}

// mortal opens a place so that the process can die at any of its messages.
func mortal(t testing.TB, place string) dieAt {
	if s, isServer := serverOf(place); isServer {
		c := &cutter{die: killSelf}
		pool := s.cutPool(t, place, c)
		pool.SetMaxOpenConns(4)
		return dieAt{s.wrap(pool), func(at int, answered bool) { c.arm(at, !answered) }, c.disarm}
	}
	db := openPlace(t, place)
	var at, sent atomic.Int64
	db.Observe = func(context.Context, string) {
		if sent.Add(1) == at.Load() {
			killSelf()
		}
	}
	return dieAt{db, func(n int, answered bool) {
		if answered {
			n++ // before the next statement is after this one's answer
		}
		sent.Store(0)
		at.Store(int64(n))
	}, func() int { return int(sent.Load()) }}
}

func serverOf(place string) (server, bool) {
	switch {
	case strings.HasPrefix(place, "postgres://"):
		return postgresServer, true
	case strings.HasPrefix(place, "postgresql://"):
		return nativeServer, true
	case strings.Contains(place, "@tcp("):
		return mysqlServer, true
	}
	return server{}, false
}

// serveKilled is the process that dies: it serves one request, and prints the status and how many messages that took.
func serveKilled(place string) {
	t := new(standIn)
	d := mortal(t, place)
	a, err := core.New(faultyOptions(d.db, &coreMails{}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Context().Store.Count(context.Background(), "user", nil); err != nil { // so that there is a connection
		t.Fatal(err)
	}
	fmt.Println("ready")
	in := bufio.NewScanner(os.Stdin)
	if !in.Scan() {
		return
	}
	var k killed
	if err := json.Unmarshal(in.Bytes(), &k); err != nil {
		t.Fatal(err)
	}
	r := corePost(k.Path, string(k.Body))
	if k.Method == "GET" {
		r = corePostGet(k.Path)
	}
	if k.Cookie != "" {
		r.Header.Set("Cookie", k.Cookie)
	}
	d.arm(k.At, k.Answered)
	res := httptest.NewRecorder()
	a.ServeHTTP(res, r)
	fmt.Println(res.Code, d.sent())
	if k.At > 0 {
		killSelf()
	}
}

// TestFAULT006_FAULT007_AKilledServerLeavesTheStateBeforeOrAfter has a process of its own serve each operation that writes,
// and kill itself (SIGKILL) before each message to the database, after each answer, and when the client has its answer. What
// the database then holds is what it held before or what it would hold after; after the client's answer it is the latter.
// Where it is the former, the client's next try gets there. By default a part of the points; GOAUTH_RACE_ROUNDS asks for all.
func TestFAULT006_FAULT007_AKilledServerLeavesTheStateBeforeOrAfter(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, place string) {
		k := startKiller(t, place)
		points := 0
		for i, flow := range writeFlows {
			n, problems := k.killEverywhere(flow, k.stride(i))
			points += n
			for _, problem := range problems {
				t.Error(problem)
			}
		}
		t.Logf("%d points in %d operations: %d processes killed amid, %d after the answer", points, len(writeFlows), k.amid, k.late)
		if k.amid < 6 || k.late < len(writeFlows) {
			t.Error("the process is not killed where it should be")
		}
	})
}

func TestAKilledServerIsSeenToTearWhatIsNotInATransaction(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, place string) {
		k := startKiller(t, place)
		expectTorn(t, k.faulty, func(flow writeFlow) (int, []string) { return k.killEverywhere(flow, every) })
	})
}

// killer has one process after the other die on a place.
type killer struct {
	*faulty
	place string
	next  *process
	// amid and late are how many died before they had answered, and after.
	amid, late int
}

func startKiller(t *testing.T, place string) *killer {
	t.Helper()
	k := &killer{faulty: newFaulty(t, openPlace(t, place), place, &cutter{}), place: place}
	k.next = startProcess(t, "kill", place)
	return k
}

// stride picks the points of the n-th flow that are tried by default.
func (k *killer) stride(n int) func(point int) bool {
	if os.Getenv(raceRoundsEnv) != "" {
		return every
	}
	return func(point int) bool { return (point+n)%6 == 0 }
}

// killEverywhere kills a process at each chosen point of a flow, and after its answer, and returns how often that was and
// what was wrong.
func (k *killer) killEverywhere(flow writeFlow, chosen func(point int) bool) (points int, problems []string) {
	k.t.Helper()
	before, after, answer := k.once(flow, killed{}, "")
	var status, sent int
	if _, err := fmt.Sscan(answer, &status, &sent); err != nil || status >= 400 || before == after && flow.name != "ask for a reset" {
		k.t.Fatalf("%s: undisturbed it answered %q, before\n%s\nafter\n%s", flow.name, answer, before, after)
	}
	for point := 1; point <= 2*sent+1; point++ {
		last := point == 2*sent+1
		if !last && !chosen(point) {
			continue
		}
		at := killed{At: (point + 1) / 2, Answered: point%2 == 0}
		b, got, answer := k.once(flow, at, after)
		points++
		where := fmt.Sprintf("%s: killed at message %d of %d (answered %v)", flow.name, at.At, sent, at.Answered)
		if answer == "" {
			k.amid++
		} else {
			k.late++
		}
		switch {
		case got != b && got != after:
			problems = append(problems, fmt.Sprintf("%s: %s:\n%s\nbefore\n%s\nafter\n%s", where, neither, got, b, after))
		case answer != "" && got != after && flow.name != "ask for a reset": // which goes on after its answer
			problems = append(problems, fmt.Sprintf("%s: it answered %q, and what it wrote is lost", where, answer))
		case got == b && got != after:
			if status, _, _ := k.do(flow.do(k.faulty)); status >= 400 || k.settled(after, after) != after {
				problems = append(problems, fmt.Sprintf("%s: the client's next try is answered %d", where, status))
			}
		}
	}
	return points, problems
}

// once has the waiting process serve a flow's request, and returns the states before and after, and what it said: nothing
// when it died before.
func (k *killer) once(flow writeFlow, at killed, whole string) (before, after, answer string) {
	k.t.Helper()
	k.clearAll()
	flow.setUp(k.faulty)
	before = k.state()
	method, path, body := flow.do(k.faulty)
	at.Method, at.Path = method, path
	at.Body, _ = json.Marshal(body)
	for name, value := range k.cookies {
		at.Cookie = strings.TrimPrefix(at.Cookie+"; "+name+"="+value, "; ")
	}
	line, err := json.Marshal(at)
	if err != nil {
		k.t.Fatal(err)
	}
	p := k.next
	p.hear(k.t) // that it is ready
	k.next = startProcess(k.t, "kill", k.place)
	p.say(k.t, string(line))
	if p.out.Scan() {
		answer = p.out.Text()
	}
	var exit *exec.ExitError
	if err := p.cmd.Wait(); at.At > 0 && (!errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL) {
		k.t.Fatalf("%s: the process was not killed: %v", flow.name, err)
	}
	if whole == "" {
		return before, k.state(), answer
	}
	return before, k.settled(before, whole), answer
}
