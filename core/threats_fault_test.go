package core_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/schema"
)

// changesNothing reports whether all of a flow's statements read.
func (g good) changesNothing(before string) bool { return g.after == before }

func TestGAP020_AFailureAtAnyStatementLeavesNothingHalfDone(t *testing.T) {
	points := 0
	for i := range flows {
		f := &flows[i]
		t.Run(f.name, func(t *testing.T) {
			want := f.succeed(t)
			if want.changesNothing(f.stage(t).before) && f.name != "verify the address" && len(want.statements) < 2 {
				t.Fatalf("the operation writes nothing: %v", want.statements)
			}
			for n := range want.statements {
				points++
				failedFlow(t, f, n+1, want)
			}
		})
	}
	t.Logf("%d failures in %d operations", points, len(flows))
}

// failedFlow fails the n-th statement of a flow: it must answer an error and have changed nothing, or have succeeded.
func failedFlow(t *testing.T, f *flow, n int, want good) {
	t.Helper()
	s := f.stage(t)
	s.db.watch(failAt(n))
	res := s.direct(s.request)
	s.db.watch(nil)
	at := want.statements[n-1]
	after := s.dump()
	if res.Status == want.Status && res.Header.Get("Location") == want.Header.Get("Location") {
		if after != want.after {
			t.Errorf("statement %d (%s) failed, and the answer %d does not say so\nwant: %s\nrows: %s", n, at, res.Status, want.after, after)
		}
		return
	}
	if after != s.before {
		t.Errorf("statement %d (%s) failed with %d, and rows changed\nbefore: %s\nafter: %s", n, at, res.Status, s.before, after)
	}
	if line := res.setsCookie(sessionToken); line != "" && !res.expires(sessionToken) {
		t.Errorf("statement %d (%s) failed with %d, and the client got %s", n, at, res.Status, line)
	}
	if strings.Contains(res.Body, errProbe.Error()) || strings.Contains(res.Body, at) {
		t.Errorf("the answer tells the cause: %s", res.Body)
	}
	if retried := s.direct(s.request); retried.Status != want.Status {
		t.Errorf("after a failure at statement %d (%s) the same request answers %d %s", n, at, retried.Status, retried.Body)
	}
}

func TestGO009_AClientThatLeavesEndsNoWriteHalfway(t *testing.T) {
	for i := range flows {
		f := &flows[i]
		t.Run(f.name, func(t *testing.T) {
			want := f.succeed(t)
			for n := range want.statements {
				s := f.stage(t)
				ctx, leave := context.WithCancel(t.Context())
				s.db.watch(func(i int, _ string) error {
					if i == n+1 {
						leave()
					}
					return nil
				})
				res := s.directCtx(ctx, s.request)
				leave()
				s.db.watch(nil)
				if after := s.dump(); after != want.after || res.Status != want.Status {
					t.Errorf("the client left at statement %d (%s): %d\nwant: %s\nrows: %s", n+1, want.statements[n], res.Status, want.after, after)
				}
			}
		})
	}
}

func TestGO009_AClientThatLeftBeforeIsServedLikeAnyOther(t *testing.T) {
	s := newServer(t, nil)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	s.directCtx(ctx, post("/sign-up/email", signUpBody)).want(t, http.StatusOK)
	if users, accounts, sessions := s.count(schema.UserModel), s.count(schema.AccountModel), s.count(schema.SessionModel); users*accounts*sessions != 1 {
		t.Errorf("%d users, %d accounts, %d sessions", users, accounts, sessions)
	}
}
