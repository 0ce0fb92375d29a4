package sqlx

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	jmoiron "github.com/jmoiron/sqlx"

	"github.com/goauth-dev/goauth/core/schema"
)

func (mysql) idSpec(ids schema.IDKind) string {
	spec := mysqlTypes.idType(ids) + " not null primary key"
	if ids == schema.SerialID {
		spec += " auto_increment"
	}
	return spec
}

var mysqlTypes = columnTypes{boolean: "boolean", date: "timestamp(3)", json: "json", id: "varchar(36)", uuid: "varchar(36)", text: mysqlText}

func (mysql) columnTypes() *columnTypes { return &mysqlTypes }

// mysqlText is short where an index needs it.
func mysqlText(f *schema.Field) string {
	switch {
	case f.Unique:
		return "varchar(255)"
	case f.References != nil:
		return "varchar(36)"
	case f.Sortable || f.Index:
		return "varchar(255)"
	default:
		return "text"
	}
}

func (mysql) timeDefault() string       { return "default CURRENT_TIMESTAMP(3)" }
func (mysql) boolLiteral(b bool) string { return strconv.FormatBool(b) }
func (mysql) addsUnique() bool          { return true }
func (mysql) foreignKeys() bool         { return true }

func (mysql) textPlace() string { return "?" }

func (mysql) ledger() string {
	return "create table " + LedgerTable + " (id integer not null primary key, applied_at timestamp(3) not null default CURRENT_TIMESTAMP(3), digest varchar(64) not null, statements mediumtext not null) default character set utf8mb4"
}

func (d mysql) dropIndex(index, table string) string {
	return "drop index " + d.quote(index) + " on " + d.quote(table)
}

var (
	mysqlTexts   = []string{"varchar", "text", "char", "mediumtext", "longtext", "tinytext", "uuid", "enum"}
	mysqlNumbers = []string{"int", "integer", "bigint", "smallint", "mediumint", "tinyint", "decimal", "float", "double"}
)

// fits accepts what we create and what upstream accepts. MariaDB's json is longtext.
func (mysql) fits(dataType string, f *schema.Field, ids schema.IDKind) bool {
	base, _, _ := strings.Cut(mysqlTypes.of(f, ids), "(")
	switch base {
	case "varchar", "text":
		return slices.Contains(mysqlTexts, dataType)
	case "integer", "bigint":
		return slices.Contains(mysqlNumbers, dataType)
	case "boolean":
		return dataType == "tinyint" || dataType == "bit"
	case "timestamp":
		return dataType == "timestamp" || dataType == "datetime" || dataType == "date"
	default:
		return dataType == "json" || dataType == "longtext"
	}
}

// mysqlColumns lists every column of every table of the connection's database, and whether a unique index covers it alone.
const mysqlColumns = "select c.table_name as `table`, c.column_name as `column`, lower(c.data_type) as `type`, lower(c.extra) as `extra`," +
	` coalesce(c.character_set_name, '') as charset, coalesce(c.collation_name, '') as collation,
	exists (
		select 1 from information_schema.statistics as s
		where s.table_schema = c.table_schema and s.table_name = c.table_name and s.non_unique = 0 and s.sub_part is null
		group by s.index_name having count(*) = 1 and max(s.column_name) = c.column_name
	) as ` + "`unique`" + `
from information_schema.columns as c
where c.table_schema = database()`

// mysqlServer asks what decides how tables are made and found.
const mysqlServer = `select @@lower_case_table_names as names, @@sql_mode as mode, coalesce((
	select collation_name from information_schema.collations
	where character_set_name in ('utf8mb4') and collation_name in ('utf8mb4_0900_bin', 'utf8mb4_nopad_bin', 'utf8mb4_bin')
	order by field(collation_name, 'utf8mb4_0900_bin', 'utf8mb4_nopad_bin', 'utf8mb4_bin') limit 1
), 'utf8mb4_bin') as collation`

func (mysql) introspect(ctx context.Context, q jmoiron.QueryerContext) (*liveSchema, error) {
	var server struct {
		Names           int
		Mode, Collation string
	}
	if err := jmoiron.GetContext(ctx, q, &server, mysqlServer); err != nil {
		return nil, err
	}
	live := &liveSchema{tables: make(map[string]liveTable), tableKey: sameName, columnKey: strings.ToLower, tableOptions: mysqlTable(server.Collation)}
	if server.Names != 0 {
		live.tableKey = strings.ToLower
	}
	if !strings.Contains(server.Mode, "STRICT_") {
		live.warnings = append(live.warnings, "the server's sql_mode is not strict: it cuts texts that are too long; add STRICT_TRANS_TABLES")
	}
	return live, readMySQL(ctx, q, live)
}

func mysqlTable(collation string) string { return "default character set utf8mb4 collate " + collation }

func readMySQL(ctx context.Context, q jmoiron.QueryerContext, live *liveSchema) error {
	var rows []struct {
		Table, Column, Type, Extra, Charset, Collation string
		Unique                                         bool
	}
	if err := jmoiron.SelectContext(ctx, q, &rows, mysqlColumns); err != nil {
		return err
	}
	for _, r := range rows {
		c := liveColumn{dataType: r.Type, unique: r.Unique}
		if r.Collation != "" {
			c.collation = "character set " + r.Charset + " collate " + r.Collation
		}
		if strings.Contains(r.Extra, "on update") {
			c.warning = "changes by itself when its row is updated; remove ON UPDATE (set explicit_defaults_for_timestamp before creating tables)"
		}
		live.add(r.Table, r.Column, c)
	}
	return nil
}

// migrationWait is how long a migration waits for another one, in seconds.
const migrationWait = 60

// exclusively holds a named lock of the server. DDL cannot be undone here: what was done before a failure stays, and the
// next plan goes on from there.
func (mysql) exclusively(ctx context.Context, db *Database, fn func(ctx context.Context, conn migrationConn) error) (err error) {
	conn, err := db.writer.Connx(ctx)
	if err != nil {
		return fmt.Errorf("sqlx: migrate: %w", err)
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	var got *int
	if err := conn.GetContext(ctx, &got, "select get_lock(concat('goauth ', left(database(), 50)), ?)", migrationWait); err != nil {
		return fmt.Errorf("sqlx: migrate: wait for the lock: %w", err)
	}
	if got == nil || *got != 1 {
		return errors.New("sqlx: migrate: another migration has held the lock for a minute; try again when it is done")
	}
	defer func() {
		if _, failed := conn.ExecContext(context.WithoutCancel(ctx), "do release_lock(concat('goauth ', left(database(), 50)))"); failed != nil {
			_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // the lock ends with the connection
		}
	}()
	return fn(ctx, conn)
}
