package origin

import (
	"regexp"
	"strings"
)

// Matcher tells whether a text matches a wildcard pattern. The zero value matches
// nothing.
type Matcher struct{ expression *regexp.Regexp }

// Match reports whether the whole of s matches, in time linear in its length.
func (m Matcher) Match(s string) bool {
	return m.expression != nil && m.expression.MatchString(s)
}

// Parts of the expressions: slashes of both kinds separate segments, and nothing
// but ** crosses them.
const (
	oneChar     = `[^/\\]`
	oneOrMore   = `[/\\]+`
	zeroOrMore  = `[/\\]*`
	anySegments = "**"
)

// Wildcard compiles a pattern: * is any run of characters in one segment, ? any one
// character, ** as a whole segment any number of segments, \ takes the next
// character literally. Dots are ordinary: * spans the labels of a host name. A
// pattern's slash asks for one or more, at the end of the text any number may follow.
func Wildcard(pattern string) Matcher {
	var b strings.Builder
	b.WriteString(`\A`)
	segments := strings.Split(pattern, "/")
	for i, segment := range segments {
		if segment == "" && i > 0 {
			continue
		}
		writeSegment(&b, segment, separatorAfter(segments, i), i == 0)
	}
	b.WriteString(`\z`)
	expression, err := regexp.Compile(b.String())
	if err != nil {
		return Matcher{}
	}
	return Matcher{expression}
}

// separatorAfter returns what must follow segment i. A ** brings its own.
func separatorAfter(segments []string, i int) string {
	switch {
	case i == len(segments)-1:
		return zeroOrMore
	case segments[i+1] == anySegments:
		return ""
	}
	return oneOrMore
}

func writeSegment(b *strings.Builder, segment, separator string, first bool) {
	if segment != anySegments {
		writeGlob(b, segment)
		b.WriteString(separator)
		return
	}
	if separator == "" {
		return
	}
	if !first {
		b.WriteString(separator)
	}
	b.WriteString("(?:" + oneChar + "*" + separator + ")*")
}

func writeGlob(b *strings.Builder, segment string) {
	escaped := false
	for _, r := range segment {
		switch {
		case escaped:
			escaped = false
			b.WriteString(regexp.QuoteMeta(string(r)))
		case r == '\\':
			escaped = true
		case r == '?':
			b.WriteString(oneChar)
		case r == '*':
			b.WriteString(oneChar + "*")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
}
