// Command testbed serves any number of differently configured instances over the control protocol by which
// reference/suite runs upstream's own tests: options come as tagged JSON, and functions of a test as handles that are
// called back over HTTP.
//
//	go run ./reference/testbed -addr 127.0.0.1:4400
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "address to listen on")
	null := flag.Bool("null", false, "accept every registration and answer every operation with 501, to find the cases that pass without a server")
	flag.Parse()
	if err := run(*addr, *null); err != nil {
		fmt.Fprintln(os.Stderr, "testbed:", err)
		os.Exit(1)
	}
}

// run serves until the process is ended. The first line on standard output is "LISTEN " and the port.
func run(addr string, null bool) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	t := &testbed{base: "http://" + listener.Addr().String(), null: null, instances: map[string]*instance{}}
	fmt.Println("LISTEN", listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{Handler: t, ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 1 << 20}
	return server.Serve(listener)
}

// testbed keeps the instances of all test files that run at the moment.
type testbed struct {
	base string
	null bool

	mu        sync.Mutex
	last      int
	instances map[string]*instance
}

// ServeHTTP implements http.Handler.
func (t *testbed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case path == "/__testbed/ping":
		answer(w, object("ok", true, "impl", "go", "version", "1.6.9"))
	case path == "/__testbed/instances" && r.Method == http.MethodPost:
		t.register(w, r)
	case strings.HasPrefix(path, "/__testbed/instances/") && r.Method == http.MethodDelete:
		t.remove(strings.TrimPrefix(path, "/__testbed/instances/"))
		answer(w, object("ok", true))
	default:
		t.forward(w, r)
	}
}

// register makes an instance, or answers why its options cannot be used.
func (t *testbed) register(w http.ResponseWriter, r *http.Request) {
	spec, err := readObject(r.Body)
	if err != nil {
		answer(w, failed(err))
		return
	}
	id := t.nextID()
	if t.null {
		answer(w, object("ok", true, "id", id, "base", t.base+"/i/"+id))
		return
	}
	in, err := newInstance(id, spec)
	if err != nil {
		answer(w, failed(err))
		return
	}
	t.mu.Lock()
	t.instances[id] = in
	t.mu.Unlock()
	answer(w, object("ok", true, "id", id, "base", t.base+"/i/"+id))
}

func (t *testbed) nextID() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last++
	return strconv.Itoa(t.last)
}

func (t *testbed) remove(id string) {
	t.mu.Lock()
	in := t.instances[id]
	delete(t.instances, id)
	t.mu.Unlock()
	if in != nil {
		in.close()
	}
}

// forward gives a request below /i/{id} to its instance.
func (t *testbed) forward(w http.ResponseWriter, r *http.Request) {
	id, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/i/"), "/")
	if t.null {
		forwardNull(w, rest)
		return
	}
	t.mu.Lock()
	in := t.instances[id]
	t.mu.Unlock()
	switch {
	case in == nil:
		http.Error(w, "there is no such instance", http.StatusGone)
	case rest == "__call":
		in.call(w, r)
	default:
		in.serve(w, r)
	}
}

// forwardNull answers what a server that does nothing answers.
func forwardNull(w http.ResponseWriter, rest string) {
	if rest == "__call" {
		answer(w, failed(auth.FailStatus(http.StatusNotImplemented)))
		return
	}
	w.WriteHeader(http.StatusNotImplemented)
}

// answer sends one JSON document.
func answer(w http.ResponseWriter, v any) {
	text, err := auth.JSON(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text)
}

// failed is the answer for an error.
func failed(err error) *auth.Object {
	return object("ok", false, "error", tagError(err, nil))
}
