package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

// server is a running server on one processor.
type server struct {
	cmd    *exec.Cmd
	exited chan error
	addr   string
	// started is the time from the start of the process to its first answer.
	started time.Duration
}

const (
	startTimeout = 30 * time.Second
	stopTimeout  = 10 * time.Second
)

// databaseURL is what both servers call a database: a file is SQLite's.
func databaseURL(database string) string {
	if strings.Contains(database, "://") {
		return database
	}
	return "sqlite:" + database
}

// start runs a server on the database, pinned, and waits for its first answer.
func (p plan) start(ctx context.Context, w *harness.Workspace, kind harness.Kind, profile, database string) (*server, error) {
	origin := fmt.Sprintf("http://localhost:%d", p.port)
	filled, err := fillProfile(w, profile, origin)
	if err != nil {
		return nil, err
	}
	command := []string{"-c", serverCPU, w.Binary()}
	if kind == harness.Upstream {
		command = []string{"-c", serverCPU, "node", "server.mjs"}
	}
	s := &server{cmd: exec.CommandContext(ctx, "taskset", command...), exited: make(chan error, 1), addr: fmt.Sprintf("127.0.0.1:%d", p.port)}
	if kind == harness.Upstream {
		s.cmd.Dir = filepath.Join(w.Reference, "upstream-server")
	}
	s.cmd.Env = append(os.Environ(), "NODE_ENV=production", "SECRET="+harness.Secret, "PROFILE="+filled, "BASE_URL="+origin,
		"OUTBOX="+os.DevNull, fmt.Sprintf("PORT=%d", p.port), "DATABASE_URL="+databaseURL(database))
	output := &bytes.Buffer{}
	s.cmd.Stdout, s.cmd.Stderr = output, output
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	go func() { s.exited <- s.cmd.Wait() }()
	if err := s.await(ctx); err != nil {
		_ = s.stop() // so that the output is complete
		return nil, fmt.Errorf("%w\n%s", err, output)
	}
	s.started = time.Since(began)
	return s, nil
}

// fillProfile writes the profile with its placeholders filled in, and returns the file.
func fillProfile(w *harness.Workspace, profile, origin string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(w.Reference, "profiles", profile+".json"))
	if err != nil {
		return "", fmt.Errorf("read profile: %w", err)
	}
	// no measured request calls an identity provider: port 9 answers nobody
	text := strings.NewReplacer("${BASE_URL}", origin, "${FAKE_URL}", "http://127.0.0.1:9").Replace(string(raw))
	file := filepath.Join(w.Scratch, profile+".bench.json")
	return file, os.WriteFile(file, []byte(text), 0o600)
}

// await asks every millisecond until the server answers.
func (s *server) await(ctx context.Context) error {
	deadline := time.Now().Add(startTimeout)
	for time.Now().Before(deadline) {
		if conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.addr); err == nil {
			c := newConnection(conn)
			res, err := c.do(get("/ok", ""))
			conn.Close()
			if err == nil && res.status == 200 {
				return nil
			}
		}
		select {
		case err := <-s.exited:
			s.exited <- err
			return fmt.Errorf("the server stopped at once: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
	return fmt.Errorf("no answer within %s", startTimeout)
}

func (s *server) pid() int { return s.cmd.Process.Pid } // taskset becomes the server

// stop ends the process, by force after a while.
func (s *server) stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // fails when it is gone already
	select {
	case <-s.exited:
		return nil
	case <-time.After(stopTimeout):
		_ = s.cmd.Process.Kill()
		<-s.exited
		return fmt.Errorf("the server did not stop within %s", stopTimeout)
	}
}
