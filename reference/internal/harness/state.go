package harness

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Messages are the lines of the outbox, oldest first.
func (s *Server) Messages() ([]map[string]any, error) {
	raw, err := os.ReadFile(s.Outbox)
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	var out []map[string]any
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var m map[string]any
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			return nil, fmt.Errorf("outbox line %q: %w", lines.Text(), err)
		}
		out = append(out, m)
	}
	return out, lines.Err()
}

// Reset deletes all rows, stored values and messages, and what other parties were told.
func (s *Server) Reset() error {
	tables, err := s.Tables()
	if err != nil {
		return err
	}
	// rows that refer to others go first; deleting twice settles any order
	for range 2 {
		for _, t := range tables {
			if _, err := s.DB.Exec("DELETE FROM " + quote(t)); err != nil {
				return fmt.Errorf("empty %s: %w", t, err)
			}
		}
	}
	if s.Redis != nil {
		s.Redis.Clear()
	}
	if s.Identity != nil {
		s.Identity.Reset()
	}
	return os.Truncate(s.Outbox, 0)
}

// Tables are the compared tables: SQLite's own and those starting with _ are not.
func (s *Server) Tables() ([]string, error) {
	rows, err := s.DB.Query(tableNames[engineOf(s.Database)])
	if err != nil {
		return nil, fmt.Errorf("list tables of %s: %w", s.Name, err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("list tables: %w", err)
		}
		if !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, "sqlite_") {
			out = append(out, name)
		}
	}
	return out, rows.Err()
}

// Rows are a table's rows in the order they were inserted. A value is nil, a
// string, an int64 or a float64, exactly as SQLite stores it.
func (s *Server) Rows(table string) ([]map[string]any, error) {
	columns, err := s.columns(table)
	if err != nil {
		return nil, err
	}
	// a unary plus hides the declared type, so that the driver does not turn dates into times
	exprs := make([]string, len(columns))
	for i, c := range columns {
		exprs[i] = "+" + quote(c)
	}
	rows, err := s.DB.Query("SELECT " + strings.Join(exprs, ", ") + " FROM " + quote(table) + " ORDER BY rowid")
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", table, err)
	}
	defer rows.Close()
	var out []map[string]any
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, fmt.Errorf("read %s: %w", table, err)
		}
		row := map[string]any{}
		for i, c := range columns {
			row[c] = values[i]
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

func (s *Server) columns(table string) ([]string, error) {
	rows, err := s.DB.Query(`SELECT name FROM pragma_table_info(?)`, table)
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("columns of %s: %w", table, err)
		}
		out = append(out, name)
	}
	return out, rows.Err()
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
