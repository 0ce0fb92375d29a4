package origin

import (
	"fmt"
	"strconv"
	"strings"
)

// defaultPorts lists the special schemes of WHATWG URL §4.2 with their ports.
var defaultPorts = map[string]string{
	"http:": "80", "https:": "443", "ws:": "80", "wss:": "443", "ftp:": "21", "file:": "",
}

func isSpecial(protocol string) bool {
	_, ok := defaultPorts[protocol]
	return ok
}

// urlParser builds a URL from the left; rest is what has not been read yet.
type urlParser struct {
	*URL
	rest    string
	special bool
	path    []string
}

// parseURL is the basic URL parser of WHATWG URL §4.4; base may be nil.
func parseURL(raw string, base *URL) (*URL, error) {
	text := strings.TrimFunc(raw, func(r rune) bool { return r <= ' ' })
	text = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(text)
	p := &urlParser{URL: &URL{}, rest: text}
	var err error
	if scheme, after, ok := cutScheme(text); ok {
		p.setProtocol(lower(scheme) + ":")
		p.rest = after
		err = p.afterScheme(base)
	} else {
		err = p.withoutScheme(base)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %q: %w", ErrInvalidURL, raw, err)
	}
	return p.URL, nil
}

func (p *urlParser) setProtocol(protocol string) {
	p.Protocol = protocol
	p.special = isSpecial(protocol)
}

func cutScheme(s string) (scheme, after string, ok bool) {
	if s == "" || !isLetter(s[0]) {
		return "", "", false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c == ':':
			return s[:i], s[i+1:], true
		case !isAlnum(c) && c != '+' && c != '-' && c != '.':
			return "", "", false
		}
	}
	return "", "", false
}

// isSlash reports whether a backslash counts as a slash too.
func (p *urlParser) isSlash(c byte) bool { return c == '/' || (p.special && c == '\\') }

// slashes reports whether the rest starts with n slashes.
func (p *urlParser) slashes(n int) bool {
	if len(p.rest) < n {
		return false
	}
	for i := range n {
		if !p.isSlash(p.rest[i]) {
			return false
		}
	}
	return true
}

func (p *urlParser) afterScheme(base *URL) error {
	switch {
	case p.Protocol == "file:":
		if base != nil && base.Protocol != "file:" {
			base = nil
		}
		return p.file(base)
	case p.special && base != nil && base.Protocol == p.Protocol && !strings.HasPrefix(p.rest, "//"):
		return p.relative(base)
	case p.special:
		p.rest = strings.TrimLeft(p.rest, `/\`)
		return p.afterAuthoritySlashes()
	case strings.HasPrefix(p.rest, "//"):
		p.rest = p.rest[2:]
		return p.afterAuthoritySlashes()
	case strings.HasPrefix(p.rest, "/"):
		p.readPath()
		return nil
	}
	p.opaquePath()
	return nil
}

func (p *urlParser) withoutScheme(base *URL) error {
	switch {
	case base == nil:
		return errRelative
	case base.opaque && !strings.HasPrefix(p.rest, "#"):
		return errRelative
	case base.opaque:
		*p.URL = *base
		p.readHash()
		return nil
	case base.Protocol == "file:":
		p.setProtocol("file:")
		return p.file(base)
	}
	return p.relative(base)
}

// relative reads what has no host of its own against base.
func (p *urlParser) relative(base *URL) error {
	p.setProtocol(base.Protocol)
	if p.slashes(2) {
		if p.special {
			p.rest = strings.TrimLeft(p.rest, `/\`)
		} else {
			p.rest = p.rest[2:]
		}
		return p.afterAuthoritySlashes()
	}
	p.copyAuthority(base)
	p.fromBasePath(base)
	return nil
}

func (p *urlParser) copyAuthority(base *URL) {
	p.Username, p.Password, p.Hostname, p.Port = base.Username, base.Password, base.Hostname, base.Port
	p.authority = base.authority
}

// fromBasePath reads the path, query and fragment where base gives what is missing.
func (p *urlParser) fromBasePath(base *URL) {
	switch {
	case p.slashes(1):
	case p.rest == "" || p.rest[0] == '?' || p.rest[0] == '#':
		p.Pathname = base.Pathname
		if p.rest == "" || p.rest[0] == '#' {
			p.Search, p.bareQuery = base.Search, base.bareQuery
		}
		p.readSearch()
		return
	default:
		p.path = segmentsOf(base.Pathname)
		p.shorten()
	}
	p.readPath()
}

// segmentsOf takes a serialised path apart.
func segmentsOf(pathname string) []string {
	if pathname == "" {
		return nil
	}
	return strings.Split(pathname[1:], "/")
}

func (p *urlParser) afterAuthoritySlashes() error {
	if err := p.readAuthority(); err != nil {
		return err
	}
	p.readPath()
	return nil
}

// readAuthority reads user:password@host:port.
func (p *urlParser) readAuthority() error {
	end := len(p.rest)
	for i := range len(p.rest) {
		if c := p.rest[i]; p.isSlash(c) || c == '?' || c == '#' {
			end = i
			break
		}
	}
	host := p.rest[:end]
	p.rest = p.rest[end:]
	p.authority = true
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		user, password, _ := strings.Cut(host[:at], ":")
		p.Username, p.Password = userinfoSet.encode(user), userinfoSet.encode(password)
		if host = host[at+1:]; host == "" {
			return errNoHost
		}
	}
	return p.readHost(host)
}

func (p *urlParser) readHost(text string) error {
	host, port, hasPort := splitPort(text)
	if hasPort && host == "" {
		return errNoHost
	}
	if host == "" && p.special {
		return errNoHost
	}
	var err error
	if p.Hostname, err = parseHost(host, p.special); err != nil {
		return err
	}
	p.Port, err = parsePort(port, p.Protocol)
	return err
}

// splitPort cuts at the first colon outside brackets.
func splitPort(s string) (host, port string, found bool) {
	inside := false
	for i := range len(s) {
		switch s[i] {
		case '[':
			inside = true
		case ']':
			inside = false
		case ':':
			if !inside {
				return s[:i], s[i+1:], true
			}
		}
	}
	return s, "", false
}

func parsePort(text, protocol string) (string, error) {
	if text == "" {
		return "", nil
	}
	for i := range len(text) {
		if !isDigit(text[i]) {
			return "", errPort
		}
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return "", errPort
	}
	port := strconv.FormatUint(n, 10)
	if defaultPorts[protocol] == port {
		return "", nil
	}
	return port, nil
}

// readPath reads the path onto p.path, then the query and the fragment.
func (p *urlParser) readPath() {
	end := strings.IndexAny(p.rest, "?#")
	if end < 0 {
		end = len(p.rest)
	}
	text := p.rest[:end]
	p.rest = p.rest[end:]
	if text == "" && !p.special && p.path == nil {
		p.readSearch() // scheme://host has no path at all
		return
	}
	if text != "" && p.isSlash(text[0]) {
		text = text[1:]
	}
	for more := true; more; {
		var segment string
		segment, text, more = p.cutSegment(text)
		p.addSegment(segment, !more)
	}
	p.Pathname = "/" + strings.Join(p.path, "/")
	if len(p.path) == 0 {
		p.Pathname = ""
	}
	p.readSearch()
}

func (p *urlParser) cutSegment(text string) (segment, rest string, more bool) {
	for i := range len(text) {
		if p.isSlash(text[i]) {
			return text[:i], text[i+1:], true
		}
	}
	return text, "", false
}

// addSegment puts one segment on the path and resolves dot segments.
func (p *urlParser) addSegment(segment string, last bool) {
	switch {
	case isDoubleDot(segment):
		p.shorten()
		if last {
			p.path = append(p.path, "")
		}
	case isSingleDot(segment):
		if last {
			p.path = append(p.path, "")
		}
	default:
		if p.Protocol == "file:" && len(p.path) == 0 && isDriveLetter(segment) {
			segment = segment[:1] + ":"
		}
		p.path = append(p.path, pathSet.encode(segment))
	}
}

// shorten removes the last segment, but not the drive letter of a file URL.
func (p *urlParser) shorten() {
	if len(p.path) == 0 {
		return
	}
	if p.Protocol == "file:" && len(p.path) == 1 && isDriveLetter(p.path[0]) && p.path[0][1] == ':' {
		return
	}
	p.path = p.path[:len(p.path)-1]
}

func isSingleDot(s string) bool { return s == "." || strings.EqualFold(s, "%2e") }

func isDoubleDot(s string) bool {
	switch lower(s) {
	case "..", ".%2e", "%2e.", "%2e%2e":
		return true
	}
	return false
}

// opaquePath reads the path of a URL like mailto:someone.
func (p *urlParser) opaquePath() {
	end := strings.IndexAny(p.rest, "?#")
	if end < 0 {
		end = len(p.rest)
	}
	p.opaque = true
	p.Pathname = controlSet.encode(p.rest[:end])
	p.rest = p.rest[end:]
	p.readSearch()
}

// readSearch reads the query and the fragment.
func (p *urlParser) readSearch() {
	if strings.HasPrefix(p.rest, "?") {
		text, hash, found := strings.Cut(p.rest[1:], "#")
		p.rest = ""
		if found {
			p.rest = "#" + hash
		}
		set := querySet
		if p.special {
			set = specialQuerySet
		}
		if p.bareQuery = text == ""; !p.bareQuery {
			p.Search = "?" + set.encode(text)
		} else {
			p.Search = ""
		}
	}
	p.readHash()
}

func (p *urlParser) readHash() {
	p.Hash, p.bareHash = "", false
	if text, ok := strings.CutPrefix(p.rest, "#"); ok {
		if p.bareHash = text == ""; !p.bareHash {
			p.Hash = "#" + fragmentSet.encode(text)
		}
	}
	p.rest = ""
}
