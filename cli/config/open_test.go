package config_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/cli/mail"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
)

func TestDatabasesThatCannotBeOpenedAreExplained(t *testing.T) {
	for url, want := range map[string]string{
		"goauth.db":                                `database.url: write it as "sqlite:PATH", for example "sqlite:goauth.db"`,
		"sqlite:":                                  `database.url: write it as "sqlite:PATH", for example "sqlite:goauth.db"`,
		"mongodb://u:pw@h/db":                      `database.url: the engine "mongodb" is unknown; use "sqlite:PATH", "postgres://…" or "mysql://…"`,
		"postgres:db":                              `database.url: write it as "postgres://user:password@host:port/database", special characters percent-encoded`,
		"mysql://u:p%zz@h/db":                      `database.url: write it as "mysql://user:password@host:port/database", special characters percent-encoded`,
		"postgres://u:hunter2@h:1":                 `database.url: write it as "postgres://user:password@host:port/database", special characters percent-encoded`,
		"postgres://u:hunter2@h/x?sslmode=maybe":   "database.url: PostgreSQL's driver does not accept it; check its parameters",
		"mysql://u:hunter2@h/x?timeout=maybe":      "database.url: MySQL's driver does not accept its parameters",
		"postgres://u:hunter2@h/x?pool_max_conns=": "",
		"mysql://u:hunter2@h/x?pool_max_conns=0":   "database.url: pool_max_conns must be a number from 1",
	} {
		db, err := config.OpenDatabase(url)
		if got := fmt.Sprint(err); got != want && (want != "" || err != nil) {
			t.Errorf("%s: got %v", url, err)
		}
		if db != nil {
			_ = db.Close()
		}
	}
}

func tables(fields ...schema.Field) []*schema.Table {
	return []*schema.Table{{Model: "user", Name: "user", Fields: append(schema.Fields{{Name: "email", Type: schema.String}}, fields...)}}
}

func TestMigrateCreatesAndExtends(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "a b%20?.db")
	for _, tt := range []struct {
		fields []schema.Field
		want   string
	}{
		{nil, "created 1 tables"},
		{nil, ""},
		{[]schema.Field{{Name: "plan", Type: schema.String}}, "created 0 tables and added 1 columns"},
	} {
		db, err := config.OpenDatabase(url)
		if err != nil {
			t.Fatal(err)
		}
		s, err := schema.New(schema.TextID, tables(tt.fields...))
		if err != nil {
			t.Fatal(err)
		}
		did, warnings, err := config.Migrate(t.Context(), db, s)
		if err != nil || did != tt.want || len(warnings) > 0 {
			t.Errorf("did %q, warns %v, fails %v; want %q", did, warnings, err, tt.want)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestMigrateSaysWhyAFileIsNoDatabase(t *testing.T) {
	db, err := config.OpenDatabase("sqlite:" + filepath.Join(t.TempDir(), "missing", "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	s, err := schema.New(schema.TextID, tables())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := config.Migrate(t.Context(), db, s); err == nil || !strings.HasPrefix(err.Error(), "database: ") {
		t.Errorf("got %v", err)
	}
}

func TestSecondaryStorageURLsAreChecked(t *testing.T) {
	for url, want := range map[string]string{
		"localhost:6379":                                       `secondaryStorage.url: write it as "redis://host:6379/0"`,
		"redis://u:pw@h:x/0":                                   "secondaryStorage.url: ",
		"redis://u:pw@h/1?addr=h2:1":                           "secondaryStorage.url: redis: a cluster has no numbered databases",
		"redis://u:pw@h?addr=pw@h2":                            "secondaryStorage.url: redis: the URL of a cluster is not valid",
		"redis://h?master_name=m&password=pw@x&y=":             "secondaryStorage.url: redis: the URL of a sentinel group is not valid",
		"redis://h?master_name=m&password=pw@x&replica_only=1": "secondaryStorage.url: redis: the URL must not send reads to replicas",
	} {
		var o auth.Options
		_, err := config.UseRedis(&o, url, slog.Default())
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "pw@") {
			t.Errorf("%s: got %v", url, err)
		}
	}
}

func TestRedisTakesWhatItCanDo(t *testing.T) {
	for _, tt := range []struct {
		counting            string
		cache               option.Toggle
		counts, revocations bool
	}{
		{"", option.Unset, true, false},
		{"secondary-storage", option.On, true, true},
		{"database", option.On, false, true},
		{"memory", option.Off, false, false},
	} {
		var o auth.Options
		o.RateLimit.Storage, o.Session.CookieCache.Enabled = tt.counting, tt.cache
		closer, err := config.UseRedis(&o, "redis://localhost:6379/0", slog.Default())
		if err != nil {
			t.Fatal(err)
		}
		if o.SecondaryStorage == nil || (o.RateLimit.Store != nil) != tt.counts || (o.Revocations != nil) != tt.revocations {
			t.Errorf("%+v: counts %t, revocations %t", tt, o.RateLimit.Store != nil, o.Revocations != nil)
		}
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestRedisIsAServerAClusterOrASentinelGroup(t *testing.T) {
	for url, want := range map[string]string{
		"redis://u:p@localhost:1/2":                                  "Redis<localhost:1 db:2>",
		"redis://u:p@localhost:1?addr=localhost:2":                   "*redis.ClusterClient",
		"rediss://localhost:1/3?master_name=m&addr=b:2&password=p@x": "Redis<FailoverClient db:3>",
	} {
		var o auth.Options
		closer, err := config.UseRedis(&o, url, slog.Default())
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if got := fmt.Sprintf("%T %v", closer, closer); !strings.Contains(got, want) {
			t.Errorf("%s: opened %.100s, want %s", url, got, want)
		}
		_ = closer.Close()
	}
}

func TestPostgreSQLIsTheLogWhereNothingElseIs(t *testing.T) {
	for _, tt := range []struct {
		url   string
		cache option.Toggle
		redis bool
		want  string
	}{
		{"postgres://u@localhost:1/db", option.On, false, "*pgx.revocations"},
		{"postgres://u@localhost:1/db", option.On, true, "*redis.revocations"},
		{"postgres://u@localhost:1/db", option.Off, false, "<nil>"},
		{"postgresql://u@localhost:1/db", option.Unset, false, "<nil>"},
		{"mysql://u@localhost:1/db", option.On, false, "<nil>"},
		{"sqlite:" + filepath.Join(t.TempDir(), "x.db"), option.On, false, "<nil>"},
	} {
		var o auth.Options
		o.Session.CookieCache.Enabled = tt.cache
		db, err := config.OpenDatabase(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		if tt.redis {
			closer, err := config.UseRedis(&o, "redis://localhost:1/0", slog.Default())
			if err != nil {
				t.Fatal(err)
			}
			defer closer.Close()
		}
		config.UseDatabaseLog(&o, db)
		if got := fmt.Sprintf("%T", o.Revocations); got != tt.want {
			t.Errorf("%s, cache %v, Redis %t: the log is %s, want %s", tt.url, tt.cache, tt.redis, got, tt.want)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestMailersAreOpenedByTransport(t *testing.T) {
	var console bytes.Buffer
	file := filepath.Join(t.TempDir(), "outbox.jsonl")
	for _, tt := range []struct {
		section config.Mail
		says    string
	}{
		{config.Mail{}, "this console"},
		{config.Mail{Transport: "file", File: file}, "the file " + file},
		{config.Mail{Transport: "smtp", SMTP: config.SMTP{Host: "mail.example.com", From: "a@b.c"}}, "the mail server mail.example.com"},
	} {
		mailer, closer, err := tt.section.Mailer(&console)
		if err != nil {
			t.Fatal(err)
		}
		if got := tt.section.Describe(); got != tt.says {
			t.Errorf("says %q", got)
		}
		if tt.section.Transport != "smtp" {
			if err := mailer.Send(t.Context(), mail.Message{To: "a@b.c", Subject: "x"}); err != nil {
				t.Error(err)
			}
		}
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}
	if !strings.HasPrefix(console.String(), "mail to a@b.c: x\n") {
		t.Errorf("the console has %q", console.String())
	}
}
