package option

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// spanText is a span of time in Better Auth's words.
var spanText = regexp.MustCompile(`(?i)^([+-])? ?(\d+(?:\.\d+)?) ?(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?|mo|years?|yrs?|y)(?: (ago|from now))?$`)

const day = 24 * time.Hour

// units are the lengths of the units by their first letters; a month is 30 days and a year 365.25.
var units = []struct {
	prefix string
	length time.Duration
}{
	{"mo", 30 * day}, {"m", time.Minute}, {"s", time.Second}, {"h", time.Hour}, {"d", day}, {"w", 7 * day}, {"y", 365*day + 6*time.Hour},
}

// ParseSpan reads a span of time in Better Auth's words, such as "15m", "1 hour", "2.5 days", "-5m" or "2 hours ago". It
// fails on any other text, and on a span of more than 200 years. Upstream: ms, sec.
func ParseSpan(text string) (time.Duration, error) {
	m := spanText.FindStringSubmatch(text)
	if m == nil || m[1] != "" && m[4] != "" {
		return 0, fmt.Errorf(`%q is no span of time; write one such as "7d", "30m" or "1 hour"`, text)
	}
	count, err := strconv.ParseFloat(m[2], 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no span of time: %w", text, err)
	}
	length := count * float64(unit(m[3]))
	if length > float64(200*365*day) {
		return 0, fmt.Errorf("%q is too long; use at most 200 years", text)
	}
	if m[1] == "-" || strings.EqualFold(m[4], "ago") {
		length = -length
	}
	return time.Duration(length), nil
}

func unit(name string) time.Duration {
	name = strings.ToLower(name)
	for _, u := range units {
		if strings.HasPrefix(name, u.prefix) {
			return u.length
		}
	}
	return 0
}
