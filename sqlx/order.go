package sqlx

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/store"
)

// least returns the record that a query sorted by the column would give first. RETURNING has no order.
func least(recs []store.Record, c *column, desc bool) store.Record {
	best := recs[0]
	if c == nil {
		return best
	}
	for _, rec := range recs[1:] {
		order := c.compare(rec[c.name], best[c.name])
		if order < 0 && !desc || order > 0 && desc {
			best = rec
		}
	}
	return best
}

// compare orders two values of the column, null first.
func (c *column) compare(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(boolInt(a != nil), boolInt(b != nil))
	}
	switch x := a.(type) {
	case string:
		y, _ := b.(string)
		if c.kind == kindSerialID {
			m, _ := strconv.ParseInt(x, 10, 64)
			n, _ := strconv.ParseInt(y, 10, 64)
			return cmp.Compare(m, n)
		}
		return strings.Compare(x, y)
	case time.Time:
		y, _ := b.(time.Time)
		return x.Compare(y)
	case bool:
		y, _ := b.(bool)
		return cmp.Compare(boolInt(x), boolInt(y))
	default:
		return cmp.Compare(float(a), float(b))
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func float(v any) float64 {
	switch n := v.(type) {
	case int64:
		return float64(n)
	case float64:
		return n
	default:
		return 0
	}
}
