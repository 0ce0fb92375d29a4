package tests

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/sqlx"
)

// upstreamJSON is what testdata/upstream.mjs printed: for each variant of the options upstream's tables and statements.
//
//go:embed testdata/upstream.json
var upstreamJSON []byte

type variant struct {
	IDs    string
	Tables []struct {
		Model, Name string
		Order       int
		Fields      []struct {
			Name, Column, Type                        string
			Enum                                      []string
			Required, Unique, Index, Sortable, BigInt *bool
			Made                                      bool // by a function, when a row is created
			References                                *schema.Reference
		}
	}
	SQL string
}

func variants(t testing.TB) map[string]variant {
	t.Helper()
	var all map[string]variant
	if err := json.Unmarshal(upstreamJSON, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// schemaOf builds the schema of a variant.
func schemaOf(t testing.TB, name string) *schema.Schema {
	t.Helper()
	v, ok := variants(t)[name]
	if !ok {
		t.Fatalf("no variant %q", name)
	}
	var tables []*schema.Table
	for _, vt := range v.Tables {
		st := &schema.Table{Model: vt.Model, Name: vt.Name, Order: vt.Order}
		for _, f := range vt.Fields {
			sf := schema.Field{Name: f.Name, Column: f.Column, Type: schema.Type(f.Type), Enum: f.Enum, References: f.References,
				Unique: isTrue(f.Unique), Index: isTrue(f.Index), Sortable: isTrue(f.Sortable), BigInt: isTrue(f.BigInt)}
			if f.Made {
				sf.Default = func() any { return now }
			}
			if f.Required != nil {
				sf.Required = option.Of(*f.Required)
			}
			st.Fields = append(st.Fields, sf)
		}
		tables = append(tables, st)
	}
	ids := map[string]schema.IDKind{"text": schema.TextID, "serial": schema.SerialID, "uuid": schema.UUIDID}[v.IDs]
	s, err := schema.New(ids, tables)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func isTrue(b *bool) bool { return b != nil && *b }

func planned(t testing.TB, db *sqlx.Database, s *schema.Schema) *sqlx.Plan {
	t.Helper()
	p, err := db.Plan(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func apply(t testing.TB, db *sqlx.Database, s *schema.Schema) {
	t.Helper()
	if err := planned(t, db, s).Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func wantUpToDate(t testing.TB, db *sqlx.Database, s *schema.Schema) {
	t.Helper()
	p := planned(t, db, s)
	if !p.Empty() || len(p.Warnings)+len(p.Problems) > 0 || p.SQL() != ";" {
		t.Errorf("not up to date:\n%s%s", p, p.SQL())
	}
}

func TestPlanIsUpstreamsStatementsByteForByte(t *testing.T) {
	for name, v := range variants(t) {
		t.Run(name, func(t *testing.T) {
			db, s := openFile(t, filepath.Join(t.TempDir(), "auth.db")), schemaOf(t, name)
			p := planned(t, db, s)
			if d := cmp.Diff(strings.Split(v.SQL, ";\n\n"), strings.Split(p.SQL(), ";\n\n")); d != "" {
				t.Errorf("statements (-upstream +ours):\n%s", d)
			}
			if err := p.Apply(t.Context()); err != nil {
				t.Fatal(err)
			}
			wantUpToDate(t, db, s)
		})
	}
}

func TestPlanAddsWhatPluginsNeedToExistingTables(t *testing.T) {
	db := openFile(t, filepath.Join(t.TempDir(), "auth.db"))
	core := migrated(t, db, schemaOf(t, "core"))
	for _, id := range []string{"u1", "u2"} {
		if _, err := core.Insert(t.Context(), "user", user(id)); err != nil {
			t.Fatal(err)
		}
	}
	s := schemaOf(t, "plugins")
	p := planned(t, db, s)
	want := []string{
		`alter table "user" add column "role" text`,
		`alter table "user" add column "phoneNumber" text`,
		`create unique index "user_phoneNumber_uidx" on "user" ("phoneNumber")`,
		`alter table "user" add column "username" text`,
		`create unique index "user_username_uidx" on "user" ("username")`,
		`alter table "session" add column "activeOrganizationId" text`,
	}
	got := p.Statements()
	for _, w := range want {
		if !contains(got, w) {
			t.Errorf("missing %s in\n%s", w, p.SQL())
		}
	}
	if err := p.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantUpToDate(t, db, s)
	checkUnique(t, db, s)
}

// checkUnique shows that a unique column added to an existing table is unique.
func checkUnique(t *testing.T, db *sqlx.Database, s *schema.Schema) {
	t.Helper()
	a, err := db.Bind(s)
	if err != nil {
		t.Fatal(err)
	}
	set := store.Record{"username": "name"}
	if _, err := a.UpdateOne(t.Context(), "user", store.Where{store.Is("id", "u1")}, set); err != nil {
		t.Fatal(err)
	}
	if _, err := a.UpdateOne(t.Context(), "user", store.Where{store.Is("id", "u2")}, set); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("a second user with the name: %v, want ErrDuplicate", err)
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

func user(id string) store.Record {
	return store.Record{"id": id, "name": "N", "email": id + "@example.com", "emailVerified": false, "createdAt": now, "updatedAt": now}
}

// extended is the core schema with one more user field.
func extended(t testing.TB, f schema.Field) *schema.Schema {
	t.Helper()
	core := schemaOf(t, "core")
	var tables []*schema.Table
	for _, table := range core.Tables {
		if table.Model == "user" {
			copied := *table
			copied.Fields = append(append([]schema.Field(nil), table.Fields...), f)
			table = &copied
		}
		tables = append(tables, table)
	}
	s, err := schema.New(schema.TextID, tables)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPlanOfRequiredColumns(t *testing.T) {
	for _, c := range []struct {
		name    string
		field   schema.Field
		rows    bool
		want    string // the statement
		problem string
	}{
		{"empty table", schema.Field{Name: "x", Type: schema.Number}, false, `alter table "user" add column "x" integer not null`, ""},
		{"constant number", schema.Field{Name: "x", Type: schema.Number, Default: 7}, true, `alter table "user" add column "x" integer default 7 not null`, ""},
		{"constant bool", schema.Field{Name: "x", Type: schema.Boolean, Default: true}, true, `alter table "user" add column "x" integer default 1 not null`, ""},
		{"constant text", schema.Field{Name: "x", Type: schema.String, Default: "it's"}, true, `alter table "user" add column "x" text default 'it''s' not null`, ""},
		{"no default", schema.Field{Name: "x", Type: schema.String}, true, "", `column "x" of "user" must not be null and the table has rows`},
		{"function", schema.Field{Name: "x", Type: schema.String, Default: func() any { return "x" }}, true, "", "constant default"},
		{"unique", schema.Field{Name: "x", Type: schema.String, Unique: true, Default: "x"}, true, "", "constant default"},
		{"optional", schema.Field{Name: "x", Type: schema.String, Required: option.Off}, true, `alter table "user" add column "x" text`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := openFile(t, filepath.Join(t.TempDir(), "auth.db"))
			core := migrated(t, db, schemaOf(t, "core"))
			if c.rows {
				if _, err := core.Insert(t.Context(), "user", user("u")); err != nil {
					t.Fatal(err)
				}
			}
			s := extended(t, c.field)
			p := planned(t, db, s)
			err := p.Apply(t.Context())
			if c.problem != "" {
				if err == nil || !strings.Contains(err.Error(), c.problem) || !strings.Contains(p.String(), "problem: "+p.Problems[0]) {
					t.Errorf("apply: %v, want a problem with %q in\n%s", err, c.problem, p)
				}
				return
			}
			if d := cmp.Diff([]string{c.want}, p.Statements()); d != "" || err != nil {
				t.Errorf("apply: %v, statements (-want +got):\n%s", err, d)
			}
			wantUpToDate(t, db, s)
		})
	}
}

func TestPlanWarnsOfTypesAndMissingConstraints(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth.db")
	db := openFile(t, path)
	raw := openRaw(t, path)
	for _, stmt := range []string{
		`create table "User" ("ID" text primary key, "name" text, "email" text, "emailVerified" text, "image" text, "createdAt" date, "updatedAt" integer)`,
		`create table "session" ("token" text)`,
	} {
		if _, err := raw.ExecContext(t.Context(), stmt); err != nil {
			t.Fatal(err)
		}
	}
	p := planned(t, db, schemaOf(t, "core"))
	want := `create table account (id, accountId, providerId, userId, accessToken, refreshToken, idToken, accessTokenExpiresAt, refreshTokenExpiresAt, scope, password, createdAt, updatedAt)
create table verification (id, identifier, value, expiresAt, createdAt, updatedAt)
warning: column "email" of "user" has no unique constraint; duplicates will not be refused
warning: column "emailVerified" of "user" has the type "TEXT"; "integer" was expected
problem: table "session" has no column "id", so it is not ours; rename the model or the table
`
	if d := cmp.Diff(want, p.String()); d != "" {
		t.Errorf("plan (-want +got):\n%s", d)
	}
	if err := p.Apply(t.Context()); err == nil {
		t.Error("a plan with a problem was applied")
	}
}

func TestPlanRefusesWhatCannotBeWritten(t *testing.T) {
	db := openFile(t, filepath.Join(t.TempDir(), "auth.db"))
	for name, f := range map[string]schema.Field{
		"a type":            {Name: "x", Type: "blob"},
		"an action":         {Name: "x", Type: schema.String, References: &schema.Reference{Model: "user", Field: "id", OnDelete: "cascade; drop table user"}},
		"a column name":     {Name: "x", Column: "a?b", Type: schema.String},
		"a referred column": {Name: "x", Type: schema.String, References: &schema.Reference{Model: "user", Field: "none"}},
	} {
		if _, err := db.Plan(t.Context(), extended(t, f)); err == nil {
			t.Errorf("%s that does not exist was planned", name)
		}
	}
}

func TestApplyRunsOnceHoweverManyProcessesStart(t *testing.T) {
	path, s := filepath.Join(t.TempDir(), "auth.db"), schemaOf(t, "plugins")
	var group sync.WaitGroup
	for range 8 {
		db := openFile(t, path)
		p := planned(t, db, s)
		group.Go(func() {
			if err := p.Apply(t.Context()); err != nil {
				t.Errorf("apply: %v", err)
			}
		})
	}
	group.Wait()
	wantUpToDate(t, openFile(t, path), s)
}

func TestApplyRefusesAPlanThatIsOutOfDate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth.db")
	db := openFile(t, path)
	p := planned(t, db, schemaOf(t, "plugins"))
	apply(t, db, schemaOf(t, "core"))
	if err := p.Apply(t.Context()); !errors.Is(err, sqlx.ErrChanged) {
		t.Errorf("apply: %v, want ErrChanged", err)
	}
	wantUpToDate(t, db, schemaOf(t, "core"))
}

func TestApplyLeavesNothingWhenItFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth.db")
	db := openFile(t, path)
	raw := openRaw(t, path)
	if _, err := raw.ExecContext(t.Context(), `create table "other" ("id" text); create index "session_userId_idx" on "other" ("id")`); err != nil {
		t.Fatal(err)
	}
	p := planned(t, db, schemaOf(t, "core"))
	if err := p.Apply(t.Context()); err == nil {
		t.Fatal("the index name is taken, and the plan was applied")
	}
	if again := planned(t, db, schemaOf(t, "core")); again.SQL() != p.SQL() {
		t.Errorf("a failed migration left tables behind:\n%s", again)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Apply(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("apply with a cancelled context: %v", err)
	}
}

// upstream runs testdata/upstream.mjs where better-auth is installed.
func upstream(t *testing.T, args ...string) string {
	t.Helper()
	dir := os.Getenv("GOAUTH_BETTER_AUTH")
	if dir == "" {
		t.Skip("GOAUTH_BETTER_AUTH does not name a folder where better-auth 1.6.9 and better-sqlite3 are installed")
	}
	script, err := filepath.Abs("testdata/upstream.mjs")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", append([]string{script}, args...)...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestUpstreamHasNothingToDoOnOurDatabaseAndWeHaveNothingToDoOnIts(t *testing.T) {
	for _, name := range []string{"core", "serial", "uuid", "rateLimit", "renamed", "plugins"} {
		t.Run(name, func(t *testing.T) {
			s := schemaOf(t, name)
			ours := filepath.Join(t.TempDir(), "ours.db")
			apply(t, openFile(t, ours), s)
			if got := upstream(t, "plan", name, ours); got != ";\n" {
				t.Errorf("upstream would still do: %s", got)
			}
			its := filepath.Join(t.TempDir(), "its.db")
			upstream(t, "apply", name, its)
			wantUpToDate(t, openFile(t, its), s)
		})
	}
}
