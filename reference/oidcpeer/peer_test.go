package oidcpeer

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

// startLimit is how long the provider may take to answer.
const startLimit = time.Minute

// peer is the provider. It may be started again, with new keys, at the same address.
type peer struct {
	t    *testing.T
	addr string
	// shape is "" or "google".
	shape string
	// redirects are the callback addresses that it knows, comma-separated.
	redirects string

	cmd    *exec.Cmd
	exited chan struct{}
	output *output
}

// newPeer reserves an address for a provider, which is still to be started.
func newPeer(t *testing.T, shape string) *peer {
	t.Helper()
	install(t)
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := fmt.Sprintf("localhost:%d", listener.Addr().(*net.TCPAddr).Port)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	p := &peer{t: t, addr: addr, shape: shape}
	t.Cleanup(p.stop)
	return p
}

// install brings the provider's packages, or skips the test.
func install(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s: nothing is asked of a certified OpenID provider", tool)
		}
	}
	w, err := harness.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.InstallNode(t.Context(), "oidcpeer"); err != nil {
		t.Fatal(err)
	}
}

func (p *peer) url() string { return "http://" + p.addr }

// start starts the provider, after ending the one before; its clock is ahead by so much.
func (p *peer) start(ahead time.Duration) {
	p.t.Helper()
	p.stop()
	_, port, _ := net.SplitHostPort(p.addr)
	p.cmd, p.exited, p.output = exec.Command("node", "peer.mjs"), make(chan struct{}), &output{}
	p.cmd.Env = append(os.Environ(), "PORT="+port, "SHAPE="+p.shape, "REDIRECT_URIS="+p.redirects, fmt.Sprintf("CLOCK_OFFSET=%d", int(ahead.Seconds())))
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func(cmd *exec.Cmd, exited chan struct{}) {
		_ = cmd.Wait()
		close(exited)
	}(p.cmd, p.exited)
	p.awaitReady()
}

func (p *peer) awaitReady() {
	p.t.Helper()
	for begun := time.Now(); time.Since(begun) < startLimit; time.Sleep(50 * time.Millisecond) {
		select {
		case <-p.exited:
			p.t.Fatalf("the provider stopped at once:\n%s", p.output)
		default:
		}
		res, err := http.Get(p.url() + "/.well-known/openid-configuration")
		if err != nil {
			continue
		}
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return
		}
	}
	p.t.Fatalf("the provider did not answer within %s:\n%s", startLimit, p.output)
}

func (p *peer) stop() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	<-p.exited
	p.cmd = nil
}

// output collects what a process prints while others read it.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// String is what was printed so far.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
