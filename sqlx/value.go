package sqlx

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/goauth-dev/goauth/core/schema"
)

// kind says how a column's values are converted.
type kind uint8

const (
	kindText kind = iota
	kindTextID
	kindSerialID // an id, or a reference to one, in an integer column
	kindUUID     // the same in a column of the type uuid
	kindNumber
	kindBool
	kindDate
	kindJSON
	kindStrings
	kindNumbers
)

// text reports whether the values are texts to the database.
func (k kind) text() bool { return k <= kindTextID }

// textOrSerial is the kind of ids where the database has no type for UUIDs.
func textOrSerial(ids schema.IDKind) kind {
	if ids == schema.SerialID {
		return kindSerialID
	}
	return kindTextID
}

func kindOf(d dialect, s *schema.Schema, f *schema.Field) (kind, error) {
	if f.References != nil && f.References.Field == "id" {
		return d.idKind(s.IDs), nil
	}
	if len(f.Enum) > 0 {
		return kindText, nil
	}
	switch f.Type {
	case schema.String:
		return kindText, nil
	case schema.Number:
		return kindNumber, nil
	case schema.Boolean:
		return kindBool, nil
	case schema.Date:
		return kindDate, nil
	case schema.JSON:
		return kindJSON, nil
	case schema.Strings:
		return kindStrings, nil
	case schema.Numbers:
		return kindNumbers, nil
	default:
		return 0, fmt.Errorf("unsupported type %q; use string, number, boolean, date, json, string[] or number[]", f.Type)
	}
}

// errNeverStored is what a value gives that no row can hold: as a condition it matches nothing.
var errNeverStored = errors.New("cannot be stored")

var (
	errNoSerial = fmt.Errorf("an id of this database is a whole number, any other %w", errNeverStored)
	errNoUUID   = fmt.Errorf("an id of this database is a UUID, any other %w", errNeverStored)
	errNoText   = fmt.Errorf("a text with NUL or broken UTF-8 %w", errNeverStored)
)

// encode turns a record's value into an argument.
func (c *column) encode(d dialect, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	arg, err := c.encodeValue(d, v)
	if err != nil {
		return nil, fmt.Errorf("sqlx: %s: %w", c.owner, err)
	}
	return arg, nil
}

func (c *column) encodeValue(d dialect, v any) (any, error) {
	switch c.kind {
	case kindText, kindTextID:
		if s, ok := v.(string); ok {
			if !d.holds(s) {
				return nil, errNoText
			}
			return s, nil
		}
	case kindSerialID:
		if s, ok := v.(string); ok {
			return parseSerial(s)
		}
	case kindUUID:
		if s, ok := v.(string); ok {
			return parseUUID(s)
		}
	case kindNumber:
		if n, ok := number(v); ok {
			return n, nil
		}
	case kindBool:
		if b, ok := v.(bool); ok {
			return d.encodeBool(b), nil
		}
	case kindDate:
		if t, ok := v.(time.Time); ok {
			return d.encodeTime(t), nil
		}
	default:
		return encodeTree(c.kind, v)
	}
	return nil, fmt.Errorf("cannot hold a %T", v)
}

func parseSerial(s string) (any, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != s {
		return nil, errNoSerial
	}
	return n, nil
}

// parseUUID accepts the form with hyphens, in upper case too, as the database does.
func parseUUID(s string) (any, error) {
	if len(s) != 36 {
		return nil, errNoUUID
	}
	for i := range len(s) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (s[i] == '-') || !hyphen && !isHex(s[i]) {
			return nil, errNoUUID
		}
	}
	return lowerASCII(s), nil
}

func isHex(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F'
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
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return nil, false
		}
		return narrow(n), true
	default:
		return nil, false
	}
}

func narrow(f float64) any {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return int64(f)
	}
	return f
}

// decode turns what the driver gave into a record's value, leniently: other adapters and other drivers wrote the row.
func (c *column) decode(src any) (any, error) {
	if src == nil {
		return nil, nil
	}
	if b, ok := src.([]byte); ok {
		src = string(b)
	}
	switch c.kind {
	case kindText, kindTextID, kindSerialID, kindUUID:
		return decodeText(src)
	case kindNumber:
		return decodeNumber(src)
	case kindBool:
		return decodeBool(src), nil
	case kindDate:
		return decodeTime(src)
	default:
		return decodeTree(c.kind, src), nil
	}
}

func decodeText(src any) (any, error) {
	switch v := src.(type) {
	case string:
		return src, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case bool:
		return strconv.FormatBool(v), nil
	case time.Time:
		return isoTime(v), nil
	default:
		return nil, fmt.Errorf("the driver gave a %T for a text", src)
	}
}

func decodeNumber(src any) (any, error) {
	switch v := src.(type) {
	case int64:
		return src, nil
	case float64:
		return narrow(v), nil
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	case string:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return n, nil
		}
		if f, err := strconv.ParseFloat(v, 64); err == nil {
			return narrow(f), nil
		}
	}
	return nil, fmt.Errorf("the driver gave a %T that is no number", src)
}

// decodeBool takes 1 for true and every other number for false, as upstream does.
func decodeBool(src any) bool {
	switch v := src.(type) {
	case bool:
		return v
	case int64:
		return v == 1
	case float64:
		return v == 1
	case string:
		return v == "1" || v == "true"
	default:
		return false
	}
}
