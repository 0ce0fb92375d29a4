package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

// The measured operations, as the table names them.
const (
	opOK       = "`/ok`"
	opDatabase = "get-session, database"
	opCache    = "get-session, cookie cache"
	opSignIn   = "sign-in"
	opSignUp   = "sign-up"
)

// side is what was measured of one server: the best round of each operation.
type side struct {
	best    map[string]outcome
	started time.Duration
	rest    int // kB
}

func newSide() *side { return &side{best: map[string]outcome{}} }

// keep notes an outcome when it is the best so far.
func (s *side) keep(op string, o outcome) {
	if best, ok := s.best[op]; !ok || o.perSecond() > best.perSecond() {
		s.best[op] = o
	}
}

// keepStart notes the time of a start when it is the shortest so far.
func (s *side) keepStart(took time.Duration) {
	if s.started == 0 || took < s.started {
		s.started = took
	}
}

const (
	person = `{"name":"Ada Lovelace","email":"ada%d@example.com","password":"correct horse battery","nickname":"ada"}`
	// settle is how long a server is left alone before its memory at rest is read.
	settle = 2 * time.Second
)

// round starts the server on each profile and loads it.
func (p plan) round(ctx context.Context, w *harness.Workspace, kind harness.Kind, result *side) error {
	err := p.with(ctx, w, kind, "core", func(s *server) error {
		result.keepStart(s.started)
		time.Sleep(settle)
		rest, err := memory(s.pid(), "VmRSS")
		if err != nil {
			return err
		}
		result.rest = rest
		return p.operations(ctx, s, kind, result)
	})
	if err != nil {
		return err
	}
	return p.with(ctx, w, kind, "cookie-cache-compact", func(s *server) error {
		result.keepStart(s.started)
		return p.one(ctx, s, kind, result, opCache, p.quick, p.sessionLoad)
	})
}

// with runs fn on a server with an empty database.
func (p plan) with(ctx context.Context, w *harness.Workspace, kind harness.Kind, profile string, fn func(s *server) error) (err error) {
	database := filepath.Join(w.Scratch, fmt.Sprintf("%s-%s.sqlite", kind, profile))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(database + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	s, err := p.start(ctx, w, kind, profile, database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	return fn(s)
}

// operations loads a server that has the core profile, what needs little memory first.
func (p plan) operations(ctx context.Context, s *server, kind harness.Kind, result *side) error {
	for _, step := range []struct {
		op     string
		length time.Duration
		load   prepare
	}{
		{opOK, p.quick, okLoad},
		{opDatabase, p.quick, p.sessionLoad},
		{opSignIn, p.slow, p.signInLoad},
		{opSignUp, p.slow, p.signUpLoad},
	} {
		if err := p.one(ctx, s, kind, result, step.op, step.length, step.load); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes the load for a running server.
type prepare func(ctx context.Context, s *server) (load, error)

// one measures an operation.
func (p plan) one(ctx context.Context, s *server, kind harness.Kind, result *side, op string, length time.Duration, prepare prepare) error {
	l, err := prepare(ctx, s)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	o, err := measure(ctx, s, l, length)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	result.keep(op, o)
	fmt.Fprintf(p.log, "%-9s %-26s %9.1f/s  %8s CPU  p50 %8s  p99 %8s  busy %3.0f %%\n", kind, op, o.perSecond(),
		short(o.cpuPerRequest()), short(o.p50), short(o.p99), 100*o.busy())
	return nil
}

func okLoad(context.Context, *server) (load, error) {
	request := get("/ok", "")
	return load{request: func(int) []byte { return request }, want: `"ok":true`, clients: clients}, nil
}

// sessionLoad signs a client up and has it ask for its session.
func (p plan) sessionLoad(ctx context.Context, s *server) (load, error) {
	res, err := p.ask(ctx, s, "/sign-up/email", fmt.Sprintf(person, 0))
	if err != nil {
		return load{}, err
	}
	request := get("/get-session", res.cookieHeader())
	return load{request: func(int) []byte { return request }, want: `"session":{`, clients: clients}, nil
}

// signInLoad signs in the user that [plan.sessionLoad] signed up.
func (p plan) signInLoad(context.Context, *server) (load, error) {
	request := post(p.port, "/sign-in/email", fmt.Sprintf(person, 0))
	return load{request: func(int) []byte { return request }, want: `"token":"`, clients: hashedClients}, nil
}

func (p plan) signUpLoad(context.Context, *server) (load, error) {
	request := func(n int) []byte { return post(p.port, "/sign-up/email", fmt.Sprintf(person, n)) }
	return load{request: request, want: `"token":"`, clients: hashedClients}, nil
}

// ask makes one request that must succeed.
func (p plan) ask(ctx context.Context, s *server, path, body string) (answer, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	res, err := newConnection(conn).do(post(p.port, path, body))
	if err == nil && res.status != 200 {
		err = fmt.Errorf("%s answered %d %s", path, res.status, res.body)
	}
	return res, err
}
