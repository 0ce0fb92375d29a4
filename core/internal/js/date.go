package js

import (
	"strconv"
	"time"
)

// maxDate is the last millisecond, from the epoch and in either direction, that a
// JavaScript Date holds (ECMA-262 §21.4.1.1).
const maxDate = 8_640_000_000_000_000

// FormatDate returns t as toISOString does: UTC, three digits of milliseconds cut
// off and not rounded, and Z. Years outside 0–9999 have six digits and a sign.
func FormatDate(t time.Time) string { return string(appendDate(nil, t)) }

func appendDate(dst []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	if year < 0 || year > 9999 {
		dst = appendLongYear(dst, year)
	} else {
		dst = append2(append2(dst, year/100), year%100)
	}
	dst = append2(append(dst, '-'), int(month))
	dst = append2(append(dst, '-'), day)
	dst = append2(append(dst, 'T'), hour)
	dst = append2(append(dst, ':'), minute)
	dst = append2(append(dst, ':'), second)
	ms := t.Nanosecond() / 1e6
	return append(append2(append(dst, '.', byte('0'+ms/100)), ms%100), 'Z')
}

// append2 writes two digits.
func append2(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// appendLongYear writes a sign and six digits.
func appendLongYear(dst []byte, year int) []byte {
	sign := byte('+')
	if year < 0 {
		sign, year = '-', -year
	}
	return append2(append2(append2(append(dst, sign), year/10000), year/100%100), year%100)
}

// ParseDate reads ISO 8601 text as new Date(text) does, and reports whether that
// is a valid date. A date alone is midnight UTC; a date with a time but without an
// offset is local time in JavaScript and UTC here. A blank may stand for the T.
// The 29th to 31st of a short month count on into the next, as in V8. Text in other
// forms that V8 guesses at ("May 5 2024") is refused.
func ParseDate(s string) (time.Time, bool) {
	p := dateReader{text: s}
	year, ok := p.year()
	month, day := 1, 1
	if ok && p.take('-') {
		month, ok = p.number(2)
		if ok && p.take('-') {
			day, ok = p.number(2)
		}
	}
	if !ok || month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}, false
	}
	var clock time.Duration
	if p.take('T') || p.take('t') || p.take(' ') {
		if clock, ok = p.clock(); !ok {
			return time.Time{}, false
		}
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Add(clock)
	if ms := t.UnixMilli(); p.text != "" || ms > maxDate || ms < -maxDate {
		return time.Time{}, false
	}
	return t, true
}

// dateReader takes a date apart from the left.
type dateReader struct{ text string }

func (p *dateReader) take(c byte) bool {
	if p.text == "" || p.text[0] != c {
		return false
	}
	p.text = p.text[1:]
	return true
}

// number reads exactly n digits.
func (p *dateReader) number(n int) (int, bool) {
	if len(p.text) < n {
		return 0, false
	}
	for i := range n {
		if p.text[i] < '0' || p.text[i] > '9' {
			return 0, false
		}
	}
	v, err := strconv.Atoi(p.text[:n])
	p.text = p.text[n:]
	return v, err == nil
}

func (p *dateReader) year() (int, bool) {
	if p.take('+') {
		return p.number(6)
	}
	if p.take('-') {
		y, ok := p.number(6)
		return -y, ok && y != 0
	}
	return p.number(4)
}

// clock reads the time of day and the offset, as the distance from midnight UTC.
func (p *dateReader) clock() (time.Duration, bool) {
	hour, ok := p.number(2)
	if !ok || !p.take(':') {
		return 0, false
	}
	minute, ok := p.number(2)
	second, ms := 0, 0
	if ok && p.take(':') {
		if second, ok = p.number(2); ok && p.take('.') {
			ms, ok = p.fraction()
		}
	}
	midnight := hour == 24 && minute == 0 && second == 0 && ms == 0
	if !ok || (hour > 23 && !midnight) || minute > 59 || second > 59 {
		return 0, false
	}
	offset, ok := p.offset()
	d := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute +
		time.Duration(second)*time.Second + time.Duration(ms)*time.Millisecond
	return d - offset, ok
}

// fraction reads one digit or more, of which the first three count.
func (p *dateReader) fraction() (int, bool) {
	n, ms := 0, 0
	for ; n < len(p.text) && p.text[n] >= '0' && p.text[n] <= '9'; n++ {
		if n < 3 {
			ms = ms*10 + int(p.text[n]-'0')
		}
	}
	p.text = p.text[n:]
	for range 3 - n {
		ms *= 10
	}
	return ms, n > 0
}

func (p *dateReader) offset() (time.Duration, bool) {
	if p.text == "" || p.take('Z') || p.take('z') {
		return 0, true
	}
	sign := time.Duration(1)
	if p.take('-') {
		sign = -1
	} else if !p.take('+') {
		return 0, false
	}
	hour, ok := p.number(2)
	if !ok || !p.take(':') {
		return 0, false
	}
	minute, ok := p.number(2)
	if !ok || hour > 23 || minute > 59 {
		return 0, false
	}
	return time.Duration(int(sign)*(hour*60+minute)) * time.Minute, true
}
