package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
)

// connection is one kept-alive HTTP/1.1 connection. It does little more than copy bytes, so that one processor can load
// a server on another: net/http's client costs more than the server's work.
type connection struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
}

func newConnection(conn net.Conn) *connection {
	return &connection{conn: conn, in: bufio.NewReaderSize(conn, 16<<10)}
}

// answer is a response. The body is good until the next request.
type answer struct {
	status  int
	cookies []string // the Set-Cookie lines
	body    []byte
}

const apiPath = "/api/auth"

// get writes a request; cookie may be empty.
func get(path, cookie string) []byte {
	b := fmt.Appendf(nil, "GET %s%s HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nUser-Agent: bench\r\n", apiPath, path)
	if cookie != "" {
		b = fmt.Appendf(b, "Cookie: %s\r\n", cookie)
	}
	return append(b, "\r\n"...)
}

// post writes a request of the server's own page, with a JSON body.
func post(port int, path, body string) []byte {
	return fmt.Appendf(nil, "POST %s%s HTTP/1.1\r\nHost: localhost:%d\r\nAccept: */*\r\nUser-Agent: bench\r\nOrigin: http://localhost:%d\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", apiPath, path, port, port, len(body), body)
}

// do sends a request and reads the answer.
func (c *connection) do(request []byte) (answer, error) {
	if _, err := c.conn.Write(request); err != nil {
		return answer{}, err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return answer{}, err
	}
	if len(line) < len("HTTP/1.1 200") {
		return answer{}, fmt.Errorf("no status line: %q", line)
	}
	a := answer{}
	if a.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return answer{}, fmt.Errorf("no status: %w", err)
	}
	length, chunked, err := c.headers(&a)
	if err != nil {
		return answer{}, err
	}
	switch {
	case chunked:
		err = c.chunks()
	case length >= 0:
		err = c.fixed(length)
	default:
		err = errors.New("an answer without a length")
	}
	a.body = c.body
	return a, err
}

// headers reads up to the empty line. length is -1 when it is not given.
func (c *connection) headers(a *answer) (length int, chunked bool, err error) {
	length = -1
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, false, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return length, chunked, nil
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch value = bytes.TrimSpace(value); {
		case bytes.EqualFold(name, []byte("content-length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, false, fmt.Errorf("content-length: %w", err)
			}
		case bytes.EqualFold(name, []byte("transfer-encoding")):
			chunked = true
		case bytes.EqualFold(name, []byte("set-cookie")):
			a.cookies = append(a.cookies, string(value))
		}
	}
}

func (c *connection) fixed(length int) error {
	if cap(c.body) < length {
		c.body = make([]byte, length)
	}
	c.body = c.body[:length]
	_, err := io.ReadFull(c.in, c.body)
	return err
}

// chunks reads a body in chunks; extensions and trailers are not expected.
func (c *connection) chunks() error {
	c.body = c.body[:0]
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 24)
		if err != nil {
			return fmt.Errorf("chunk: %w", err)
		}
		from := len(c.body)
		c.body = append(c.body, make([]byte, size)...)
		if _, err := io.ReadFull(c.in, c.body[from:]); err != nil {
			return err
		}
		if _, err := c.in.Discard(len("\r\n")); err != nil || size == 0 {
			return err
		}
	}
}

// cookieHeader is what a client with the answer's cookies sends back.
func (a *answer) cookieHeader() string {
	var b []byte
	for _, line := range a.cookies {
		ck, err := http.ParseSetCookie(line)
		if err != nil || ck.MaxAge < 0 {
			continue
		}
		if len(b) > 0 {
			b = append(b, "; "...)
		}
		b = append(append(append(b, ck.Name...), '='), ck.Value...)
	}
	return string(b)
}
