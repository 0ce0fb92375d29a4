package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

func TestAConnectionReadsAnswersWithALengthAndInChunks(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1%2B2", Path: "/"})
		http.SetCookie(w, &http.Cookie{Name: "gone", MaxAge: -1})
		if r.URL.Path == apiPath+"/chunked" {
			_, _ = io.WriteString(w, "first ")
			w.(http.Flusher).Flush()
		}
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, r.Method+" "+r.Header.Get("Cookie")+string(body))
	}))
	defer server.Close()
	c := dial(t, server)
	for _, step := range []struct {
		request []byte
		want    string
	}{
		{get("/fixed", "b=2"), "GET b=2"},
		{get("/chunked", ""), "first GET "},
		{post(1, "/fixed", "{}"), "POST {}"},
	} {
		res, err := c.do(step.request)
		if err != nil || res.status != http.StatusOK || string(res.body) != step.want {
			t.Errorf("%.30q answered %d %q (%v), want %q", step.request, res.status, res.body, err, step.want)
		}
		if got := res.cookieHeader(); got != "a=1%2B2" {
			t.Errorf("%.30q: the cookies are %q", step.request, got)
		}
	}
}

func dial(t *testing.T, server *httptest.Server) *connection {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return newConnection(conn)
}

func TestALoadStopsAtAWrongAnswer(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) > 100 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = io.WriteString(w, "good")
	}))
	defer server.Close()
	addr := server.Listener.Addr().String()
	request := get("/", "")
	for _, step := range []struct {
		want  string
		fails string
	}{{"other", "200 good"}, {"good", "503 good"}} {
		l := load{request: func(int) []byte { return request }, want: step.want, clients: 2}
		var sent atomic.Int64
		if _, err := l.run(t.Context(), addr, 5*time.Second, &sent); err == nil || !strings.Contains(err.Error(), step.fails) {
			t.Errorf("want %q: %v", step.want, err)
		}
	}
}

func TestPercentilesAreTakenOfSortedDurations(t *testing.T) {
	var took []time.Duration
	for i := range 200 {
		took = append(took, time.Duration(i))
	}
	if p50, p99 := percentile(took, 50), percentile(took, 99); p50 != 100 || p99 != 198 {
		t.Errorf("p50 is %d, p99 %d", p50, p99)
	}
	if got := percentile(nil, 50); got != 0 {
		t.Errorf("of nothing: %d", got)
	}
}

func TestBenchmarkLinesAreReadByUnit(t *testing.T) {
	out := "goos: linux\nBenchmarkGetSessionSQLite/database-2 \t 2000\t 30000 ns/op\t 1.000 queries/op\t 8500 B/op\t 138 allocs/op\nPASS\n"
	got := parseBenchmarks([]byte(out))
	if len(got) != 1 || got[0].name != "GetSessionSQLite/database" || got[0].values["queries/op"] != "1.000" || got[0].values["allocs/op"] != "138" {
		t.Errorf("got %v", got)
	}
}

func TestOnlyWhatIsBetweenTheMarksIsReplaced(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("# Before\n"+sqliteMarks.begin+"old\n"+sqliteMarks.end+"after\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := replaceMarked(page, "new\n", sqliteMarks); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil || string(got) != "# Before\n"+sqliteMarks.begin+"new\n"+sqliteMarks.end+"after\n" {
		t.Errorf("the page is %q (%v)", got, err)
	}
	if err := os.WriteFile(page, []byte("no marks"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := replaceMarked(page, "new", sqliteMarks); err == nil || !strings.Contains(err.Error(), page) {
		t.Errorf("a page without marks: %v", err)
	}
}

func TestAProcessHasTimeAndMemory(t *testing.T) {
	until := time.Now().Add(50 * time.Millisecond)
	for time.Now().Before(until) { // uses processor time
	}
	used, err := cpuTime(os.Getpid())
	if err != nil || used <= 0 {
		t.Errorf("processor time %s (%v)", used, err)
	}
	for _, which := range []string{"VmRSS", "VmHWM"} {
		if kB, err := memory(os.Getpid(), which); err != nil || kB < 1000 {
			t.Errorf("%s is %d kB (%v)", which, kB, err)
		}
	}
}

func TestAResultIsWrittenOnlyWithItsDate(t *testing.T) {
	if err := execute(context.Background(), []string{"-out", "page.md"}, io.Discard, io.Discard); err == nil {
		t.Error("a page was written without a date")
	}
}

func TestTheReportOfPostgresHasTheRatioOfTheSizes(t *testing.T) {
	m := &report{machine: "a machine"}
	for users, p99 := range map[int]time.Duration{1_000: 2 * time.Millisecond, 1_000_000: 3 * time.Millisecond} {
		g := grown{users: users, sides: map[harness.Kind]*side{harness.GoAuth: newSide(), harness.Upstream: newSide()}}
		for _, s := range g.sides {
			s.keep(opDatabase, outcome{requests: 100, wall: time.Second, p50: time.Millisecond, p99: p99, cpu: time.Second})
		}
		m.growth = append(m.growth, g)
	}
	slices.SortFunc(m.growth, func(a, b grown) int { return a.users - b.users })
	if text := m.renderPostgres(); !strings.Contains(text, "goauth: with 1000000 users the p99 is 1.50 times that with 1000") {
		t.Errorf("the report is\n%s", text)
	}
}
