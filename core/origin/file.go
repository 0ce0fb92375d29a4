package origin

import "strings"

// file reads a file URL after its scheme; base is nil or a file URL.
func (p *urlParser) file(base *URL) error {
	p.authority = true
	switch {
	case p.slashes(2):
		p.rest = p.rest[2:]
		return p.fileHost()
	case p.slashes(1):
		if base != nil {
			p.Hostname = base.Hostname
			if first := segmentsOf(base.Pathname); !startsWithDrive(p.rest[1:]) && len(first) > 0 && isNormalDrive(first[0]) {
				p.path = first[:1:1]
			}
		}
		p.readPath()
	case base == nil:
		p.readPath()
	case startsWithDrive(p.rest):
		p.Hostname = base.Hostname
		p.readPath()
	default:
		p.Hostname = base.Hostname
		p.fromBasePath(base)
	}
	return nil
}

func (p *urlParser) fileHost() error {
	end := strings.IndexAny(p.rest, `/\?#`)
	if end < 0 {
		end = len(p.rest)
	}
	host := p.rest[:end]
	if isDriveLetter(host) {
		p.readPath() // file://c:/x has no host
		return nil
	}
	p.rest = p.rest[end:]
	if host != "" {
		var err error
		if p.Hostname, err = parseHost(host, true); err != nil {
			return err
		}
		if p.Hostname == "localhost" {
			p.Hostname = ""
		}
	}
	p.readPath()
	return nil
}

func isDriveLetter(s string) bool {
	return len(s) == 2 && isLetter(s[0]) && (s[1] == ':' || s[1] == '|')
}

func isNormalDrive(s string) bool { return isDriveLetter(s) && s[1] == ':' }

func startsWithDrive(s string) bool {
	return len(s) >= 2 && isDriveLetter(s[:2]) && (len(s) == 2 || strings.IndexByte(`/\?#`, s[2]) >= 0)
}
