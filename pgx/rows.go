package pgx

import (
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	jackc "github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// rows implements [sqlx.Rows].
type rows struct {
	jackc.Rows
	batch jackc.BatchResults // that they are part of, or nil
}

func (r *rows) Close() error {
	r.Rows.Close()
	if r.batch != nil {
		return r.batch.Close()
	}
	return nil
}

// Err is called once there is no further row. The rest of the batch is its end, which may fail as well.
func (r *rows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return err
	}
	return r.Close()
}

func (r *rows) Scan(dest ...any) error {
	fields, raw := r.FieldDescriptions(), r.RawValues()
	if len(raw) != len(dest) {
		return fmt.Errorf("pgx: a row of %d values for %d", len(raw), len(dest))
	}
	texts := joined(fields, raw)
	for i := range dest {
		var v any
		var err error
		switch {
		case raw[i] == nil:
		case isText(&fields[i]):
			v, texts = texts[:len(raw[i])], texts[len(raw[i]):]
		default:
			v, err = r.value(&fields[i], raw[i])
		}
		if err == nil {
			err = put(dest[i], v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func put(dest, v any) error {
	switch d := dest.(type) {
	case sql.Scanner:
		return d.Scan(v)
	case *int64:
		n, ok := v.(int64)
		if !ok {
			return fmt.Errorf("pgx: a %T for a number", v)
		}
		*d = n
		return nil
	default:
		return fmt.Errorf("pgx: nothing can be put into a %T", dest)
	}
}

// joined copies all texts of a row at once, one behind the other.
func joined(fields []pgconn.FieldDescription, raw [][]byte) string {
	size := 0
	for i := range raw {
		if isText(&fields[i]) {
			size += len(raw[i])
		}
	}
	var all strings.Builder
	all.Grow(size)
	for i := range raw {
		if isText(&fields[i]) {
			all.Write(raw[i])
		}
	}
	return all.String()
}

// isText reports whether a value's bytes are the text that is wanted: whatever the server writes as text, but for the types
// that have a value in Go.
func isText(f *pgconn.FieldDescription) bool {
	switch f.DataTypeOID {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID:
		return true
	case pgtype.BoolOID, pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.Float4OID, pgtype.Float8OID,
		pgtype.TimestamptzOID, pgtype.TimestampOID, pgtype.DateOID:
		return false
	default:
		return f.Format == jackc.TextFormatCode
	}
}

// value reads what is no text. The common types are read here, when they come in binary, all others by pgx.
func (r *rows) value(f *pgconn.FieldDescription, raw []byte) (any, error) {
	if f.Format == jackc.BinaryFormatCode {
		switch id := f.DataTypeOID; {
		case id == pgtype.TimestamptzOID && len(raw) == 8:
			return timestamp(raw)
		case id == pgtype.BoolOID && len(raw) == 1:
			return raw[0] == 1, nil
		case id == pgtype.Int4OID && len(raw) == 4:
			return int64(int32(binary.BigEndian.Uint32(raw))), nil
		case id == pgtype.Int8OID && len(raw) == 8:
			return int64(binary.BigEndian.Uint64(raw)), nil
		case id == pgtype.UUIDOID && len(raw) == 16:
			return uuid(raw), nil
		}
	}
	m := r.Conn().TypeMap()
	switch f.DataTypeOID {
	case pgtype.BoolOID:
		return scanned[bool](m, f, raw)
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
		return scanned[int64](m, f, raw)
	case pgtype.Float4OID, pgtype.Float8OID:
		return scanned[float64](m, f, raw)
	case pgtype.TimestamptzOID, pgtype.TimestampOID, pgtype.DateOID:
		return scanned[time.Time](m, f, raw)
	default:
		return scanned[string](m, f, raw)
	}
}

func scanned[T any](m *pgtype.Map, f *pgconn.FieldDescription, raw []byte) (any, error) {
	var v T
	err := m.Scan(f.DataTypeOID, f.Format, raw, &v)
	return v, err
}

// epoch is where PostgreSQL's time begins, in seconds of Unix's.
const epoch = 946684800

var errEndless = errors.New("pgx: the stored date is infinite")

// timestamp reads microseconds since the epoch, and cuts them to milliseconds.
func timestamp(raw []byte) (any, error) {
	micros := int64(binary.BigEndian.Uint64(raw))
	if micros == math.MaxInt64 || micros == math.MinInt64 {
		return nil, errEndless
	}
	millis := micros / 1000
	if micros%1000 < 0 {
		millis--
	}
	return time.UnixMilli(millis + epoch*1000).UTC(), nil
}

// uuid writes one as the server would.
func uuid(raw []byte) string {
	text := make([]byte, 0, 36)
	for i, part := range [...][]byte{raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:]} {
		if i > 0 {
			text = append(text, '-')
		}
		text = hex.AppendEncode(text, part)
	}
	return string(text)
}
