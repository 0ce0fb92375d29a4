package js

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep arrays and objects may nest.
const maxDepth = 32

// usualKeys is the room an object has before it grows: most bodies fit.
const usualKeys = 8

var (
	// ErrSyntax is text that JSON.parse would throw on.
	ErrSyntax = errors.New("invalid JSON")
	// ErrRefused is text that JSON.parse would accept, or nearly, and that is
	// refused because parsers read it differently: a key twice in one object, data
	// after the value, invalid UTF-8, half a surrogate pair, a NUL character, or
	// arrays and objects more than 32 deep. The message says which.
	ErrRefused = errors.New("refused JSON")
)

// Member is one key of an object with its value, and the bytes of the value as they
// were sent.
type Member struct {
	Key   string
	Value any
	Raw   []byte
}

// Parse reads one JSON value as JSON.parse does, with keys in order and case kept.
// The error is [ErrSyntax] or [ErrRefused].
func Parse(data []byte) (any, error) {
	p, err := newParser(data)
	if err != nil {
		return nil, err
	}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	return v, p.end()
}

// Members reads a JSON object and returns its own keys in the order of the text,
// each with the bytes of its value, for a signature that covers those bytes. Values
// are checked as [Parse] checks them. Raw points into data.
func Members(data []byte) ([]Member, error) {
	p, err := newParser(data)
	if err != nil {
		return nil, err
	}
	p.space()
	if !p.take('{') {
		return nil, p.syntax("an object was expected")
	}
	var members []Member
	seen := NewObject()
	err = p.object(1, seen, func(key string, value any, from, to int) {
		members = append(members, Member{Key: key, Value: value, Raw: data[from:to:to]})
	})
	if err != nil {
		return nil, err
	}
	return members, p.end()
}

// parser walks over text that is known to be valid UTF-8.
type parser struct {
	text string
	at   int
}

func newParser(data []byte) (*parser, error) {
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%w: the text is not valid UTF-8", ErrRefused)
	}
	return &parser{text: string(data)}, nil
}

func (p *parser) syntax(what string) error {
	return fmt.Errorf("%w: %s at byte %d", ErrSyntax, what, p.at)
}

func (p *parser) refuse(what string) error {
	return fmt.Errorf("%w: %s at byte %d", ErrRefused, what, p.at)
}

func (p *parser) end() error {
	p.space()
	if p.at < len(p.text) {
		return p.refuse("there is data after the value")
	}
	return nil
}

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

func (p *parser) take(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// value reads a value that is inside depth arrays and objects.
func (p *parser) value(depth int) (any, error) {
	p.space()
	if p.at == len(p.text) {
		return nil, p.syntax("the text ends early")
	}
	switch c := p.text[p.at]; {
	case c == '{':
		p.at++
		o := &Object{}
		return o, p.object(depth+1, o, nil)
	case c == '[':
		p.at++
		return p.array(depth + 1)
	case c == '"':
		p.at++
		return p.string()
	case c == '-' || (c >= '0' && c <= '9'):
		return p.number()
	}
	return p.word()
}

func (p *parser) word() (any, error) {
	rest := p.text[p.at:]
	switch {
	case strings.HasPrefix(rest, "true"):
		p.at += len("true")
		return true, nil
	case strings.HasPrefix(rest, "false"):
		p.at += len("false")
		return false, nil
	case strings.HasPrefix(rest, "null"):
		p.at += len("null")
		return nil, nil
	}
	return nil, p.syntax("a value was expected")
}

// object reads members into o after the opening brace, and tells each one's place.
func (p *parser) object(depth int, o *Object, each func(key string, value any, from, to int)) error {
	if depth > maxDepth {
		return p.refuse("nested more than 32 deep")
	}
	p.space()
	if p.take('}') {
		return nil
	}
	o.entries = make([]entry, 0, usualKeys)
	for {
		key, err := p.key(o)
		if err != nil {
			return err
		}
		from := p.at
		value, err := p.value(depth)
		if err != nil {
			return err
		}
		o.add(key, value)
		if each != nil {
			each(key, value, from, p.at)
		}
		p.space()
		if p.take('}') {
			return nil
		}
		if !p.take(',') {
			return p.syntax("a comma or a closing brace was expected")
		}
	}
}

// key reads a key that o does not have yet, and its colon.
func (p *parser) key(o *Object) (string, error) {
	p.space()
	if !p.take('"') {
		return "", p.syntax("a key was expected")
	}
	key, err := p.string()
	if err != nil {
		return "", err
	}
	if o.find(key) >= 0 {
		return "", p.refuse("a key appears twice")
	}
	p.space()
	if !p.take(':') {
		return "", p.syntax("a colon was expected")
	}
	p.space()
	return key, nil
}

func (p *parser) array(depth int) (any, error) {
	if depth > maxDepth {
		return nil, p.refuse("nested more than 32 deep")
	}
	items := []any{}
	p.space()
	if p.take(']') {
		return items, nil
	}
	for {
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
		p.space()
		if p.take(']') {
			return items, nil
		}
		if !p.take(',') {
			return nil, p.syntax("a comma or a closing bracket was expected")
		}
	}
}

// number reads a number by the grammar of RFC 8259 §6.
func (p *parser) number() (any, error) {
	from := p.at
	p.take('-')
	if !p.take('0') && p.digits() == 0 {
		return nil, p.syntax("a digit was expected")
	}
	if p.take('.') && p.digits() == 0 {
		return nil, p.syntax("a digit was expected")
	}
	if p.take('e') || p.take('E') {
		if !p.take('+') {
			p.take('-')
		}
		if p.digits() == 0 {
			return nil, p.syntax("a digit was expected")
		}
	}
	return Number(p.text[from:p.at]), nil
}

func (p *parser) digits() int {
	from := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at - from
}

// string reads a string after its opening quote. Without escapes it is a part of
// the text and costs nothing.
func (p *parser) string() (string, error) {
	from := p.at
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			return p.text[from : p.at-1], nil
		case c == '\\':
			return p.escaped(from)
		case c < 0x20:
			return "", p.syntax("a control character in a string")
		}
		p.at++
	}
	return "", p.syntax("a string has no end")
}

// escaped reads the rest of a string whose first escape is at p.at.
func (p *parser) escaped(from int) (string, error) {
	buf := append(make([]byte, 0, p.at-from+32), p.text[from:p.at]...)
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == '"':
			return string(buf), nil
		case c < 0x20:
			p.at--
			return "", p.syntax("a control character in a string")
		case c != '\\':
			buf = append(buf, c)
			continue
		}
		r, err := p.escape()
		if err != nil {
			return "", err
		}
		buf = utf8.AppendRune(buf, r)
	}
	return "", p.syntax("a string has no end")
}

// escape reads what follows a backslash.
func (p *parser) escape() (rune, error) {
	if p.at == len(p.text) {
		return 0, p.syntax("a string has no end")
	}
	c := p.text[p.at]
	p.at++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		return p.unicode()
	}
	p.at--
	return 0, p.syntax("an unknown escape")
}

// unicode reads the four digits of \uXXXX, and of the escape after it when the
// first one is the first half of a surrogate pair.
func (p *parser) unicode() (rune, error) {
	first, err := p.hex()
	switch {
	case err != nil:
		return 0, err
	case first == 0:
		return 0, p.refuse("a NUL character")
	case first < 0xD800 || first > 0xDFFF:
		return first, nil
	case first > 0xDBFF || !strings.HasPrefix(p.text[p.at:], `\u`):
		return 0, p.refuse("half a surrogate pair")
	}
	p.at += len(`\u`)
	second, err := p.hex()
	if err != nil {
		return 0, err
	}
	if second < 0xDC00 || second > 0xDFFF {
		return 0, p.refuse("half a surrogate pair")
	}
	return 0x10000 + (first-0xD800)<<10 + (second - 0xDC00), nil
}

func (p *parser) hex() (rune, error) {
	if len(p.text)-p.at < 4 {
		return 0, p.syntax("four hexadecimal digits were expected")
	}
	n, err := strconv.ParseUint(p.text[p.at:p.at+4], 16, 16)
	if err != nil {
		return 0, p.syntax("four hexadecimal digits were expected")
	}
	p.at += 4
	return rune(n), nil
}
