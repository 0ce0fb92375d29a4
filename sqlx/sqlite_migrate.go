package sqlx

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"

	jmoiron "github.com/jmoiron/sqlx"

	"github.com/goauth-dev/goauth/core/schema"
)

var sqliteTypes = columnTypes{boolean: "integer", date: "date", json: "text", id: "text", uuid: "text"}

func (sqlite) columnTypes() *columnTypes { return &sqliteTypes }

func (sqlite) idSpec(ids schema.IDKind) string {
	return sqliteTypes.idType(ids) + " not null primary key"
}

func (sqlite) timeDefault() string       { return "" }
func (sqlite) boolLiteral(b bool) string { return strconv.Itoa(boolInt(b)) }
func (sqlite) addsUnique() bool          { return false }
func (sqlite) foreignKeys() bool         { return false }

func (sqlite) textPlace() string { return "?" }

func (sqlite) ledger() string {
	return "create table " + LedgerTable + " (id integer not null primary key, applied_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), digest text not null, statements text not null)"
}

func (d sqlite) dropIndex(index, _ string) string { return "drop index " + d.quote(index) }

// fits accepts what we create and what upstream accepts.
func (sqlite) fits(dataType string, f *schema.Field, ids schema.IDKind) bool {
	base, _, _ := strings.Cut(strings.ToLower(dataType), "(")
	base = strings.TrimSpace(base)
	made := sqliteTypes.of(f, ids)
	if base == made {
		return true
	}
	switch made {
	case "integer", "bigint":
		return base == "integer" || base == "bigint" || base == "real" && f.Type == schema.Number || base == "boolean" && f.Type == schema.Boolean
	case "date":
		return base == "integer"
	default:
		return base == "json" && f.Type != schema.String
	}
}

// sqliteColumns lists every column of every table, and whether a unique constraint or index covers it alone.
const sqliteColumns = `select m.name as "table", c.name as "column", c.type as "type",
	c.pk > 0 or exists (
		select 1 from pragma_index_list(m.name) as l
		where l."unique" and not l.partial
		and (select count(*) from pragma_index_info(l.name)) = 1
		and (select i.name from pragma_index_info(l.name) as i) = c.name
	) as "unique"
from sqlite_master as m, pragma_table_info(m.name) as c
where m.type in ('table', 'view') and m.name not like 'sqlite\_%' escape '\'`

func (sqlite) introspect(ctx context.Context, q jmoiron.QueryerContext) (*liveSchema, error) {
	var rows []struct {
		Table, Column, Type string
		Unique              bool
	}
	if err := jmoiron.SelectContext(ctx, q, &rows, sqliteColumns); err != nil {
		return nil, err
	}
	live := &liveSchema{tables: make(map[string]liveTable), tableKey: lowerASCII, columnKey: lowerASCII}
	for _, r := range rows {
		live.add(r.Table, r.Column, liveColumn{dataType: r.Type, unique: r.Unique})
	}
	return live, nil
}

// exclusively holds SQLite's write lock, whatever way of beginning the pool is set to.
func (sqlite) exclusively(ctx context.Context, db *Database, fn func(ctx context.Context, conn migrationConn) error) (err error) {
	conn, err := db.writer.Connx(ctx)
	if err != nil {
		return fmt.Errorf("sqlx: migrate: %w", err)
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	err = db.retry(ctx, func() error {
		_, err := conn.ExecContext(ctx, "begin immediate")
		return err
	})
	if err != nil {
		return fmt.Errorf("sqlx: migrate: begin: %w", err)
	}
	done := false
	defer func() {
		if done {
			return
		}
		if _, failed := conn.ExecContext(context.WithoutCancel(ctx), "rollback"); failed != nil {
			_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // do not return it to the pool
		}
	}()
	if err := fn(ctx, conn); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "commit"); err != nil {
		return fmt.Errorf("sqlx: migrate: commit: %w", err)
	}
	done = true
	return nil
}
