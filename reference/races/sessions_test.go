package races

import (
	"fmt"
	"maps"
	"net/http"

	"github.com/goauth-dev/goauth/core/store"
)

// sessionRaces are about sessions that begin, or go on, while something ends them.
var sessionRaces = []race{
	{"RACE-017", "a ban amid looks", func(r *round) {
		root, ada := r.root(), r.signUp("ada")
		id := ada.id()
		shots := times(racers, ada.call("GET", "/get-session", nil))
		at := 2 * (r.n % (racers / 2))
		shots[at] = root.call("POST", "/admin/ban-user", obj{"userId": id})
		answers := r.fire(shots...)
		banned := answers[at]
		if banned.Status != http.StatusOK {
			r.failf("the ban was answered %d %s", banned.Status, banned.Body)
		}
		for i, a := range answers {
			if i != at && a.Status == http.StatusOK && a.Body != "null" && a.Began > banned.Done {
				r.failf("a look that began after the ban was answered found a session")
			}
		}
		r.expect(r.fire(times(2, ada.call("GET", "/get-session", nil))...), map[string]int{"null": 2})
	}},
	{"RACE-018", "sign-ins, then all are revoked", func(r *round) {
		b := r.signUp("ada")
		answers := r.fire(times(racers, b.another().call("POST", "/sign-in/email", obj{"email": b.email, "password": password}))...)
		r.expect(answers, map[string]int{"ok": racers})
		if n := r.alive(answers); n != racers {
			r.failf("%d of %d sessions are alive", n, racers)
		}
		b.post("/revoke-sessions", obj{})
		if n := r.alive(answers); n != 0 {
			r.failf("%d sessions live on", n)
		}
	}},
	{"RACE-019", "a change of password amid sign-ins", func(r *round) {
		b := r.signUp("ada")
		shots := times(racers, b.another().call("POST", "/sign-in/email", obj{"email": b.email, "password": password}))
		at := r.n % racers
		shots[at] = b.call("POST", "/change-password", obj{"currentPassword": password, "newPassword": "another long password", "revokeOtherSessions": true})
		answers := r.fire(shots...)
		if answers[at].Status != http.StatusOK {
			r.failf("the change was answered %d %s", answers[at].Status, answers[at].Body)
		}
		if n := r.alive(append(answers[:at:at], answers[at+1:]...)); n != 0 {
			r.failf("%d sessions of the old password live on", n)
		}
	}},
	{"RACE-020", "a second factor that is turned on amid sign-ins", func(r *round) {
		b := r.signUp("ada")
		shots := times(racers, b.another().call("POST", "/sign-in/email", obj{"email": b.email, "password": password}))
		at := r.n % racers
		shots[at] = b.call("POST", "/two-factor/enable", obj{"password": password})
		answers := r.fire(shots...)
		if answers[at].Status != http.StatusOK {
			r.failf("turning it on was answered %d %s", answers[at].Status, answers[at].Body)
		}
		for i, a := range answers {
			if i != at && a.Began > answers[at].Done && a.Cookies["better-auth.session_token"] != "" {
				r.failf("a sign-in that began afterwards gave a session")
			}
		}
		late := r.fire(times(4, b.another().call("POST", "/sign-in/email", obj{"email": b.email, "password": password}))...)
		if n := r.alive(late); n != 0 {
			r.failf("%d sign-ins without the second factor", n)
		}
	}},
	{"RACE-021", "a ban amid sign-ins", func(r *round) {
		root, ada := r.root(), r.signUp("ada")
		shots := times(racers, ada.another().call("POST", "/sign-in/email", obj{"email": ada.email, "password": password}))
		at := r.n % racers
		shots[at] = root.call("POST", "/admin/ban-user", obj{"userId": ada.id()})
		answers := r.fire(shots...)
		if answers[at].Status != http.StatusOK {
			r.failf("the ban was answered %d %s", answers[at].Status, answers[at].Body)
		}
		if n := r.alive(append(answers[:at:at], answers[at+1:]...)); n != 0 {
			r.failf("%d sessions of somebody banned", n)
		}
	}},
	{"RACE-021", "a ban amid sign-ins through a provider", func(r *round) {
		root, who := r.root(), fmt.Sprint("banned", r.n)
		serve(r.here, r.returning(who, 1)[0])
		id := r.row("user", store.Is("email", who+"@social.example"))["id"]
		shots := r.returning(who, racers)
		at := r.n % racers
		shots[at] = root.call("POST", "/admin/ban-user", obj{"userId": id})
		answers := r.fire(shots...)
		if n := r.alive(append(answers[:at:at], answers[at+1:]...)); n != 0 || answers[at].Status != http.StatusOK {
			r.failf("%d sessions of somebody banned; the ban was answered %d", n, answers[at].Status)
		}
	}},
	{"RACE-027", "an impersonation that is stopped", func(r *round) {
		root, ada := r.root(), r.signUp("ada")
		before := maps.Clone(root.cookies)
		root.post("/admin/impersonate-user", obj{"userId": ada.id()})
		answers := r.fire(times(racers, root.call("POST", "/admin/stop-impersonating", obj{}))...)
		r.once(answers)
		for _, a := range answers {
			if token := a.Cookies["better-auth.session_token"]; token != "" && token != before["better-auth.session_token"] {
				r.failf("the administrator got another session back")
			}
		}
	}},
}

// root is an administrator.
func (r *round) root() *browser {
	r.t.Helper()
	b := r.signUp("root")
	r.change("user", store.Record{"role": "admin"}, store.Is("email", b.email))
	b = b.another() // in Redis the first session knows the user as it was
	b.post("/sign-in/email", obj{"email": b.email, "password": password})
	return b
}
