package tests_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// writeFlow is an operation of the core that writes to Redis. prepare returns the request; the stage has signed somebody in
// twice.
type writeFlow struct {
	name    string
	prepare func(s *cutStage) job
	// usedUp says that the request takes a single-use value: when the taking itself is cut, the value is gone, and the
	// retry is refused with this status.
	usedUp int
}

var writeFlows = []writeFlow{
	{"sign-up", func(*cutStage) job {
		return job{Method: auth.POST, Path: "/sign-up/email", Body: `{"name":"New","email":"new@example.com","password":"a long password"}`}
	}, 0},
	{"sign-in", func(*cutStage) job {
		return job{Method: auth.POST, Path: "/sign-in/email", Body: credentials(0, password)}
	}, 0},
	{"sign-in with a wrong password, throttled", func(s *cutStage) job {
		return job{Method: auth.POST, Path: "/sign-in/email", Body: credentials(0, "wrong password")}
	}, 0},
	{"get-session, refreshing", func(s *cutStage) job { return job{Method: auth.GET, Path: "/get-session", Cookie: s.cookie} }, 0},
	{"sign-out", func(s *cutStage) job { return job{Method: auth.POST, Path: "/sign-out", Body: "{}", Cookie: s.cookie} }, 0},
	{"revoke-session", func(s *cutStage) job {
		return job{Method: auth.POST, Path: "/revoke-session", Body: fmt.Sprintf(`{"token":%q}`, s.otherToken), Cookie: s.cookie}
	}, 0},
	{"revoke-sessions", func(s *cutStage) job {
		return job{Method: auth.POST, Path: "/revoke-sessions", Body: "{}", Cookie: s.cookie}
	}, http.StatusUnauthorized},
	{"revoke-other-sessions", func(s *cutStage) job {
		return job{Method: auth.POST, Path: "/revoke-other-sessions", Body: "{}", Cookie: s.cookie}
	}, 0},
	{"update-user", func(s *cutStage) job {
		return job{Method: auth.POST, Path: "/update-user", Body: `{"name":"Renamed"}`, Cookie: s.cookie}
	}, 0},
	{"update-session", func(s *cutStage) job {
		return job{Method: auth.POST, Path: "/update-session", Body: `{"theme":"dark"}`, Cookie: s.cookie}
	}, 0},
	{"change-password with revocation", func(s *cutStage) job {
		return job{
			Method: auth.POST, Path: "/change-password", Cookie: s.cookie,
			Body: fmt.Sprintf(`{"currentPassword":%q,"newPassword":"another password","revokeOtherSessions":true}`, password),
		}
	}, http.StatusUnauthorized},
	{"request-password-reset", func(*cutStage) job {
		return job{Method: auth.POST, Path: "/request-password-reset", Body: fmt.Sprintf(`{"email":%q}`, email(0))}
	}, 0},
	{"reset-password", func(s *cutStage) job {
		s.ask(job{Method: auth.POST, Path: "/request-password-reset", Body: fmt.Sprintf(`{"email":%q}`, email(0))})
		return job{Method: auth.POST, Path: "/reset-password", Body: `{"newPassword":"another password","token":"` + s.mailed() + `"}`}
	}, http.StatusBadRequest},
	{"delete-user, asking", func(s *cutStage) job {
		return job{Method: auth.POST, Path: "/delete-user", Body: "{}", Cookie: s.cookie}
	}, 0},
	{"delete-user, confirming", func(s *cutStage) job {
		s.ask(job{Method: auth.POST, Path: "/delete-user", Body: "{}", Cookie: s.cookie})
		return job{Method: auth.GET, Path: "/delete-user/callback?token=" + s.mailed(), Cookie: s.cookie}
	}, http.StatusNotFound},
}

// cutStage is a server on a line of its own, and somebody with two sessions.
type cutStage struct {
	t *testing.T
	*core.Auth
	line              *line
	mail              chan string
	cookie, token     string
	other, otherToken string
}

func newCutStage(t *testing.T, l *line) *cutStage {
	t.Helper()
	s := &cutStage{t: t, line: l, mail: make(chan string, 1)}
	keep := func(_ context.Context, m auth.Mail) error { s.mail <- m.Token; return nil }
	l.cutAt(cut{})
	prefix := fresh(t).KeyPrefix
	a, stop, err := newInstance(l.url(), prefix, func(o *auth.Options) {
		o.EmailAndPassword.SendResetPassword, o.User.DeleteUser.SendDeleteAccountVerification = keep, keep
		o.EmailAndPassword.RevokeSessionsOnPasswordReset = true
		o.EmailAndPassword.SignInThrottle.MaxFailures = 10
		o.Session.AdditionalFields = schema.Fields{{Name: "theme", Type: schema.String, Required: option.Off}}
		o.Advanced.Background.Await = true
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); sweep(t, realRedis(t), prefix) })
	s.Auth = a
	s.cookie, s.token = s.signIn()
	s.other, s.otherToken = s.signIn()
	return s
}

func (s *cutStage) send(j job) *httptest.ResponseRecorder {
	res := httptest.NewRecorder()
	s.ServeHTTP(res, j.request())
	return res
}

func (s *cutStage) ask(j job) *httptest.ResponseRecorder {
	s.t.Helper()
	res := s.send(j)
	if res.Code != http.StatusOK {
		s.t.Fatalf("%s answered %d %s", j.Path, res.Code, res.Body)
	}
	return res
}

func (s *cutStage) signIn() (cookie, token string) {
	s.t.Helper()
	res := s.ask(job{Method: auth.POST, Path: "/sign-in/email", Body: credentials(0, password)})
	var answer struct{ Token string }
	if err := json.Unmarshal(res.Body.Bytes(), &answer); err != nil {
		s.t.Fatal(err)
	}
	return cookies(res), answer.Token
}

func (s *cutStage) mailed() string {
	s.t.Helper()
	select {
	case token := <-s.mail:
		return token
	default:
		s.t.Fatal("no mail was sent")
		return ""
	}
}

// rows are the users and accounts that a flow touches, as text.
func (s *cutStage) rows() string {
	s.t.Helper()
	var lines []string
	for _, model := range []string{schema.UserModel, schema.AccountModel} {
		rows, err := s.Context().Store.Find(s.t.Context(), store.Query{Model: model})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, row := range rows {
			delete(row, "updatedAt")
			if id, _ := row["id"].(string); strings.HasPrefix(id, "person-") && !strings.HasPrefix(id, "person-0") {
				continue
			}
			lines = append(lines, fmt.Sprint(model, row))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// alive reports whether cookies are a session, as the server says once Redis can be reached.
func (s *cutStage) alive(cookie string) bool {
	s.t.Helper()
	res := s.ask(job{Method: auth.GET, Path: "/get-session?disableRefresh=true", Cookie: cookie})
	return res.Body.String() != "null"
}

// TestFAULT005_ACutAtAnyCommandLosesNoSessionAndWritesNothingByHalf cuts the connection at every command of every flow, once
// before Redis has it and once before its answer arrives.
func TestFAULT005_ACutAtAnyCommandLosesNoSessionAndWritesNothingByHalf(t *testing.T) {
	l := startLine(t, realRedis(t))
	points := 0
	for i := range writeFlows {
		f := &writeFlows[i]
		t.Run(f.name, func(t *testing.T) {
			f.commands(t, l) // a server that does not know the scripts yet is sent them, once
			good, commands := f.commands(t, l)
			if len(commands) == 0 {
				t.Fatal("it sends no command; the test tests nothing")
			}
			for n := range commands {
				for _, answered := range []bool{false, true} {
					points++
					f.cut(t, l, cut{n + 1, answered}, commands, good)
				}
			}
		})
	}
	t.Logf("%d cuts in %d flows", points, len(writeFlows))
}

// commands runs the flow undisturbed, and returns its status and the commands that it sent.
func (f *writeFlow) commands(t *testing.T, l *line) (status int, sent []string) {
	t.Helper()
	s := newCutStage(t, l)
	j := f.prepare(s)
	l.cutAt(cut{})
	status = s.send(j).Code
	return status, l.sent()
}

func (f *writeFlow) cut(t *testing.T, l *line, plan cut, commands []string, good int) {
	t.Helper()
	s := newCutStage(t, l)
	j, before := f.prepare(s), s.rows()
	where := fmt.Sprintf("cut at command %d (%s) of %v, answered %t", plan.at, commands[plan.at-1], commands, plan.answered)
	l.cutAt(plan)
	res := s.send(j)
	sent := l.sent()
	l.cutAt(cut{})
	if len(sent) < plan.at {
		t.Fatalf("%s: it was never reached: %v", where, sent)
	}
	if res.Code != good && res.Code != http.StatusServiceUnavailable {
		t.Errorf("%s: answered %d %s, want %d or 503", where, res.Code, res.Body, good)
	}
	if res.Code == http.StatusServiceUnavailable {
		// A renamed user is renamed in the database, which has the truth; the retry renames the copies.
		if got := s.rows(); got != before && f.name != "update-user" {
			t.Errorf("%s: 503, and rows changed\nbefore %s\nafter  %s", where, before, got)
		}
		if set := res.Header()["Set-Cookie"]; len(set) > 0 {
			t.Errorf("%s: 503, and cookies were set or expired: %q", where, set)
		}
		if !s.alive(s.other) && f.ends(s) == nil {
			t.Errorf("%s: 503, and a session is lost", where)
		}
		retried := s.send(j).Code
		if retried != good && !(f.usedUp != 0 && retried == f.usedUp) {
			t.Errorf("%s: the retry answered %d, want %d or %d", where, retried, good, f.usedUp)
		}
		if retried != good {
			return
		}
	}
	for _, cookie := range f.ends(s) {
		if s.alive(cookie) {
			t.Errorf("%s: answered %d at first and %d at last, and a session that it ends lives on", where, res.Code, good)
		}
	}
}

// ends are the sessions that must be over once the flow has answered well.
func (f *writeFlow) ends(s *cutStage) []string {
	switch f.name {
	case "sign-out":
		return []string{s.cookie}
	case "revoke-session", "revoke-other-sessions":
		return []string{s.other}
	case "revoke-sessions", "change-password with revocation", "reset-password", "delete-user, confirming":
		return []string{s.cookie, s.other}
	default:
		return nil
	}
}
