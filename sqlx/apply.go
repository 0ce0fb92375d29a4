package sqlx

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ErrChanged reports that the database is not what it was when the plan was made, and lacks something else now.
var ErrChanged = errors.New("sqlx: the database has changed since the migration was planned; plan again")

// Apply executes the plan while no other process migrates, in one transaction where the database can undo DDL, and writes
// it into the ledger. What another process has done since is left out; it fails with [ErrChanged] when anything else must
// be done now, and names the first of the plan's problems.
func (p *Plan) Apply(ctx context.Context) error {
	if len(p.Problems) > 0 {
		return fmt.Errorf("sqlx: migrate: %s", p.Problems[0])
	}
	if p.db.writer == nil {
		return errors.New("sqlx: migrate: the plan was made without a database")
	}
	if p.Empty() {
		return nil
	}
	return p.db.dialect.exclusively(ctx, p.db, func(ctx context.Context, conn migrationConn) error {
		now, err := p.db.plan(ctx, conn, p.schema)
		if err != nil {
			return err
		}
		for _, s := range now.statements {
			if !slices.Contains(p.statements, s) {
				return ErrChanged
			}
		}
		for _, s := range now.statements {
			if _, err := conn.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("sqlx: migrate: %w in: %s", err, s)
			}
		}
		if now.Empty() {
			return nil
		}
		return now.record(ctx, conn)
	})
}
