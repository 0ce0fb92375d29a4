package tests

import (
	_ "embed"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/pgx"
	"github.com/goauth-dev/goauth/sqlx"
)

// The statements of upstream on PostgreSQL and MySQL, by variant.
//
//go:embed testdata/upstream.postgres.json
var upstreamPostgres []byte

//go:embed testdata/upstream.mysql.json
var upstreamMySQL []byte

// golden returns upstream's statements on a server.
func (s server) golden(t testing.TB, variant string) []string {
	t.Helper()
	text := upstreamPostgres
	if s.name == mysqlServer.name {
		text = upstreamMySQL
	}
	var all map[string]string
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(all[variant], ";"), ";\n\n")
}

var inlineReference = regexp.MustCompile("(`[^`]+`) ([^,]*?)( references `[^`]+` \\(`[^`]+`\\) on delete (?:cascade|set null))")

// ourMySQL is upstream's statement with what we do differently there: foreign keys are constraints of the table, because
// MySQL ignores those of columns, and new tables compare texts by bytes (GAP-006).
func ourMySQL(statement, collation string) string {
	body, create := strings.CutPrefix(statement, "create table ")
	if !create {
		return statement
	}
	var keys []string
	body = inlineReference.ReplaceAllStringFunc(body, func(column string) string {
		m := inlineReference.FindStringSubmatch(column)
		keys = append(keys, "foreign key ("+m[1]+")"+m[3])
		return m[1] + " " + m[2]
	})
	if len(keys) > 0 {
		body = strings.TrimSuffix(body, ")") + ", " + strings.Join(keys, ", ") + ")"
	}
	return "create table " + body + " default character set utf8mb4 collate " + collation
}

// bytesCollation is the server's collation that compares by bytes and does not pad.
func bytesCollation(t *testing.T) string {
	t.Helper()
	var name string
	err := openPool(t, "mysql", mysqlDSN()).QueryRowContext(t.Context(), `select min(collation_name) from information_schema.collations
		where collation_name in ('utf8mb4_0900_bin', 'utf8mb4_nopad_bin')`).Scan(&name)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestPlanIsUpstreamsStatementsOnEveryServer(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, s server) {
		place := s.place(t)
		for name := range variants(t) {
			want := s.golden(t, name)
			if s.name == mysqlServer.name {
				for i := range want {
					want[i] = ourMySQL(want[i], bytesCollation(t))
				}
			}
			p := planned(t, s.open(t, place), schemaOf(t, name))
			if d := cmp.Diff(want, p.Statements()); d != "" {
				t.Errorf("%s (-upstream +ours):\n%s", name, d)
			}
		}
	})
}

// standAlone are the variants whose tables refer to no other.
var standAlone = []string{"serial", "uuid", "renamed", "plugins"}

func TestADatabaseThatANodeServerMadeIsUpToDate(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, s server) {
		for _, name := range standAlone {
			db := s.nodeMade(t, s.place(t), name)
			wantUpToDate(t, db, schemaOf(t, name))
		}
	})
}

// nodeMade opens a place after running upstream's own statements in it.
func (s server) nodeMade(t testing.TB, place, variant string) *sqlx.Database {
	t.Helper()
	pool := s.pool(t, place)
	for _, statement := range s.golden(t, variant) {
		if _, err := pool.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%v in %s", err, statement)
		}
	}
	return s.wrap(pool)
}

func TestApplyOnServers(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, s server) {
		for _, name := range standAlone {
			db, sch := s.fresh(t), schemaOf(t, name)
			apply(t, db, sch)
			wantUpToDate(t, db, sch)
		}
		t.Run("once however many processes start", func(t *testing.T) {
			place, sch := s.place(t), schemaOf(t, "plugins")
			var group sync.WaitGroup
			for range 6 {
				db := s.open(t, place)
				p := planned(t, db, sch)
				group.Go(func() {
					if err := p.Apply(t.Context()); err != nil {
						t.Errorf("apply: %v", err)
					}
				})
			}
			group.Wait()
			wantUpToDate(t, s.open(t, place), sch)
		})
	})
}

// TestAPluginsColumnsComeToANodeServersTables adds what plugins need to tables that upstream made, and that have rows.
func TestAPluginsColumnsComeToANodeServersTables(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, s server) {
		db := s.nodeMade(t, s.place(t), "core")
		core := migrated(t, db, schemaOf(t, "core"))
		for _, id := range []string{"u1", "u2"} {
			if _, err := core.Insert(t.Context(), "user", user(id)); err != nil {
				t.Fatal(err)
			}
		}
		sch := schemaOf(t, "plugins")
		apply(t, db, sch)
		wantUpToDate(t, db, sch)
		checkUnique(t, db, sch)
		required := extended(t, schema.Field{Name: "active", Type: schema.Boolean, Default: true})
		apply(t, db, required)
		a := migrated(t, db, required)
		if rec, err := a.FindOne(t.Context(), store.Query{Model: "user"}); err != nil || rec["active"] != true {
			t.Errorf("the row that was there has %v, %v, want the default", rec["active"], err)
		}
		p := planned(t, db, extended(t, schema.Field{Name: "badge", Type: schema.String, Required: option.On}))
		if err := p.Apply(t.Context()); err == nil || len(p.Problems) == 0 {
			t.Errorf("a column that rows cannot have was added: %v", err)
		}
	})
}

func TestUndoTakesAPlanBack(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, s server) {
		place := s.place(t)
		db, pool := s.open(t, place), s.pool(t, place)
		apply(t, db, schemaOf(t, "core"))
		p := planned(t, db, schemaOf(t, "plugins"))
		before := p.SQL()
		if err := p.Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, statement := range p.Undo() {
			if _, err := pool.ExecContext(t.Context(), statement); err != nil {
				t.Fatalf("%v in %s", err, statement)
			}
		}
		if d := cmp.Diff(before, planned(t, db, schemaOf(t, "plugins")).SQL()); d != "" {
			t.Errorf("what is missing again (-before +after):\n%s", d)
		}
	})
}

// TestGAP006_TablesOfANodeServerCompareByBytes looks tokens and identifiers up in tables whose own collation takes "a" and
// "A" for the same, and pads.
func TestGAP006_TablesOfANodeServerCompareByBytes(t *testing.T) {
	db := mysqlServer.nodeMade(t, mysqlPlace(t), "core")
	a := migrated(t, db, schemaOf(t, "core"))
	insert := func(model string, rec store.Record) {
		if _, err := a.Insert(t.Context(), model, rec); err != nil {
			t.Fatal(err)
		}
	}
	insert("user", user("u1"))
	insert("session", store.Record{"id": "s1", "token": "AbCdEf", "userId": "u1", "expiresAt": now, "createdAt": now, "updatedAt": now})
	insert("verification", store.Record{"id": "v1", "identifier": "Reset:É", "value": "v", "expiresAt": now, "createdAt": now, "updatedAt": now})
	for _, c := range []struct{ model, field, stored string }{{"session", "token", "AbCdEf"}, {"verification", "identifier", "Reset:É"}} {
		for _, text := range []string{strings.ToLower(c.stored), strings.ToUpper(c.stored) + " ", c.stored + " ", strings.ReplaceAll(c.stored, "É", "E")} {
			if text == c.stored {
				continue
			}
			for _, where := range []store.Where{{store.Is(c.field, text)}, {{Field: c.field, Op: store.In, Value: []string{text, "none"}}}} {
				if rec, err := a.FindOne(t.Context(), store.Query{Model: c.model, Where: where}); err != nil || rec != nil {
					t.Errorf("%s: %q found %v, %v", c.field, text, rec, err)
				}
				if rec, err := a.Consume(t.Context(), c.model, where, nil); err != nil || rec != nil {
					t.Errorf("%s: %q consumed %v, %v", c.field, text, rec, err)
				}
			}
			if n, err := a.Count(t.Context(), c.model, store.Where{{Field: c.field, Op: store.Ne, Value: text}}); err != nil || n != 1 {
				t.Errorf("%s: %d rows differ from %q, %v, want 1", c.field, n, text, err)
			}
		}
		if rec, err := a.FindOne(t.Context(), store.Query{Model: c.model, Where: store.Where{store.Is(c.field, c.stored)}}); err != nil || rec == nil {
			t.Errorf("%s: the stored text was not found: %v", c.field, err)
		}
	}
}

func TestPlanWarnsOnMySQLOfDatesThatChangeByThemselvesAndOfALaxServer(t *testing.T) {
	place := mysqlPlace(t)
	db := mysqlServer.nodeMade(t, place, "core")
	run(t, "mysql", place, "alter table session modify expiresAt timestamp(3) not null default current_timestamp(3) on update current_timestamp(3)")
	if p := planned(t, db, schemaOf(t, "core")); !slices.ContainsFunc(p.Warnings, func(w string) bool { return strings.Contains(w, `"expiresAt" of "session" changes by itself`) }) {
		t.Errorf("no warning of a session's end that moves: %q", p.Warnings)
	}
	config, err := mysql.ParseDSN(place)
	if err != nil {
		t.Fatal(err)
	}
	config.Params = map[string]string{"sql_mode": "''"}
	if p := planned(t, mysqlServer.open(t, config.FormatDSN()), schemaOf(t, "core")); !slices.ContainsFunc(p.Warnings, func(w string) bool { return strings.Contains(w, "not strict") }) {
		t.Errorf("no warning of a server that cuts texts: %q", p.Warnings)
	}
}

// nodeURL is how upstream.mjs reaches a place.
func (s server) nodeURL(t testing.TB, place string) string {
	t.Helper()
	if s.isPostgres() {
		return strings.Replace(place, "postgresql://", "postgres://", 1)
	}
	config, err := mysql.ParseDSN(place)
	if err != nil {
		t.Fatal(err)
	}
	u := url.URL{Scheme: "mysql", User: url.UserPassword(config.User, config.Passwd), Host: config.Addr, Path: "/" + config.DBName}
	return u.String()
}

func TestUpstreamAndWeHaveNothingToDoOnEachOthersServers(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, s server) {
		for _, name := range []string{"core", "serial", "uuid", "rateLimit", "renamed", "plugins"} {
			t.Run(name, func(t *testing.T) {
				ours, sch := s.place(t), schemaOf(t, name)
				apply(t, s.open(t, ours), sch)
				if s.isPostgres() { // the log of ended sessions is nobody else's business
					run(t, "pgx", ours, pgx.RevocationsSQL)
					wantUpToDate(t, s.open(t, ours), sch)
				}
				if got := upstream(t, "plan", name, s.nodeURL(t, ours)); got != ";\n" {
					t.Errorf("upstream would still do: %s", got)
				}
				its := s.place(t)
				upstream(t, "apply", name, s.nodeURL(t, its))
				wantUpToDate(t, s.open(t, its), sch)
			})
		}
	})
}
