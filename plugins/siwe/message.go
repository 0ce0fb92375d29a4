package siwe

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/origin"
)

// Message is what a message of Sign-In with Ethereum says (ERC-4361).
type Message struct {
	// Scheme is "" when the message has none.
	Scheme, Domain, Address, Statement, URI string
	ChainID                                 int64
	Nonce                                   string
	IssuedAt                                time.Time
	// ExpirationTime and NotBefore are zero when the message does not bound itself.
	ExpirationTime, NotBefore time.Time
	RequestID                 string
	Resources                 []string
}

// maxMessage is the longest message, in bytes, that is read.
const maxMessage = 8 << 10

var (
	headerLine = regexp.MustCompile(`^(?:([a-zA-Z][a-zA-Z0-9+.-]*)://)?([A-Za-z0-9.:\[\]_~%!$&'()*+,;=@-]+) wants you to sign in with your Ethereum account:$`)
	nonceText  = regexp.MustCompile(`^[a-zA-Z0-9]{8,}$`)
	digits     = regexp.MustCompile(`^[0-9]{1,15}$`)
	pathChars  = regexp.MustCompile(`^(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*$`)
	dateTime   = regexp.MustCompile(`^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$`)
)

// Parse reads a message strictly by the grammar of ERC-4361: every line in its place, no other line, version 1. The address
// must have the checksum of EIP-55 unless it is all of one case.
func Parse(text string) (*Message, error) {
	if len(text) > maxMessage {
		return nil, fmt.Errorf("siwe: the message is longer than %d bytes", maxMessage)
	}
	p := &parser{lines: strings.Split(text, "\n")}
	m := &Message{}
	p.header(m)
	p.statement(m)
	p.field("URI: ", func(v string) error { m.URI = v; return isURI(v) })
	p.field("Version: ", func(v string) error { return only(v == "1") })
	p.field("Chain ID: ", func(v string) (err error) {
		if !digits.MatchString(v) {
			return errForm
		}
		m.ChainID, err = strconv.ParseInt(v, 10, 64)
		return err
	})
	p.field("Nonce: ", func(v string) error { m.Nonce = v; return only(nonceText.MatchString(v)) })
	p.field("Issued At: ", at(&m.IssuedAt))
	p.optional("Expiration Time: ", at(&m.ExpirationTime))
	p.optional("Not Before: ", at(&m.NotBefore))
	p.optional("Request ID: ", func(v string) error { m.RequestID = v; return only(pathChars.MatchString(v)) })
	p.resources(m)
	if p.err == nil && len(p.lines) > 0 {
		p.err = fmt.Errorf("siwe: line %d does not belong there", p.read+1)
	}
	if p.err != nil {
		return nil, p.err
	}
	return m, nil
}

var errForm = errors.New("it has another form")

func only(ok bool) error {
	if !ok {
		return errForm
	}
	return nil
}

func isURI(v string) error {
	if strings.ContainsAny(v, " \t\r") {
		return errForm
	}
	_, err := origin.ParseURL(v)
	return err
}

func at(t *time.Time) func(string) error {
	return func(v string) (err error) {
		if !dateTime.MatchString(v) {
			return errForm
		}
		*t, err = time.Parse(time.RFC3339, strings.ToUpper(v))
		return err
	}
}

// parser takes one line after the other; after an error it takes none.
type parser struct {
	lines []string
	read  int
	err   error
}

func (p *parser) next() string {
	if p.err != nil {
		return ""
	}
	if len(p.lines) == 0 {
		p.err = errors.New("siwe: the message ends too early")
		return ""
	}
	line := p.lines[0]
	p.lines, p.read = p.lines[1:], p.read+1
	return line
}

func (p *parser) fail(err error) {
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("siwe: line %d: %w", p.read, err)
	}
}

// header takes the first line, the address and the blank behind it.
func (p *parser) header(m *Message) {
	parts := headerLine.FindStringSubmatch(p.next())
	if parts == nil {
		p.fail(errForm)
		return
	}
	m.Scheme, m.Domain, m.Address = parts[1], parts[2], p.next()
	p.fail(only(isAddress(m.Address) && hasChecksum(m.Address)))
	p.fail(only(p.next() == ""))
}

// statement takes the statement, if there is one, and the blank behind it.
func (p *parser) statement(m *Message) {
	line := p.next()
	if line == "" {
		return
	}
	m.Statement = line
	p.fail(only(isPrintable(line)))
	p.fail(only(p.next() == ""))
}

// isPrintable reports whether a line has the characters of a statement.
func isPrintable(line string) bool {
	return !strings.ContainsFunc(line, func(r rune) bool { return r < 0x20 || r > 0x7e })
}

func (p *parser) field(name string, set func(string) error) {
	v, ok := strings.CutPrefix(p.next(), name)
	if !ok {
		p.fail(fmt.Errorf("%q is missing", name))
		return
	}
	if p.err == nil {
		p.fail(set(v))
	}
}

func (p *parser) optional(name string, set func(string) error) {
	if p.err == nil && len(p.lines) > 0 && strings.HasPrefix(p.lines[0], name) {
		p.field(name, set)
	}
}

func (p *parser) resources(m *Message) {
	if p.err != nil || len(p.lines) == 0 || p.lines[0] != "Resources:" {
		return
	}
	p.next()
	for len(p.lines) > 0 && p.err == nil {
		p.field("- ", func(v string) error { m.Resources = append(m.Resources, v); return isURI(v) })
	}
}
