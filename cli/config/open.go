package config

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/goauth-dev/goauth/cli/mail"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/pgx"
	"github.com/goauth-dev/goauth/redis"
	"github.com/goauth-dev/goauth/sqlx"
)

// Migrate creates the tables, columns and indexes that the database lacks, and returns what it did, in one sentence, and
// warnings about columns that are not as expected. It removes and changes nothing.
func Migrate(ctx context.Context, db Storage, s *schema.Schema) (did string, warnings []string, err error) {
	var plan *sqlx.Plan
	for range 3 { // another process may start on the same database right now
		if plan, err = db.Plan(ctx, s); err != nil {
			break
		}
		if len(plan.Problems) > 0 {
			return "", plan.Warnings, fmt.Errorf("database: %s", strings.Join(plan.Problems, "\ndatabase: "))
		}
		if err = plan.Apply(ctx); !errors.Is(err, sqlx.ErrChanged) {
			break
		}
	}
	if err != nil {
		return "", nil, fmt.Errorf("database: %w", err)
	}
	return summary(plan), plan.Warnings, nil
}

func summary(p *sqlx.Plan) string {
	columns := 0
	for _, c := range p.Add {
		columns += len(c.Columns)
	}
	switch {
	case p.Empty():
		return ""
	case columns == 0:
		return fmt.Sprintf("created %d tables", len(p.Create))
	default:
		return fmt.Sprintf("created %d tables and added %d columns", len(p.Create), columns)
	}
}

// UseRedis makes the Redis that a URL names, "redis://…" for a server, a cluster or a sentinel group, keep sessions and verification values, with Better Auth's keys, count
// requests unless they are to be counted elsewhere, and tell instances of ended sessions when there are copies of them in
// cookies. The caller closes the result.
func UseRedis(o *auth.Options, url string, logger *slog.Logger) (io.Closer, error) {
	scheme, _, _ := strings.Cut(url, ":")
	if scheme != "redis" && scheme != "rediss" && scheme != "unix" {
		return nil, errors.New(`secondaryStorage.url: write it as "redis://host:6379/0"`)
	}
	client, err := redis.Open(url)
	if err != nil {
		return nil, fmt.Errorf("secondaryStorage.url: %w", err)
	}
	how := redis.Options{Logger: logger}
	o.SecondaryStorage = redis.NewSecondary(client, how)
	if o.RateLimit.Storage == "" || o.RateLimit.Storage == "secondary-storage" {
		o.RateLimit.Store = redis.NewRateLimits(client, how)
	}
	if o.Session.CookieCache.Enabled.Or(false) {
		o.Revocations = redis.NewRevocations(client, how)
	}
	return client, nil
}

// UseDatabaseLog makes a database that can, PostgreSQL, tell instances of ended sessions when there are copies of them in
// cookies, unless something else does already. The database keeps one table and, an instance, one connection more for it.
func UseDatabaseLog(o *auth.Options, database Storage) {
	if native, ok := database.(*pgx.Database); ok && o.Revocations == nil && o.Session.CookieCache.Enabled.Or(false) {
		o.Revocations = pgx.NewRevocations(native)
	}
}

// Mailer opens what the section says. console takes the mails of the transport "console". The caller closes the second
// result.
func (m *Mail) Mailer(console io.Writer) (mail.Mailer, io.Closer, error) {
	switch m.Transport {
	case "file":
		outbox, err := mail.OpenOutbox(m.File)
		if err != nil {
			return nil, nil, fmt.Errorf("mail.file: %w", err)
		}
		return outbox, outbox, nil
	case "smtp":
		mailer, err := m.smtp()
		if err != nil {
			return nil, nil, fmt.Errorf("mail.smtp.%w", err)
		}
		return mailer, nothing{}, nil
	default:
		return mail.NewConsole(console), nothing{}, nil
	}
}

func (m *Mail) smtp() (mail.Mailer, error) {
	s := &m.SMTP
	return mail.NewSMTP(mail.SMTPOptions{
		Host: s.Host, Port: s.Port, Security: s.Security, Username: s.Username, Password: s.Password, From: s.From,
	})
}

// Describe says in a few words where mails go.
func (m *Mail) Describe() string {
	switch m.Transport {
	case "file":
		return "the file " + m.File
	case "smtp":
		return "the mail server " + m.SMTP.Host
	default:
		return "this console"
	}
}

// nothing is a closer for what needs no closing.
type nothing struct{}

func (nothing) Close() error { return nil }
