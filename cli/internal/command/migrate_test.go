package command_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/cli/internal/command"
)

// operator runs commands in a folder of its own, on a database.
type operator struct {
	t   *testing.T
	env map[string]string
}

func newOperator(t *testing.T, databaseURL string) *operator {
	t.Helper()
	t.Chdir(t.TempDir())
	return &operator{t, map[string]string{
		"GOAUTH_DATABASE_URL": databaseURL, "BETTER_AUTH_SECRET": "a secret that is long enough for a test", "BETTER_AUTH_URL": "http://localhost:3000",
	}}
}

// run runs a command whose input is in.
func (o *operator) run(in string, args ...string) (string, error) {
	o.t.Helper()
	root := command.New(func(name string) string { return o.env[name] })
	var out bytes.Buffer
	root.SetIn(strings.NewReader(in))
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(args)
	err := root.ExecuteContext(o.t.Context())
	return out.String(), err
}

// want runs a command that must succeed and print a text.
func (o *operator) want(text, in string, args ...string) {
	o.t.Helper()
	if out, err := o.run(in, args...); err != nil || !strings.Contains(out, text) {
		o.t.Fatalf("%v: %v, without %q:\n%s", args, err, text, out)
	}
}

// fails runs a command that must fail with a text.
func (o *operator) fails(text, in string, args ...string) {
	o.t.Helper()
	if out, err := o.run(in, args...); err == nil || !strings.Contains(err.Error(), text) {
		o.t.Fatalf("%v: %v, without %q:\n%s", args, err, text, out)
	}
}

// engines are the databases to run commands on: a URL of an empty one, by name.
func engines(t *testing.T) map[string]string {
	t.Helper()
	urls := map[string]string{"SQLite": "sqlite:auth.db"}
	name := fmt.Sprintf("goauth_cli_%d", os.Getpid())
	create := func(engine, driver, dsn, url string) {
		pool, err := sql.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pool.ExecContext(t.Context(), "create database "+name); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_, _ = pool.Exec("drop database " + name)
			_ = pool.Close()
		})
		urls[engine] = url
	}
	if dsn := os.Getenv("GOAUTH_TEST_POSTGRES"); dsn != "" {
		create("PostgreSQL", "pgx", dsn, strings.Replace(dsn, "/test?", "/"+name+"?", 1))
	}
	if dsn := os.Getenv("GOAUTH_TEST_MYSQL"); dsn != "" {
		host := strings.NewReplacer("tcp(", "", ")", "").Replace(strings.SplitN(dsn, "/", 2)[0])
		create("MariaDB", "mysql", dsn, "mariadb://"+host+"/"+name)
	}
	return urls
}

func TestMigrateShowsAsksAndRemembers(t *testing.T) {
	all := engines(t)
	for _, engine := range []string{"SQLite", "PostgreSQL", "MariaDB"} {
		t.Run(engine, func(t *testing.T) {
			url, ok := all[engine]
			if !ok {
				t.Skipf("SKIPPED: no %s; see scripts/services.sh", engine)
			}
			o := newOperator(t, url)
			o.fails("run goauth migrate", "", "status", "--check")
			o.want("create table", "", "migrate", "--dry-run")
			o.want("create table user (", "", "status") // nothing was done
			o.fails("nothing was done", "", "migrate")
			o.fails("nothing was done", "n\n", "migrate")
			o.want("done\n", "y\n", "migrate")
			o.want("up to date", "", "migrate", "--yes")
			o.want("applied 1 at ", "", "status", "--check")
			o.want("-- the database is up to date", "", "generate")
			if err := os.WriteFile("goauth.yaml", []byte("user: {additionalFields: {plan: {type: string, required: false, unique: true}}}\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			o.fails("run goauth migrate", "", "status", "--check")
			o.want("add to table user: plan", "", "migrate", "--yes")
			o.want("applied 2 at ", "", "status", "--check")
		})
	}
}

func TestMigrateRefusesWhatIsNotSafe(t *testing.T) {
	o := newOperator(t, "sqlite:auth.db")
	o.want("done\n", "", "migrate", "--yes")
	db, err := sql.Open("sqlite", "file:auth.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`insert into "user" values ('u', 'n', 'e', 0, null, 0, 0)`); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("goauth.yaml", []byte("user: {additionalFields: {plan: {type: string}}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const problem = `database: column "plan" of "user" must not be null and the table has rows`
	o.fails(problem, "", "migrate", "--yes")
	o.fails(problem, "", "generate")
	o.fails("not up to date", "", "status", "--check")
}

func TestCommandsThatNeedADatabaseSayWhatIsMissing(t *testing.T) {
	o := newOperator(t, "")
	for _, args := range [][]string{{"migrate"}, {"status"}, {"generate"}} {
		o.fails("database.url: not set", "", args...)
	}
	o.fails(`unknown engine "mssql"`, "", "generate", "--empty", "mssql")
	o.fails(`--format: "flyway" is unknown`, "", "generate", "--empty", "postgres", "--format", "flyway")
	o.want("utf8mb4_nopad_bin", "", "generate", "--empty", "mariadb")
}

func TestGenerateWritesTheLayoutOfEachTool(t *testing.T) {
	o := newOperator(t, "")
	for _, c := range []struct {
		format string
		files  map[string][]string // patterns of names, and texts in the order in which they come
	}{
		{"sql", map[string][]string{"goauth.up.sql": {`create table "user"`, `create index`}, "goauth.down.sql": {`drop table "verification"`, `drop table "user"`}}},
		{"golang-migrate", map[string][]string{"2*_goauth.up.sql": {`create table "user"`}, "2*_goauth.down.sql": {`drop table "user"`}}},
		{"goose", map[string][]string{"2*_goauth.sql": {"-- +goose Up\n", `create table "user"`, "-- +goose Down\n", `drop table "user"`}}},
		{"tern", map[string][]string{"001_goauth.sql": {`create table "user"`, "---- create above / drop below ----\n", `drop table "user"`}}},
		{"atlas", map[string][]string{"2*_goauth.sql": {`create table "user"`}, "atlas.sum": {"h1:", "_goauth.sql h1:"}}},
	} {
		o.want("wrote ", "", "generate", "--empty", "postgres", "--format", c.format, "--output", c.format)
		for pattern, texts := range c.files {
			found, err := filepath.Glob(filepath.Join(c.format, pattern))
			if err != nil || len(found) != 1 {
				t.Fatalf("%s: %q finds %v, %v", c.format, pattern, found, err)
			}
			content, err := os.ReadFile(found[0])
			if err != nil {
				t.Fatal(err)
			}
			rest := string(content)
			for _, text := range texts {
				_, after, ok := strings.Cut(rest, text)
				if !ok {
					t.Errorf("%s: no %q in order in\n%s", found[0], text, content)
				}
				rest = after
			}
		}
	}
	o.want("wrote 002_goauth.sql", "", "generate", "--empty", "postgres", "--format", "tern", "--output", "tern")
	o.fails("exists", "", "generate", "--empty", "postgres", "--output", "sql")
}
