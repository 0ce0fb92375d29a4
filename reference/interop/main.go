// Command interop proves that two servers can share one database, one Redis and one secret:
// what either issues, the other accepts. It runs every check in both directions, on
// a database that each of them created in turn: a SQLite file, and PostgreSQL and
// MySQL or MariaDB where GOAUTH_TEST_POSTGRES and GOAUTH_TEST_MYSQL name a server.
//
//	go run ./reference/interop -left upstream -right goauth
package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

// profiles cover plain sessions, each strategy of the cache cookie, one Redis, the plugins, and providers.
var profiles = []string{
	"core", "verification", "cookie-cache-compact", "cookie-cache-jwt", "cookie-cache-jwe", redisProfile,
	"two-factor", "passwordless", "passwordless-hashed", "passwordless-encrypted", "organization", "api-key", "api-key-organization", "tokens", "admin", "device",
	"social", sealedTokens,
}

// onSQLite are the profiles whose values are the same on every engine: cookies, and Redis.
var onSQLite = []string{"cookie-cache-compact", "cookie-cache-jwt", "cookie-cache-jwe", redisProfile}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	failed, err := execute(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(2)
	case failed > 0:
		os.Exit(1)
	}
}

func execute(ctx context.Context, args []string, out io.Writer) (failed int, err error) {
	flags := flag.NewFlagSet("interop", flag.ContinueOnError)
	left := flags.String("left", "upstream", "upstream or goauth")
	right := flags.String("right", "goauth", "upstream or goauth")
	port := flags.Int("port", 4210, "first of two ports to use")
	redisURL := flags.String("redis", "", "a Redis whose database is emptied, redis://host:port/db; without one the harness has its own")
	binary := flags.String("binary", "", "a conformance server that is already built")
	only := flags.String("engine", "", "sqlite, postgres or mysql; empty for all that there are")
	these := flags.String("profile", "", "profiles, comma-separated; empty for all")
	if err := flags.Parse(args); err != nil {
		return 0, err
	}
	w, err := harness.Open()
	if err != nil {
		return 0, err
	}
	defer w.Close()
	kinds := [2]harness.Kind{harness.Kind(*left), harness.Kind(*right)}
	if err := errors.Join(w.Prepare(ctx, kinds[0], *binary), w.Prepare(ctx, kinds[1], *binary)); err != nil {
		return 0, err
	}
	engines := harness.Engines()
	if *only != "" {
		engines = []string{*only}
	}
	chosen := profiles
	if *these != "" {
		chosen = strings.Split(*these, ",")
	}
	t := &tally{out: out}
	for _, engine := range engines {
		before := t.passed
		for _, profile := range chosen {
			if engine != "sqlite" && slices.Contains(onSQLite, profile) {
				continue
			}
			for first := range kinds {
				p := pair{workspace: w, engine: engine, profile: profile, creator: kinds[first], guest: kinds[1-first], port: *port, round: first, redis: *redisURL}
				if err := p.run(ctx, t); err != nil {
					return t.failed, fmt.Errorf("profile %s on %s, database made by %s: %w", profile, engine, kinds[first], err)
				}
			}
		}
		fmt.Fprintf(out, "interop on %s: %d passed\n", engine, t.passed-before)
	}
	fmt.Fprintf(out, "interop: %d passed, %d failed\n", t.passed, t.failed)
	return t.failed, nil
}

// tally counts checks and prints what failed.
type tally struct {
	out            io.Writer
	passed, failed int
}

func (t *tally) check(name string, err error) {
	if err == nil {
		t.passed++
		return
	}
	t.failed++
	fmt.Fprintf(t.out, "FAIL %s: %v\n", name, err)
}

// pair is two servers on one database: the creator migrated it, the guest joined.
type pair struct {
	workspace      *harness.Workspace
	engine         string
	profile        string
	creator, guest harness.Kind
	port, round    int
	redis          string
}

func (p pair) run(ctx context.Context, t *tally) (err error) {
	address, drop, err := harness.NewDatabase(ctx, p.engine)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	shared, err := p.share()
	if err != nil {
		return err
	}
	defer shared.close()
	name := fmt.Sprintf("%s-round%d-", p.engine, p.round)
	creator, err := p.workspace.Start(ctx, harness.Config{Kind: p.creator, Name: name + "creator", Port: p.port, Profile: p.profile, Database: address, RedisURL: shared.url})
	if err != nil {
		return err
	}
	defer creator.Stop()
	guest, err := p.workspace.Start(ctx, harness.Config{Kind: p.guest, Name: name + "guest", Port: p.port + 1, BaseURL: creator.Origin(), Profile: p.profile, Database: creator.Database, RedisURL: shared.url})
	if err != nil {
		return err
	}
	defer guest.Stop()
	for _, c := range checks {
		if !c.on(p.profile) {
			continue
		}
		for _, d := range []direction{{creator, guest}, {guest, creator}} {
			if err := errors.Join(creator.Reset(), guest.Reset(), shared.clear()); err != nil {
				return err
			}
			t.check(fmt.Sprintf("%s, %s, %s → %s, %s", p.engine, p.profile, d.issuer.Name+"="+string(d.issuer.Kind), d.other.Kind, c.name), c.run(ctx, d))
		}
	}
	return nil
}

// sharedRedis is the Redis that a pair shares; without one the url is empty.
type sharedRedis struct {
	url   string
	clear func() error
	close func()
}

// share opens the Redis of a profile that has one: the real one of the flag, or the harness's own.
func (p pair) share() (*sharedRedis, error) {
	nothing := &sharedRedis{clear: func() error { return nil }, close: func() {}}
	switch {
	case p.profile != redisProfile:
		return nothing, nil
	case p.redis != "":
		return &sharedRedis{url: p.redis, clear: func() error { return flush(p.redis) }, close: func() {}}, nil
	}
	own, err := harness.StartRedis(p.port + 2)
	if err != nil {
		return nil, err
	}
	return &sharedRedis{own.URL(), func() error { own.Clear(); return nil }, func() { own.Close() }}, nil
}

// flush empties a real Redis's database.
func flush(at string) error {
	u, err := url.Parse(at)
	if err != nil {
		return err
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "SELECT %s\r\nFLUSHDB\r\n", cmp.Or(strings.Trim(u.Path, "/"), "0")); err != nil {
		return err
	}
	in := bufio.NewReader(conn)
	for range 2 {
		if line, err := in.ReadString('\n'); err != nil || line != "+OK\r\n" {
			return fmt.Errorf("%s answered %q: %w", u.Host, line, err)
		}
	}
	return nil
}
