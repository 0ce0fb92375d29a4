package harness

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/identity"
	"github.com/goauth-dev/goauth/reference/internal/wire"
	_ "modernc.org/sqlite" // the driver that reads the servers' files
)

// Secret is what every started server signs with.
const Secret = "pW7vR2mK9xQ4tZ8nB3cF6hJ1sL5dG0yA"

const (
	startTimeout = 2 * time.Minute // a busy machine takes half a minute to load the packages of Node
	stopTimeout  = 5 * time.Second
)

// Config says how one server is started.
type Config struct {
	Kind Kind
	// Name tells servers of one run apart, in file names and reports.
	Name string
	Port int
	// BaseURL is the origin that the server is told it has, as behind a proxy that others share; empty is that of its port.
	BaseURL string
	// Profile is the name of a file in reference/profiles, without .json.
	Profile string
	// Database is a URL, or shares the SQLite file of another server; empty makes a new file.
	Database string
	// RedisPort is used when the profile asks for secondary storage.
	RedisPort int
	// RedisURL shares a Redis that is there already; Server.Redis stays nil.
	RedisURL string
	// Without names plugins of the profile that are left out.
	Without []string
}

// Server is a running server with what it writes to.
type Server struct {
	Config
	// BasePath is where the API lives, such as /api/auth.
	BasePath string
	// Outbox is the path of the messages' file, Database of the SQLite file, or a URL.
	Outbox, Database string
	// DB is open on the same database.
	DB *sql.DB
	// Redis is nil unless the profile has secondary storage.
	Redis *Redis
	// Identity is nil unless the profile has other parties to call.
	Identity *identity.Server

	command func() *exec.Cmd
	env     []string
	cmd     *exec.Cmd
	output  *lockedBuffer
	exited  chan struct{}
}

type profileFile struct {
	BasePath string `json:"basePath"`
	Harness  struct {
		Redis    bool `json:"redis"`
		Identity bool `json:"identity"`
	} `json:"x-harness"`
}

// Start runs the server and returns when it answers. Prepare its kind first.
func (w *Workspace) Start(ctx context.Context, cfg Config) (*Server, error) {
	s := &Server{Config: cfg, output: &lockedBuffer{}, command: func() *exec.Cmd { return w.command(cfg.Kind) }}
	file := func(ext string) string {
		return filepath.Join(w.Scratch, fmt.Sprintf("%s-%s%s", cfg.Profile, cfg.Name, ext))
	}
	s.Outbox, s.Database = file(".outbox.jsonl"), cfg.Database
	if s.Database == "" {
		s.Database = file(".sqlite")
	}
	profile, err := w.writeProfile(s, file(".profile.json"))
	if err != nil {
		return nil, err
	}
	s.env = append(os.Environ(), "NODE_ENV=production", "SECRET="+Secret, "PROFILE="+profile, "OUTBOX="+s.Outbox,
		"BASE_URL="+s.Origin(), fmt.Sprintf("PORT=%d", cfg.Port), "DATABASE_URL="+s.databaseURL())
	if s.Redis != nil {
		s.RedisURL = s.Redis.URL()
	}
	if s.RedisURL != "" {
		s.env = append(s.env, "REDIS_URL="+s.RedisURL)
	}
	if s.Identity != nil {
		s.env = append(s.env, "OUTBOUND="+s.Identity.URL())
	}
	if err := os.WriteFile(s.Outbox, nil, 0o600); err != nil {
		return nil, fmt.Errorf("make the outbox: %w", err)
	}
	if err := s.vacant(); err != nil {
		return nil, err
	}
	if err := s.launch(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	if s.DB, err = openDatabase(s.Database); err != nil {
		s.Stop()
		return nil, fmt.Errorf("open %s: %w", s.Database, err)
	}
	return s, nil
}

// vacant fails when something listens on the port already: that one would answer in the server's place.
func (s *Server) vacant() error {
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", s.Port))
	if err != nil {
		return fmt.Errorf("the port of %s (%s, profile %s) is taken: %w", s.Name, s.Kind, s.Profile, err)
	}
	return listener.Close()
}

func (s *Server) databaseURL() string {
	if engineOf(s.Database) == "sqlite" {
		return "sqlite:" + s.Database
	}
	return s.Database
}

func (w *Workspace) command(kind Kind) *exec.Cmd {
	if kind == GoAuth {
		return exec.Command(w.binary)
	}
	cmd := exec.Command("node", "server.mjs")
	cmd.Dir = filepath.Join(w.Reference, "upstream-server")
	return cmd
}

// writeProfile fills the placeholders of the profile and learns from it what the
// server needs.
func (w *Workspace) writeProfile(s *Server, target string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(w.Reference, "profiles", s.Profile+".json"))
	if err != nil {
		return "", fmt.Errorf("read profile: %w", err)
	}
	var p profileFile
	if err := json.Unmarshal(raw, &p); err != nil {
		return "", fmt.Errorf("read profile %s: %w", s.Profile, err)
	}
	s.BasePath = p.BasePath
	if s.BasePath == "" {
		s.BasePath = "/api/auth"
	}
	if p.Harness.Redis && s.RedisURL == "" {
		if s.Redis, err = StartRedis(s.RedisPort); err != nil {
			return "", err
		}
	}
	if raw, err = withoutPlugins(raw, s.Without); err != nil {
		return "", fmt.Errorf("read profile %s: %w", s.Profile, err)
	}
	provider := "http://127.0.0.1:9" // answers nobody
	if p.Harness.Identity {
		if s.Identity, err = identity.Start(); err != nil {
			return "", err
		}
		provider = identity.Issuer
	}
	filled := strings.NewReplacer("${BASE_URL}", s.Origin(), "${FAKE_URL}", provider).Replace(string(raw))
	return target, os.WriteFile(target, []byte(filled), 0o600)
}

// withoutPlugins takes the named plugins out of a profile.
func withoutPlugins(profile []byte, names []string) ([]byte, error) {
	if len(names) == 0 {
		return profile, nil
	}
	var members map[string]json.RawMessage
	var plugins []map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(profile, &members), json.Unmarshal(members["plugins"], &plugins)); err != nil {
		return nil, err
	}
	plugins = slices.DeleteFunc(plugins, func(p map[string]json.RawMessage) bool {
		return slices.ContainsFunc(names, func(name string) bool { return string(p["id"]) == `"`+name+`"` })
	})
	var err error
	if members["plugins"], err = json.Marshal(plugins); err != nil {
		return nil, err
	}
	return json.Marshal(members)
}

// launch starts the process and returns when it answers.
func (s *Server) launch(ctx context.Context) error {
	cmd, exited := s.command(), make(chan struct{})
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env, s.output, s.output
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", s.Name, err)
	}
	s.cmd, s.exited = cmd, exited
	go func() {
		_ = cmd.Wait()
		close(exited)
	}()
	return s.awaitReady(ctx)
}

// Revive starts the process again when it is gone, on what it stored, and reports
// whether it was.
func (s *Server) Revive(ctx context.Context) (revived bool, err error) {
	const grace = 200 * time.Millisecond
	select {
	case <-s.exited:
		return true, s.launch(ctx)
	case <-time.After(grace):
		return false, nil
	}
}

func (s *Server) awaitReady(ctx context.Context) error {
	deadline := time.Now().Add(startTimeout)
	for time.Now().Before(deadline) {
		res, err := wire.Do(ctx, s.Addr(), wire.Request{Method: "GET", Target: s.BasePath + "/ok"})
		if err == nil && res.Status == 200 {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("%s (%s, profile %s) stopped at once:\n%s", s.Name, s.Kind, s.Profile, s.output.String())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return fmt.Errorf("%s (%s, profile %s) did not answer within %s:\n%s", s.Name, s.Kind, s.Profile, startTimeout, s.output.String())
}

// Origin is the origin that the server takes for its own.
func (s *Server) Origin() string {
	return cmp.Or(s.BaseURL, fmt.Sprintf("http://localhost:%d", s.Port))
}

// Addr is where to connect.
func (s *Server) Addr() string { return fmt.Sprintf("127.0.0.1:%d", s.Port) }

// Output is what the process printed so far.
func (s *Server) Output() string { return s.output.String() }

// Stop ends the process, by force after a while, and closes what belongs to it.
func (s *Server) Stop() {
	if s.DB != nil {
		s.DB.Close()
	}
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-s.exited:
		case <-time.After(stopTimeout):
			_ = s.cmd.Process.Kill()
			<-s.exited
		}
	}
	if s.Redis != nil {
		s.Redis.Close()
	}
	if s.Identity != nil {
		s.Identity.Close()
	}
}

// lockedBuffer collects a process's output while others read it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
