package memory

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// kind says how a field's values are kept.
type kind uint8

const (
	kindText kind = iota
	kindTextID
	kindSerialID // an id, or a reference to one, that is a number inside
	kindNumber
	kindBool
	kindDate
	kindJSON
	kindStrings
	kindNumbers
)

func idKind(s *schema.Schema) kind {
	if s.IDs == schema.SerialID {
		return kindSerialID
	}
	return kindTextID
}

func kindOf(s *schema.Schema, f *schema.Field) (kind, error) {
	if f.References != nil && f.References.Field == "id" {
		return idKind(s), nil
	}
	if len(f.Enum) > 0 {
		return kindText, nil
	}
	k, ok := map[schema.Type]kind{
		schema.String: kindText, schema.Number: kindNumber, schema.Boolean: kindBool, schema.Date: kindDate,
		schema.JSON: kindJSON, schema.Strings: kindStrings, schema.Numbers: kindNumbers,
	}[f.Type]
	if !ok {
		return 0, fmt.Errorf("unsupported type %q; use string, number, boolean, date, json, string[] or number[]", f.Type)
	}
	return k, nil
}

// errNoSuchID is what an id gives that no serial id can equal: as a condition it matches nothing.
var errNoSuchID = errors.New("an id of this database is a whole number")

// encode turns a record's value into the kept form, which shares no memory with it.
func (f *field) encode(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	kept, err := f.encodeValue(v)
	if err != nil {
		return nil, fmt.Errorf("memory: %s: %w", f.owner, err)
	}
	return kept, nil
}

func (f *field) encodeValue(v any) (any, error) {
	switch f.kind {
	case kindText, kindTextID:
		if s, ok := v.(string); ok {
			return s, nil
		}
	case kindSerialID:
		if s, ok := v.(string); ok {
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil || strconv.FormatInt(n, 10) != s {
				return nil, errNoSuchID
			}
			return n, nil
		}
	case kindNumber:
		if n, ok := number(v); ok {
			return n, nil
		}
	case kindBool:
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case kindDate:
		if t, ok := v.(time.Time); ok {
			return t.UTC().Truncate(time.Millisecond), nil
		}
	default:
		return f.encodeTree(v)
	}
	return nil, fmt.Errorf("cannot hold a %T", v)
}

func (f *field) encodeTree(v any) (any, error) {
	strs, isStrings := v.([]string)
	nums, isNumbers := v.([]float64)
	if f.kind == kindStrings && !isStrings || f.kind == kindNumbers && !isNumbers {
		return nil, fmt.Errorf("cannot hold a %T", v)
	}
	if isStrings && strs == nil || isNumbers && nums == nil {
		return "[]", nil
	}
	return store.EncodeJSON(v)
}

// number accepts every numeric type and narrows to int64 where nothing is lost.
func number(v any) (any, bool) {
	switch n := v.(type) {
	case int64:
		return n, true
	case int:
		return int64(n), true
	case int32:
		return int64(n), true
	case uint32:
		return int64(n), true
	case float64:
		if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
			return int64(n), true
		}
		return n, !math.IsNaN(n) && !math.IsInf(n, 0)
	default:
		return nil, false
	}
}

// decode turns a kept value into a record's value.
func (f *field) decode(v any) any {
	text, isText := v.(string)
	switch {
	case f.kind == kindSerialID && v != nil:
		return strconv.FormatInt(v.(int64), 10)
	case !isText || f.kind <= kindTextID:
		return v
	case f.kind == kindStrings:
		return parse[string](text)
	case f.kind == kindNumbers:
		return parse[float64](text)
	default:
		tree, _ := store.DecodeJSON(text)
		return tree
	}
}

// parse reads a list that encodeTree wrote.
func parse[T any](text string) any {
	var v []T
	if json.Unmarshal([]byte(text), &v) != nil {
		return nil
	}
	return v
}

// compare orders two kept values of one field, null first.
func compare(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(truth(a != nil), truth(b != nil))
	}
	switch x := a.(type) {
	case string:
		y, _ := b.(string)
		return strings.Compare(x, y)
	case time.Time:
		y, _ := b.(time.Time)
		return x.Compare(y)
	case bool:
		y, _ := b.(bool)
		return cmp.Compare(truth(x), truth(y))
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(float(a), float(b))
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func float(v any) float64 {
	if n, ok := v.(int64); ok {
		return float64(n)
	}
	f, _ := v.(float64)
	return f
}
