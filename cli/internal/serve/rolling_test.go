package serve_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/cli/internal/serve"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
)

// balancer sends a request to one of two servers, and to the other when the first takes no connection or ends it before it
// has answered a byte. Each request has a connection of its own.
type balancer struct {
	mu   sync.Mutex
	urls [2]string
	next atomic.Int64
	http http.Client
}

func (b *balancer) set(i int, url string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.urls[i] = url
}

func (b *balancer) post(path, body string) (status int, err error) {
	for range 20 {
		b.mu.Lock()
		url := b.urls[b.next.Add(1)%2]
		b.mu.Unlock()
		req, err := http.NewRequest(http.MethodPost, url+"/api/auth"+path, strings.NewReader(body))
		if err != nil {
			return 0, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Origin", url)
		res, err := b.http.Do(req)
		if err != nil {
			continue
		}
		return res.StatusCode, res.Body.Close()
	}
	return 0, fmt.Errorf("no server answers")
}

// TestFAULT008_ARollingRestartUnderLoadFailsNoRequest stops and starts each of two servers on one database in turn while
// people sign up. A sign-up that was done and not answered would be refused when it is tried again; each sends a mail, which
// a server that stops still sends.
func TestFAULT008_ARollingRestartUnderLoadFailsNoRequest(t *testing.T) {
	c := devConfig(t)
	c.Options.EmailAndPassword.Password = authtest.FastHash()
	c.Options.EmailVerification.SendOnSignUp = option.On
	c.Options.RateLimit.Enabled = option.Off
	var mails atomic.Int64
	c.Options.EmailVerification.SendVerificationEmail = func(context.Context, auth.Mail) error {
		time.Sleep(5 * time.Millisecond)
		mails.Add(1)
		return nil
	}
	b := &balancer{http: http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}}
	var servers [2]*running
	begin := func(i int) {
		copied := *c
		servers[i] = start(t, serve.Options{Config: &copied, Dev: true})
		b.set(i, servers[i].url)
	}
	begin(0)
	begin(1)
	signedUp, done := load(t, b)
	for round := range 6 {
		time.Sleep(50 * time.Millisecond)
		if err := servers[round%2].stop(); err != nil {
			t.Errorf("restart %d: %v", round, err)
		}
		begin(round % 2)
	}
	done()
	for _, s := range servers {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	}
	if n := signedUp.Load(); n < 50 || mails.Load() != n {
		t.Errorf("%d people signed up and %d mails were sent", n, mails.Load())
	}
	t.Logf("%d sign-ups during 6 restarts", signedUp.Load())
}

// load has four callers sign people up until done is called, which waits for them.
func load(t *testing.T, b *balancer) (signedUp *atomic.Int64, done func()) {
	signedUp = &atomic.Int64{}
	ctx, cancel := context.WithCancel(t.Context())
	var callers sync.WaitGroup
	for i := range 4 {
		callers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				status, err := b.post("/sign-up/email", fmt.Sprintf(`{"name":"Ada","email":"ada%d.%d@example.com","password":"hunter2hunter2"}`, i, n))
				if status != http.StatusOK {
					t.Errorf("a sign-up was answered %d, %v", status, err)
					return
				}
				signedUp.Add(1)
			}
		})
	}
	return signedUp, func() { cancel(); callers.Wait() }
}
