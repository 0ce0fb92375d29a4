package serve

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// hanging is a database that stops answering and ignores the deadline.
type hanging struct{ store.Database }

type hangingAdapter struct {
	store.Adapter
	release chan struct{}
}

func (h hangingAdapter) Ping(context.Context) error {
	<-h.release
	return nil
}

func (h hanging) Bind(s *schema.Schema) (store.Adapter, error) {
	a, err := h.Database.Bind(s)
	return hangingAdapter{a, make(chan struct{})}, err
}

func newTestApp(t *testing.T, db store.Database) *app {
	t.Helper()
	a, err := core.New(auth.Options{Database: db, Secret: "0123456789abcdefghijklmnopqrstuvwxyz", Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	return &app{auth: a, logger: a.Context().Logger, now: time.Now}
}

func readyStatus(a *app) (int, string) {
	w := httptest.NewRecorder()
	a.readyz(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	return w.Code, w.Body.String()
}

func TestNotReadyWhenTheDatabaseDoesNotAnswerWithinASecond(t *testing.T) {
	a := newTestApp(t, hanging{memory.New()})
	begin := time.Now()
	status, text := readyStatus(a)
	if took := time.Since(begin); status != http.StatusServiceUnavailable || text != "the database does not answer\n" || took > 3*time.Second {
		t.Errorf("%d %q after %v", status, text, took)
	}
}

func TestNotReadyWhileShuttingDown(t *testing.T) {
	a := newTestApp(t, memory.New())
	if status, _ := readyStatus(a); status != http.StatusOK {
		t.Errorf("before: %d", status)
	}
	a.stopping.Store(true)
	if status, text := readyStatus(a); status != http.StatusServiceUnavailable || text != "shutting down\n" {
		t.Errorf("%d %q", status, text)
	}
}
