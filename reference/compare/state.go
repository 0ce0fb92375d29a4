package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

// awaitMessages gives slower senders the second that the contract allows.
func awaitMessages(left, right *Side) error {
	for start := time.Now(); ; time.Sleep(messagePoll) {
		l, err1 := left.server.Messages()
		r, err2 := right.server.Messages()
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		if len(l) == len(r) || time.Since(start) > messageWait {
			return nil
		}
	}
}

// stored is everything that a server keeps, messages and rows, and what it asked of other parties.
func stored(s *Side) (map[string]any, error) {
	messages, err := s.server.Messages()
	if err != nil {
		return nil, err
	}
	outbox := []any{}
	for _, m := range messages {
		outbox = append(outbox, any(m))
	}
	tables, err := s.server.Tables()
	if err != nil {
		return nil, err
	}
	content := map[string]any{}
	for _, t := range tables {
		all, err := s.server.Rows(t)
		if err != nil {
			return nil, err
		}
		list := []any{}
		for _, row := range all {
			if !ownRow(t, row) {
				list = append(list, any(row))
			}
		}
		content[t] = list
	}
	out := map[string]any{"outbox": outbox, "rows": content}
	if s.server.Identity != nil {
		out["calls"] = calls(s)
	}
	return out, nil
}

// usedSteps is what the identifiers of verification rows begin with that remember a used step of a TOTP (GAP-001). Only
// we keep them.
const usedSteps = "2fa-step-"

// ownRow reports whether a row is one that upstream has no counterpart of.
func ownRow(table string, row map[string]any) bool {
	identifier, _ := row["identifier"].(string)
	return table == "verification" && strings.HasPrefix(identifier, usedSteps)
}

// compareStored compares what both sides keep at the end of a scenario.
func compareStored(m *matcher, left, right *Side) error {
	if err := awaitMessages(left, right); err != nil {
		return err
	}
	l, err := stored(left)
	if err != nil {
		return err
	}
	r, err := stored(right)
	if err != nil {
		return err
	}
	m.tree("stored", l, r)
	if left.server.Redis != nil && right.server.Redis != nil {
		compareRedis(m, left.server.Redis.Snapshot(), right.server.Redis.Snapshot())
	}
	return nil
}

// compareRedis pairs keys by what they are called once random parts are translated.
func compareRedis(m *matcher, l, r map[string]harness.Entry) {
	rest := maps.Clone(r)
	for _, key := range slices.Sorted(maps.Keys(l)) {
		at := "stored.redis." + m.neutral(0, key)
		other, ok := m.counterpart(key, rest)
		if !ok {
			m.report(at, l[key].Value, absent, "only on the left")
			continue
		}
		m.text(at+"(key)", key, other)
		m.text(at, l[key].Value, rest[other].Value)
		m.expiry(at, l[key].Expires, rest[other].Expires)
		delete(rest, other)
	}
	for _, key := range slices.Sorted(maps.Keys(rest)) {
		m.report("stored.redis."+key, absent, rest[key].Value, "only on the right")
	}
}

// counterpart finds the right key of a left key among candidates.
func (m *matcher) counterpart(key string, candidates map[string]harness.Entry) (string, bool) {
	translated := volatile.ReplaceAllStringFunc(key, func(part string) string {
		if other, ok := m.right[part]; ok {
			return other
		}
		return part
	})
	if _, ok := candidates[translated]; ok {
		return translated, true
	}
	for _, c := range slices.Sorted(maps.Keys(candidates)) {
		if skeleton(c) == skeleton(key) && !m.taken(c) {
			return c, true
		}
	}
	return "", false
}

func skeleton(key string) string { return volatile.ReplaceAllString(key, "*") }

// taken reports whether a right key holds a value that already has its left one.
func (m *matcher) taken(key string) bool {
	return slices.ContainsFunc(volatile.FindAllString(key, -1), func(part string) bool {
		_, known := m.left[part]
		return known
	})
}

func (m *matcher) expiry(path string, l, r time.Time) {
	if l.IsZero() != r.IsZero() || l.Sub(r).Abs() > tolerance {
		m.report(path+"(expires)", l, r, "lifetimes differ")
	}
}

// schemaQueries describe what a migration makes, in an order of its own.
var schemaQueries = map[string]string{
	"columns": `SELECT m.name || '.' || c.name, lower(c.type) || CASE c."notnull" WHEN 1 THEN ' not null' ELSE '' END ||
		CASE c.pk WHEN 0 THEN '' ELSE ' primary key' END || coalesce(' default ' || c.dflt_value, '')
		FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'`,
	"foreign keys": `SELECT m.name || '.' || f."from", f."table" || '.' || coalesce(f."to", 'id') || ' on delete ' || lower(f.on_delete)
		FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`,
	"unique": `SELECT m.name || '(' || (SELECT group_concat(name) FROM pragma_index_info(i.name)) || ')', 'unique'
		FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table' AND i."unique" = 1`,
	"indexes": `SELECT m.name || '(' || (SELECT group_concat(name) FROM pragma_index_info(i.name)) || ')', i.name
		FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table' AND i.origin = 'c'`,
}

// schema is the migrated database as data.
func schema(s *harness.Server) (map[string]any, error) {
	out := map[string]any{}
	for part, query := range schemaQueries {
		found, err := s.DB.Query(query)
		if err != nil {
			return nil, fmt.Errorf("read schema of %s: %w", s.Name, err)
		}
		entries := map[string]any{}
		for found.Next() {
			var name, what string
			if err := found.Scan(&name, &what); err != nil {
				found.Close()
				return nil, fmt.Errorf("read schema of %s: %w", s.Name, err)
			}
			if !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, "sqlite_") {
				entries[name] = what
			}
		}
		if err := found.Close(); err != nil {
			return nil, fmt.Errorf("read schema of %s: %w", s.Name, err)
		}
		out[part] = entries
	}
	return out, nil
}

// show writes a value of a difference on one line.
func show(v any) string {
	const longest = 600
	text, err := json.Marshal(v)
	if err != nil {
		text = fmt.Append(nil, v)
	}
	if len(text) > longest {
		text = append(text[:longest], "…"...)
	}
	return string(text)
}
