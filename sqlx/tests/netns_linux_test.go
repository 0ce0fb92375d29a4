package tests

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/goauth-dev/goauth/core/auth"
)

// netns is a network of its own, which one cable joins to this machine's. What its far end does not take is gone without a word: a
// packet of a connection, and the first one of a new connection.
type netns struct {
	t          *testing.T
	name, link string
	// host is this machine's address on the cable.
	host string
}

var namespaces atomic.Int64

func newNetns(t *testing.T) *netns {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil || os.Getuid() != 0 {
		t.Skip("SKIPPED: a network namespace takes root and the program ip")
	}
	n := namespaces.Add(1)
	at := int64(os.Getpid()) + n<<7
	net30, base := fmt.Sprintf("198.18.%d.", at>>6&255), at&63*4 // of the network for measurements
	ns := &netns{t: t, name: fmt.Sprintf("goauth%d-%d", os.Getpid(), n), link: fmt.Sprintf("ga%x", at&0xffffff), host: net30 + fmt.Sprint(base+1)}
	if out, err := exec.Command("ip", "netns", "add", ns.name).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: no network namespaces here: %s", out)
	}
	t.Cleanup(func() { ns.ip("netns", "delete", ns.name) }) // the cable goes with it
	ns.ip("link", "add", ns.link, "type", "veth", "peer", "name", "far", "netns", ns.name)
	ns.ip("address", "add", ns.host+"/30", "dev", ns.link)
	ns.ip("link", "set", ns.link, "up")
	ns.ip("-n", ns.name, "address", "add", net30+fmt.Sprint(base+2)+"/30", "dev", "far")
	ns.ip("-n", ns.name, "link", "set", "far", "up")
	// Else the namespace would ask who has the address, and be told by its own silence.
	ns.ip("-n", ns.name, "neighbour", "add", ns.host, "dev", "far", "lladdr", ns.mac(), "nud", "permanent")
	// What is still to be sent while the cable is out must not leave by another one.
	ns.ip("route", "add", "blackhole", net30+fmt.Sprint(base)+"/30", "metric", "9999")
	t.Cleanup(func() { ns.ip("route", "delete", "blackhole", net30+fmt.Sprint(base)+"/30", "metric", "9999") })
	return ns
}

func (ns *netns) mac() string {
	ns.t.Helper()
	mac, err := os.ReadFile("/sys/class/net/" + ns.link + "/address")
	if err != nil {
		ns.t.Fatal(err)
	}
	return strings.TrimSpace(string(mac))
}

func (ns *netns) ip(args ...string) {
	ns.t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		ns.t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// cut pulls the cable out at this machine's end, which the other does not notice, and mend puts it in again.
func (ns *netns) cut()  { ns.ip("link", "set", ns.link, "down") }
func (ns *netns) mend() { ns.ip("link", "set", ns.link, "up") }

// dial makes a connection out of the namespace.
func (ns *netns) dial(ctx context.Context, network, addr string) (conn net.Conn, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread is in the namespace now, and ends with this function
		var there *os.File
		if there, err = os.Open(filepath.Join("/run/netns", ns.name)); err != nil {
			return
		}
		defer there.Close()
		if err = unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err == nil {
			conn, err = (&net.Dialer{}).DialContext(ctx, network, addr)
		}
	}()
	<-done
	return conn, err
}

// TestFAULT030_AnInstanceWhosePacketsVanishAnswers503AndComesBack takes one of two instances off the network, as a firewall or a
// broken switch does: its connections stay open and say nothing, and new ones are not refused, but never come about.
func TestFAULT030_AnInstanceWhosePacketsVanishAnswers503AndComesBack(t *testing.T) {
	onServers(t, func(t *testing.T, s server) {
		t.Parallel() // it waits most of the time
		place, ns := s.place(t), newNetns(t)
		other := instance(t, place, func(*auth.Options) {})
		other.ok("POST", "/sign-up/email", person(coreEmail))
		p := startProxy(t, ns.host, hostOf(place))
		pool := s.dialPool(t, strings.Replace(place, hostOf(place), p.listener.Addr().String(), 1), ns.dial)
		pool.SetMaxOpenConns(4)
		db := s.wrap(pool)
		t.Cleanup(func() { _ = db.Close() })
		db.Timeout = 400 * time.Millisecond
		isolated := &coreClient{t, startCore(t, coreOptions(db), db), other.cookies, other.mails}
		isolated.signedIn("over the cable")
		ns.cut()
		for range 3 { // more than there are connections
			isolated.unavailable("GET", "/get-session", nil)
			isolated.another().unavailable("POST", "/sign-in/email", person(coreEmail))
			other.signedIn("at the other instance")
		}
		began := time.Now()
		if err := isolated.Context().Store.Ping(t.Context()); err == nil || time.Since(began) > 3*time.Second {
			t.Errorf("cut off: after %v it says of being ready: %v", time.Since(began), err)
		}
		ns.mend()
		began = time.Now()
		within(t, func() error { return isolated.Context().Store.Ping(t.Context()) })
		within(t, func() error {
			if status, _, _ := isolated.do("GET", "/get-session", nil); status != http.StatusOK {
				return fmt.Errorf("answered %d", status)
			}
			return nil
		})
		t.Logf("back after %v", time.Since(began))
		isolated.signedIn("when the network is back")
		isolated.another().ok("POST", "/sign-in/email", person(coreEmail))
		p.hangUp()
	})
}
