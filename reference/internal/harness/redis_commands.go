package harness

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

const (
	ok      = "+OK\r\n"
	null    = "$-1\r\n"
	notInt  = "-ERR value is not an integer or out of range\r\n"
	tooFew  = "-ERR wrong number of arguments\r\n"
	unknown = "-ERR unknown command '%s'\r\n"
)

// commands maps a name to its least number of arguments and its work.
var commands = map[string]struct {
	arity int
	run   func(*Redis, []string) string
}{
	"PING":    {0, func(*Redis, []string) string { return "+PONG\r\n" }},
	"SELECT":  {1, func(*Redis, []string) string { return ok }},
	"CLIENT":  {1, func(*Redis, []string) string { return ok }},
	"INFO":    {0, func(*Redis, []string) string { return bulk("redis_version:6.0.0\r\nloading:0\r\n") }},
	"GET":     {1, (*Redis).get},
	"GETDEL":  {1, (*Redis).getdel},
	"SET":     {2, (*Redis).set},
	"SETEX":   {3, (*Redis).setex},
	"DEL":     {1, (*Redis).del},
	"UNLINK":  {1, (*Redis).del},
	"EXISTS":  {1, (*Redis).exists},
	"KEYS":    {1, (*Redis).keys},
	"SCAN":    {1, (*Redis).scan},
	"EXPIRE":  {2, (*Redis).expire},
	"TTL":     {1, (*Redis).ttl},
	"INCR":    {1, (*Redis).incr},
	"FLUSHDB": {0, (*Redis).flush},
}

func (r *Redis) run(args []string) string {
	c, found := commands[strings.ToUpper(args[0])]
	if !found {
		return fmt.Sprintf(unknown, args[0])
	}
	if len(args)-1 < c.arity {
		return tooFew
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return c.run(r, args[1:])
}

func bulk(s string) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(s), s) }

func integer(n int) string { return fmt.Sprintf(":%d\r\n", n) }

func array(items []string) string {
	out := fmt.Sprintf("*%d\r\n", len(items))
	for _, s := range items {
		out += bulk(s)
	}
	return out
}

// live reads a key and forgets it when its time is over. The lock is held.
func (r *Redis) live(key string) (Entry, bool) {
	e, found := r.entries[key]
	if found && !e.Expires.IsZero() && !time.Now().Before(e.Expires) {
		delete(r.entries, key)
		return Entry{}, false
	}
	return e, found
}

func (r *Redis) get(a []string) string {
	e, found := r.live(a[0])
	if !found {
		return null
	}
	return bulk(e.Value)
}

func (r *Redis) getdel(a []string) string {
	out := r.get(a)
	delete(r.entries, a[0])
	return out
}

func (r *Redis) set(a []string) string {
	next := Entry{Value: a[1]}
	old, exists := r.live(a[0])
	for i := 2; i < len(a); i++ {
		switch strings.ToUpper(a[i]) {
		case "NX":
			if exists {
				return null
			}
		case "XX":
			if !exists {
				return null
			}
		case "KEEPTTL":
			next.Expires = old.Expires
		case "EX", "PX":
			if i+1 >= len(a) {
				return tooFew
			}
			n, err := strconv.Atoi(a[i+1])
			if err != nil || n <= 0 {
				return notInt
			}
			unit := time.Second
			if strings.EqualFold(a[i], "PX") {
				unit = time.Millisecond
			}
			next.Expires = time.Now().Add(time.Duration(n) * unit)
			i++
		}
	}
	r.entries[a[0]] = next
	return ok
}

func (r *Redis) setex(a []string) string {
	return r.set([]string{a[0], a[2], "EX", a[1]})
}

func (r *Redis) del(a []string) string {
	n := 0
	for _, k := range a {
		if _, found := r.live(k); found {
			delete(r.entries, k)
			n++
		}
	}
	return integer(n)
}

func (r *Redis) exists(a []string) string {
	n := 0
	for _, k := range a {
		if _, found := r.live(k); found {
			n++
		}
	}
	return integer(n)
}

func (r *Redis) matching(glob string) []string {
	var out []string
	for k := range r.entries {
		if _, found := r.live(k); !found {
			continue
		}
		// a Redis star crosses slashes, path.Match's does not
		flat := strings.NewReplacer("/", "\x00")
		if m, _ := path.Match(flat.Replace(glob), flat.Replace(k)); m {
			out = append(out, k)
		}
	}
	return out
}

func (r *Redis) keys(a []string) string { return array(r.matching(a[0])) }

func (r *Redis) scan(a []string) string {
	glob := "*"
	for i := 1; i+1 < len(a); i += 2 {
		if strings.EqualFold(a[i], "MATCH") {
			glob = a[i+1]
		}
	}
	return "*2\r\n" + bulk("0") + array(r.matching(glob))
}

func (r *Redis) expire(a []string) string {
	e, found := r.live(a[0])
	n, err := strconv.Atoi(a[1])
	if err != nil {
		return notInt
	}
	if !found {
		return integer(0)
	}
	e.Expires = time.Now().Add(time.Duration(n) * time.Second)
	r.entries[a[0]] = e
	return integer(1)
}

func (r *Redis) ttl(a []string) string {
	e, found := r.live(a[0])
	switch {
	case !found:
		return integer(-2)
	case e.Expires.IsZero():
		return integer(-1)
	default:
		return integer(int(time.Until(e.Expires).Round(time.Second).Seconds()))
	}
}

func (r *Redis) incr(a []string) string {
	e, _ := r.live(a[0])
	n := 0
	if e.Value != "" {
		var err error
		if n, err = strconv.Atoi(e.Value); err != nil {
			return notInt
		}
	}
	e.Value = strconv.Itoa(n + 1)
	r.entries[a[0]] = e
	return integer(n + 1)
}

func (r *Redis) flush([]string) string {
	clear(r.entries)
	return ok
}
