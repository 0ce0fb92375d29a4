package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that fills the database

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

// sessionsEach is how many sessions each user has on PostgreSQL.
const sessionsEach = 5

// onPostgres is a plan for growth on PostgreSQL.
func (p plan) onPostgres(users string) (plan, error) {
	if os.Getenv("GOAUTH_TEST_POSTGRES") == "" {
		return p, errors.New("-postgres needs GOAUTH_TEST_POSTGRES=postgres://user@host:port/db")
	}
	p.rounds, p.quick, p.growth = 2, 10*time.Second, nil
	for text := range strings.SplitSeq(users, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 2 {
			return p, fmt.Errorf("-users: %q is not a number of users", text)
		}
		p.growth = append(p.growth, n)
	}
	return p, nil
}

// measurePostgres measures get-session of both servers on a database of each size.
func measurePostgres(ctx context.Context, w *harness.Workspace, p plan) (*report, error) {
	if err := errors.Join(w.Prepare(ctx, harness.GoAuth, ""), w.Prepare(ctx, harness.Upstream, "")); err != nil {
		return nil, err
	}
	m := &report{}
	var err error
	if m.machine, err = describeMachine(ctx); err != nil {
		return nil, err
	}
	for _, users := range p.growth {
		if err := p.growPostgres(ctx, w, m, users); err != nil {
			return nil, fmt.Errorf("with %d users: %w", users, err)
		}
	}
	return m, nil
}

func (p plan) growPostgres(ctx context.Context, w *harness.Workspace, m *report, users int) (err error) {
	address, drop, err := harness.NewDatabase(ctx, "postgres")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	began := time.Now()
	if err := p.fillPostgres(ctx, w, address, users); err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	fmt.Fprintf(p.log, "filled with %d users and %d sessions in %s\n", users, users*sessionsEach, time.Since(began).Round(time.Second))
	g := grown{users: users, sides: map[harness.Kind]*side{harness.GoAuth: newSide(), harness.Upstream: newSide()}}
	for range p.rounds {
		for _, kind := range []harness.Kind{harness.Upstream, harness.GoAuth} {
			if err := p.sessionsOnPostgres(ctx, w, kind, address, users, g.sides[kind]); err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
		}
	}
	m.growth = append(m.growth, g)
	return nil
}

func (p plan) sessionsOnPostgres(ctx context.Context, w *harness.Workspace, kind harness.Kind, address string, users int, result *side) (err error) {
	s, err := p.start(ctx, w, kind, "core", address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	return p.one(ctx, s, kind, result, opDatabase, p.quick, func(context.Context, *server) (load, error) {
		return load{want: `"session":{`, clients: clients, request: func(n int) []byte {
			return get("/get-session", "better-auth.session_token="+signed(fmt.Sprintf("bulk-token-%d", n*stride%(users*sessionsEach))))
		}}, nil
	})
}

// fillPostgres has our server create the tables and one user, and multiplies that user, the account and the session.
func (p plan) fillPostgres(ctx context.Context, w *harness.Workspace, address string, users int) error {
	s, err := p.start(ctx, w, harness.GoAuth, "core", address)
	if err != nil {
		return err
	}
	_, err = p.ask(ctx, s, "/sign-up/email", fmt.Sprintf(person, 0))
	if err := errors.Join(err, s.stop()); err != nil {
		return err
	}
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // the first statement is about the connection
	for _, statement := range multiplyPostgres {
		text := strings.NewReplacer("$users", strconv.Itoa(users), "$each", strconv.Itoa(sessionsEach)).Replace(statement)
		if _, err := db.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%w in %.60s", err, text)
		}
	}
	return nil
}

// multiplyPostgres copies the rows of the first user under other ids. It looks up no foreign key for each of millions of rows.
var multiplyPostgres = []string{
	`set session_replication_role = replica`,
	`update session set token = 'bulk-token-0'`,
	`insert into session (id, token, "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
		select 'bulk-session-' || i, 'bulk-token-' || i, case when i % $users = 0 then s."userId" else 'bulk-user-' || i % $users end,
			s."expiresAt", s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"
		from generate_series(1, $users * $each - 1) i, (select * from session limit 1) s`,
	`insert into account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
		select 'bulk-account-' || i, 'bulk-user-' || i, a."providerId", 'bulk-user-' || i, a.password, a."createdAt", a."updatedAt"
		from generate_series(1, $users - 1) i, (select * from account limit 1) a`,
	`insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt", nickname, plan, newsletter)
		select 'bulk-user-' || i, u.name, 'ada' || i || '@example.com', u."emailVerified", u."createdAt", u."updatedAt", u.nickname, u.plan, u.newsletter
		from generate_series(1, $users - 1) i, (select * from "user" limit 1) u`,
	`vacuum analyze`,
}

// renderPostgres returns what was measured on PostgreSQL, in Markdown.
func (m *report) renderPostgres() string {
	var b strings.Builder
	if m.date != "" {
		fmt.Fprintf(&b, "Measured on %s: %s.\n", m.date, m.machine)
	} else {
		fmt.Fprintf(&b, "Measured on %s.\n", m.machine)
	}
	fmt.Fprintf(&b, "Again: `go run ./reference/bench -postgres`.\n\n"+
		"%d clients ask for sessions that lie far apart, %d for each user, on one PostgreSQL that both servers use in turn. Each server is\n"+
		"on one processor and the load on another; PostgreSQL is on both. CPU is the server's own, without PostgreSQL's.\n\n"+
		"| get-session | users | sessions | requests/s | CPU a request | p50 | p99 |\n|---|---:|---:|---:|---:|---:|---:|\n", clients, sessionsEach)
	for _, kind := range []harness.Kind{harness.Upstream, harness.GoAuth} {
		for _, g := range m.growth {
			o := g.sides[kind].best[opDatabase]
			fmt.Fprintf(&b, "| %s | %d | %d | %s | %s | %s | %s |\n", kind, g.users, g.users*sessionsEach, rate(o.perSecond()), short(o.cpuPerRequest()), short(o.p50), short(o.p99))
		}
	}
	b.WriteString("\n")
	if first, last := m.growth[0], m.growth[len(m.growth)-1]; first.users != last.users {
		for _, kind := range []harness.Kind{harness.Upstream, harness.GoAuth} {
			few, many := first.sides[kind].best[opDatabase], last.sides[kind].best[opDatabase]
			fmt.Fprintf(&b, "%s: with %d users the p99 is %.2f times that with %d, the p50 %.2f times.\n", kind, last.users,
				many.p99.Seconds()/few.p99.Seconds(), first.users, many.p50.Seconds()/few.p50.Seconds())
		}
		theirs, ours := last.sides[harness.Upstream].best[opDatabase], last.sides[harness.GoAuth].best[opDatabase]
		fmt.Fprintf(&b, "With %d users goauth answers %s as many requests with %s less CPU each.\n", last.users,
			times(ours.perSecond(), theirs.perSecond()), times(theirs.cpuPerRequest().Seconds(), ours.cpuPerRequest().Seconds()))
	}
	return b.String()
}
