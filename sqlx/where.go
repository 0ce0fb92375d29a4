package sqlx

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goauth-dev/goauth/core/store"
)

// form is how a condition is written.
type form uint8

const (
	formCompare form = iota // with the operator
	formMatch               // contains, starts with, ends with
	formList                // in, not in
	formNull
	formNotNull
	formNever
	formAlways
)

// term is one condition without its values: what a statement's text depends on.
type term struct {
	column *column
	form   form
	op     store.Op
	fold   bool
	or     bool
	places int // of a list
}

// comparison is the operator's SQL.
var comparison = [...]string{
	store.Eq: "=", store.Ne: "<>", store.Lt: "<", store.Lte: "<=", store.Gt: ">", store.Gte: ">=",
	store.In: "in", store.NotIn: "not in",
}

// addWhere resolves conditions against the table, those joined with AND first, and appends their arguments.
func (q *query) addWhere(d dialect, where store.Where) error {
	for _, or := range [...]bool{false, true} {
		for i := range where {
			if where[i].Or != or {
				continue
			}
			if err := q.addCond(d, &where[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (q *query) addCond(d dialect, cond *store.Cond) error {
	c, err := q.table.column(cond.Field)
	if err != nil {
		return err
	}
	t := term{column: c, op: cond.Op, or: cond.Or}
	switch cond.Op {
	case store.Eq, store.Ne, store.Lt, store.Lte, store.Gt, store.Gte:
		err = q.addCompare(d, &t, cond)
	case store.In, store.NotIn:
		err = q.addList(d, &t, cond)
	case store.Contains, store.StartsWith, store.EndsWith:
		err = q.addMatch(d, &t, cond)
	default:
		err = fmt.Errorf("sqlx: %s: unknown operator %d", c.owner, cond.Op)
	}
	q.where = append(q.where, t)
	return err
}

func (q *query) addCompare(d dialect, t *term, cond *store.Cond) error {
	if cond.Value == nil {
		switch cond.Op {
		case store.Eq:
			t.form = formNull
		case store.Ne:
			t.form = formNotNull
		default:
			t.form = formNever
		}
		return nil
	}
	arg, err := t.column.encode(d, cond.Value)
	if errors.Is(err, errNeverStored) && (cond.Op <= store.Ne || t.column.kind.text()) {
		t.form = formNever
		if cond.Op == store.Ne {
			t.form = formNotNull
		}
		return nil
	}
	if err != nil {
		return err
	}
	q.addArgs(d, t, t.folded(cond, arg))
	return nil
}

// addArgs appends the arguments of a comparison as often as they occur in it.
func (q *query) addArgs(d dialect, t *term, args ...any) {
	for range d.occurrences(t) {
		q.args = append(q.args, args...)
	}
}

// folded lowers a text argument when the condition asks for it.
func (t *term) folded(cond *store.Cond, arg any) any {
	text, ok := arg.(string)
	if !cond.Fold || !ok || !t.column.kind.text() {
		return arg
	}
	t.fold = true
	return lowerASCII(text)
}

func (q *query) addMatch(d dialect, t *term, cond *store.Cond) error {
	text, ok := cond.Value.(string)
	if !ok || !t.column.kind.text() {
		return fmt.Errorf("sqlx: %s: contains, starts with and ends with compare texts", t.column.owner)
	}
	if text == "" {
		t.form = formNotNull
		return nil
	}
	if !d.holds(text) {
		t.form = formNever
		return nil
	}
	t.form = formMatch
	q.args = append(q.args, d.matchArgs(cond.Op, t.folded(cond, text).(string))...)
	return nil
}

// paddedList is the length up to which lists are padded to a power of two, so that few statements serve all lengths.
const paddedList = 256

func (q *query) addList(d dialect, t *term, cond *store.Cond) error {
	list := reflect.ValueOf(cond.Value)
	if cond.Value == nil || list.Kind() != reflect.Slice {
		return fmt.Errorf("sqlx: %s: in and not in take a slice, not a %T", t.column.owner, cond.Value)
	}
	args := make([]any, 0, list.Len())
	for i := range list.Len() {
		arg, err := t.column.encode(d, list.Index(i).Interface())
		if errors.Is(err, errNeverStored) || err == nil && arg == nil {
			continue // equal to no row
		}
		if err != nil {
			return err
		}
		args = append(args, t.folded(cond, arg))
	}
	t.form, t.places = formList, len(args)
	if t.places == 0 {
		t.form = formNever
		if cond.Op == store.NotIn {
			t.form = formAlways
		}
		return nil
	}
	for t.places <= paddedList && t.places&(t.places-1) != 0 {
		args = append(args, args[0])
		t.places++
	}
	q.addArgs(d, t, args...)
	return nil
}

// lowerASCII lowers the ASCII letters of s and leaves every other byte.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// writeWhere writes the WHERE clause: the AND terms, then the OR terms as one group.
func (w *writer) writeWhere(terms []term) {
	glue, group := " where ", false
	for i := range terms {
		w.text(glue)
		if terms[i].or && !group {
			w.text("(")
			group = true
		}
		w.writeTerm(&terms[i])
		glue = " and "
		if group {
			glue = " or "
		}
	}
	if group {
		w.text(")")
	}
}

func (w *writer) writeTerm(t *term) {
	expr := w.ref(t.column)
	if t.fold {
		expr = w.dialect.fold(expr)
	}
	switch t.form {
	case formCompare, formList:
		w.text(w.dialect.compare(t, expr))
	case formMatch:
		w.text(w.dialect.match(expr, t.op))
	case formNull:
		w.text(expr, " is null")
	case formNotNull:
		w.text(expr, " is not null")
	case formNever:
		w.text("1 = 0")
	case formAlways:
		w.text("1 = 1")
	}
}
