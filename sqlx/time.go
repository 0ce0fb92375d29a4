package sqlx

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// isoTime writes a time as JavaScript's toISOString does: UTC, milliseconds, Z, and a sign with six digits for years
// outside 0 to 9999.
func isoTime(t time.Time) string {
	t = t.UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return fmt.Sprintf("%+07d%s", y, t.Format("-01-02T15:04:05.000Z"))
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}

var errNoTime = errors.New("the stored value is no date")

// decodeTime accepts what drivers and other servers give for a date: a time, ISO text, SQLite's own text, or milliseconds.
func decodeTime(src any) (any, error) {
	switch v := src.(type) {
	case time.Time:
		if v.Location() == time.UTC && v.Nanosecond()%int(time.Millisecond) == 0 {
			return src, nil
		}
		return v.UTC().Truncate(time.Millisecond), nil
	case int64:
		return time.UnixMilli(v).UTC(), nil
	case float64:
		return time.UnixMilli(int64(v)).UTC(), nil
	case string:
		return parseTime(v)
	default:
		return nil, errNoTime
	}
}

// timeLayouts are tried in order; a layout without a zone means UTC, which is what SQLite's functions write.
var timeLayouts = [...]string{
	time.RFC3339Nano,
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999-07",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02 15:04:05.999999999 -0700 MST", // what Go drivers write for a time.Time
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"2006-01-02 15:04",
	"2006-01-02",
}

func parseTime(s string) (any, error) {
	s, _, _ = strings.Cut(s, " m=") // Go's monotonic clock, after a time
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Truncate(time.Millisecond), nil
		}
	}
	if len(s) > 7 && (s[0] == '+' || s[0] == '-') {
		if t, ok := parseFarTime(s); ok {
			return t, nil
		}
	}
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.UnixMilli(ms).UTC(), nil
	}
	return nil, errNoTime
}

// parseFarTime reads JavaScript's signed six-digit years.
func parseFarTime(s string) (time.Time, bool) {
	year, err := strconv.Atoi(s[:7])
	if err != nil {
		return time.Time{}, false
	}
	t, err := time.Parse("2006-01-02T15:04:05.000Z", "2000"+s[7:]) // 2000 is a leap year
	if err != nil {
		return time.Time{}, false
	}
	return time.Date(year, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC), true
}
