// Package wire speaks HTTP/1.1 byte for byte: a request goes out exactly as a
// test wrote it (odd paths, repeated headers, a body with or without a length),
// and the answer comes back unfollowed and undecoded. net/http's client tidies
// requests up, which would hide what a server does with untidy ones.
package wire

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Timeout is the longest one exchange may take.
const Timeout = 20 * time.Second

// Header is one request header line.
type Header struct{ Name, Value string }

// Request is one request as it goes on the wire.
type Request struct {
	Method string
	// Target is the request target, path and query, sent as is.
	Target  string
	Headers []Header
	// Body is sent with a Content-Length; nil sends neither body nor length.
	Body []byte
}

// Response is an answer with its body read to the end.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends the request to addr (host:port) on a connection of its own. The Host
// header is addr with 127.0.0.1 written localhost, unless the request brings one.
func Do(ctx context.Context, addr string, req Request) (*Response, error) {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", addr, err)
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return nil, fmt.Errorf("set deadline: %w", err)
		}
	}
	if _, err := conn.Write(encode(addr, req)); err != nil {
		return nil, fmt.Errorf("send %s %s: %w", req.Method, req.Target, err)
	}
	return read(conn, req.Method)
}

func encode(addr string, req Request) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s HTTP/1.1\r\n", req.Method, req.Target)
	if !has(req.Headers, "host") {
		fmt.Fprintf(&out, "Host: %s\r\n", strings.Replace(addr, "127.0.0.1", "localhost", 1))
	}
	for _, h := range req.Headers {
		fmt.Fprintf(&out, "%s: %s\r\n", h.Name, h.Value)
	}
	if req.Body != nil {
		fmt.Fprintf(&out, "Content-Length: %d\r\n", len(req.Body))
	}
	out.WriteString("Connection: close\r\n\r\n")
	out.Write(req.Body)
	return out.Bytes()
}

func has(headers []Header, name string) bool {
	for _, h := range headers {
		if strings.EqualFold(h.Name, name) {
			return true
		}
	}
	return false
}

func read(conn net.Conn, method string) (*Response, error) {
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	return &Response{Status: res.StatusCode, Header: res.Header, Body: body}, nil
}
