package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/goauth-dev/goauth/reference/internal/harness"
	_ "modernc.org/sqlite" // the driver that fills the database
)

// grown is what both servers did with a number of users.
type grown struct {
	users int
	sides map[harness.Kind]*side
}

// stride is how requests walk over the users: a prime, so that all are met, far apart.
const stride = 7_368_787

// grow fills one database and measures both servers on it.
func (p plan) grow(ctx context.Context, w *harness.Workspace, m *report, users int) error {
	database := filepath.Join(w.Scratch, fmt.Sprintf("growth-%d.sqlite", users))
	if err := p.fill(ctx, w, database, users); err != nil {
		return fmt.Errorf("fill a database with %d users: %w", users, err)
	}
	g := grown{users: users, sides: map[harness.Kind]*side{harness.GoAuth: newSide(), harness.Upstream: newSide()}}
	for range p.rounds {
		for _, kind := range []harness.Kind{harness.Upstream, harness.GoAuth} {
			if err := p.growOne(ctx, w, kind, database, users, g.sides[kind]); err != nil {
				return fmt.Errorf("%s with %d users: %w", kind, users, err)
			}
		}
	}
	m.growth = append(m.growth, g)
	return nil
}

func (p plan) growOne(ctx context.Context, w *harness.Workspace, kind harness.Kind, database string, users int, result *side) (err error) {
	s, err := p.start(ctx, w, kind, "core", database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	fmt.Fprintf(p.log, "with %d users\n", users)
	sessions := func(context.Context, *server) (load, error) {
		return load{want: `"session":{`, clients: clients, request: func(n int) []byte {
			return get("/get-session", "better-auth.session_token="+signed(fmt.Sprintf("bulk-token-%d", n*stride%users)))
		}}, nil
	}
	signIns := func(context.Context, *server) (load, error) {
		return load{want: `"token":"`, clients: hashedClients, request: func(n int) []byte {
			return post(p.port, "/sign-in/email", fmt.Sprintf(person, n*stride%users))
		}}, nil
	}
	return errors.Join(
		p.one(ctx, s, kind, result, opDatabase, p.quick, sessions),
		p.one(ctx, s, kind, result, opSignIn, p.slow, signIns))
}

// signed is the value of a signed cookie.
func signed(value string) string {
	mac := hmac.New(sha256.New, []byte(harness.Secret))
	mac.Write([]byte(value))
	return url.QueryEscape(value + "." + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// fill has our server create the tables and one user, and multiplies that user, the account and the session.
func (p plan) fill(ctx context.Context, w *harness.Workspace, database string, users int) error {
	s, err := p.start(ctx, w, harness.GoAuth, "core", database)
	if err != nil {
		return err
	}
	_, err = p.ask(ctx, s, "/sign-up/email", fmt.Sprintf(person, 0))
	if err := errors.Join(err, s.stop()); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+database+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)")
	if err != nil {
		return err
	}
	for _, statement := range multiply {
		if _, err := db.ExecContext(ctx, statement, sql.Named("users", users)); err != nil {
			return errors.Join(err, db.Close())
		}
	}
	return db.Close()
}

// multiply copies the rows of the first user under other ids. The first user's session becomes number 0. It does not end
// with ANALYZE, after which SQLite prepares a statement again whenever it is bound: twice the time, on ours.
var multiply = []string{
	`update session set token = 'bulk-token-0' where @users > 0`,
	`insert into user (id, name, email, emailVerified, createdAt, updatedAt, nickname, plan, newsletter)
		with recursive n(i) as (select 1 union all select i + 1 from n where i + 1 < @users)
		select 'bulk-user-' || i, name, 'ada' || i || '@example.com', emailVerified, createdAt, updatedAt, nickname, plan, newsletter
		from n, (select * from user limit 1)`,
	`insert into account (id, accountId, providerId, userId, password, createdAt, updatedAt)
		with recursive n(i) as (select 1 union all select i + 1 from n where i + 1 < @users)
		select 'bulk-account-' || i, 'bulk-user-' || i, providerId, 'bulk-user-' || i, password, createdAt, updatedAt
		from n, (select * from account limit 1)`,
	`insert into session (id, token, userId, expiresAt, createdAt, updatedAt, ipAddress, userAgent)
		with recursive n(i) as (select 1 union all select i + 1 from n where i + 1 < @users)
		select 'bulk-session-' || i, 'bulk-token-' || i, 'bulk-user-' || i, expiresAt, createdAt, updatedAt, ipAddress, userAgent
		from n, (select * from session limit 1)`,
}
