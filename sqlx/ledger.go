package sqlx

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	jmoiron "github.com/jmoiron/sqlx"
)

// LedgerTable is where [Plan.Apply] writes down what it did.
const LedgerTable = "_goauth_migrations"

// Migration is an entry of the ledger.
type Migration struct {
	// ID counts from 1.
	ID int64
	// AppliedAt is the database's time, in UTC.
	AppliedAt time.Time
	// Digest is the SHA-256 of SQL, in hex.
	Digest string
	// SQL is what was executed.
	SQL string
}

// Migrations returns the ledger, oldest first. A database that nothing was applied to has none.
func (db *Database) Migrations(ctx context.Context) ([]Migration, error) {
	live, err := db.dialect.introspect(ctx, db.writer)
	if err != nil {
		return nil, fmt.Errorf("sqlx: read the tables: %w", err)
	}
	if _, ok := live.tables[live.tableKey(LedgerTable)]; !ok {
		return nil, nil
	}
	rows, err := db.writer.QueryxContext(ctx, "select id, applied_at, digest, statements from "+LedgerTable+" order by id")
	if err != nil {
		return nil, fmt.Errorf("sqlx: read the ledger: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var list []Migration
	for rows.Next() {
		m, at := Migration{}, cell{column: &column{owner: "ledger.applied_at", kind: kindDate}}
		if err := rows.Scan(&m.ID, &at, &m.Digest, &m.SQL); err != nil {
			return nil, fmt.Errorf("sqlx: read the ledger: %w", err)
		}
		m.AppliedAt, _ = at.value.(time.Time)
		list = append(list, m)
	}
	return list, rows.Err()
}

// record adds the plan to the ledger, on the connection that ran it. The migrations' lock keeps the numbers apart.
func (p *Plan) record(ctx context.Context, conn migrationConn) error {
	d := p.db.dialect
	if _, ok := p.live.tables[p.live.tableKey(LedgerTable)]; !ok {
		if _, err := conn.ExecContext(ctx, d.ledger()); err != nil {
			return fmt.Errorf("sqlx: make the ledger: %w", err)
		}
	}
	text := p.SQL()
	sum := sha256.Sum256([]byte(text))
	insert := jmoiron.Rebind(d.bindType(), "insert into "+LedgerTable+" (id, digest, statements) select coalesce(max(id), 0) + 1, "+d.textPlace()+", "+d.textPlace()+" from "+LedgerTable)
	if _, err := conn.ExecContext(ctx, insert, hex.EncodeToString(sum[:]), text); err != nil {
		return fmt.Errorf("sqlx: write the ledger: %w", err)
	}
	return nil
}
