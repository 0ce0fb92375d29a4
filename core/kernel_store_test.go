package core_test

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

var errNotText = errors.New("invalid byte sequence for encoding UTF8 (SQLSTATE 22021)")

// textOnly is a database that refuses what PostgreSQL refuses in a text: NUL and bytes that are not UTF-8.
type textOnly struct{ store.Database }

func (db textOnly) Bind(s *schema.Schema) (store.Adapter, error) {
	a, err := db.Database.Bind(s)
	return textOnlyAdapter{a}, err
}

type textOnlyAdapter struct{ store.Adapter }

func checkText(values ...any) error {
	for _, v := range values {
		if s, ok := v.(string); ok && (strings.ContainsRune(s, 0) || !utf8.ValidString(s)) {
			return errNotText
		}
	}
	return nil
}

func checkRecord(rec store.Record) error {
	for _, v := range rec {
		if err := checkText(v); err != nil {
			return err
		}
	}
	return nil
}

func checkWhere(w store.Where) error {
	for _, cond := range w {
		if err := checkText(cond.Value); err != nil {
			return err
		}
	}
	return nil
}

func (a textOnlyAdapter) Insert(ctx context.Context, model string, rec store.Record) (store.Record, error) {
	if err := checkRecord(rec); err != nil {
		return nil, err
	}
	return a.Adapter.Insert(ctx, model, rec)
}

func (a textOnlyAdapter) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	if err := checkWhere(q.Where); err != nil {
		return nil, err
	}
	return a.Adapter.FindOne(ctx, q)
}

func (a textOnlyAdapter) Find(ctx context.Context, q store.Query) ([]store.Record, error) {
	if err := checkWhere(q.Where); err != nil {
		return nil, err
	}
	return a.Adapter.Find(ctx, q)
}

func (a textOnlyAdapter) UpdateOne(ctx context.Context, model string, where store.Where, set store.Record) (store.Record, error) {
	if err := errors.Join(checkWhere(where), checkRecord(set)); err != nil {
		return nil, err
	}
	return a.Adapter.UpdateOne(ctx, model, where, set)
}

func (a textOnlyAdapter) Consume(ctx context.Context, model string, where store.Where, sort *store.Sort) (store.Record, error) {
	if err := checkWhere(where); err != nil {
		return nil, err
	}
	return a.Adapter.Consume(ctx, model, where, sort)
}
