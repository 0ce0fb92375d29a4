package main

import "github.com/goauth-dev/goauth/reference/internal/harness"

var administrated = []string{"admin"}

var adminChecks = []check{
	{"a user banned here is locked out there", administrated, told(banCheck)},
	{"an impersonation begun here is one there, and ends there", administrated, told(impersonationCheck)},
	{"a role given here counts there", administrated, told(roleCheck)},
	{"a user made by an admin here signs in there", administrated, told(createdCheck)},
}

// root is an admin, signed in.
func (t *talk) root(s *harness.Server) *browser {
	b, _ := t.member(s, "root")
	t.exec(s, `UPDATE "user" SET role = 'admin' WHERE email = 'root@example.com'`)
	return b
}

func banCheck(t *talk, here, there *harness.Server) {
	root := t.root(here)
	ada, id := t.member(there, "ada")
	t.post(root, here, "/admin/ban-user", obj{"userId": id, "banReason": "spam", "banExpiresIn": 3600})
	t.signedOut(ada, there)
	refusal := func(s *harness.Server) answer {
		return t.expect(403, newBrowser(), s, "POST", "/sign-in/email", obj{"email": "ada@example.com", "password": password})
	}
	t.same("the refusal of "+string(there.Kind), refusal(there).body, refusal(here).body)
	t.same("the reason", t.agree(root, here, there, "/admin/get-user?id="+id).text("banReason"), "spam")
	t.post(root, there, "/admin/unban-user", obj{"userId": id})
	t.enter(newBrowser(), here, "ada")
	t.post(root, here, "/admin/ban-user", obj{"userId": id, "banExpiresIn": 3600})
	t.exec(here, `UPDATE "user" SET "banExpires" = ? WHERE id = ?`, here.Time("2020-01-01T00:00:00.000Z"), id)
	t.enter(newBrowser(), there, "ada")
}

func impersonationCheck(t *talk, here, there *harness.Server) {
	root := t.root(here)
	rootID := t.signedIn(root, here).text("user.id")
	_, id := t.member(here, "ada")
	t.post(root, here, "/admin/impersonate-user", obj{"userId": id})
	as := t.signedIn(root, there)
	t.same("the user", as.text("user.id"), id)
	t.same("who impersonates", as.text("session.impersonatedBy"), rootID)
	t.post(root, there, "/admin/stop-impersonating", obj{})
	t.same("the user afterwards", t.signedIn(root, here).text("user.id"), rootID)
}

func roleCheck(t *talk, here, there *harness.Server) {
	root := t.root(here)
	ada, id := t.member(here, "ada")
	asked := obj{"permissions": obj{"user": []any{"list"}}}
	t.same("ada's permission", t.post(ada, there, "/admin/has-permission", asked).value("success"), false)
	t.post(root, here, "/admin/set-role", obj{"userId": id, "role": []any{"user", "admin"}})
	t.same("ada's permission", t.post(ada, there, "/admin/has-permission", asked).value("success"), true)
	t.same("the number of users", t.get(ada, there, "/admin/list-users").size("users"), 2)
	t.agree(ada, here, there, "/admin/list-users?sortBy=email")
}

func createdCheck(t *talk, here, there *harness.Server) {
	root := t.root(here)
	id := t.post(root, here, "/admin/create-user", obj{"name": "Eve", "email": "eve@example.com", "password": password, "role": "user"}).text("user.id")
	b := newBrowser()
	t.enter(b, there, "eve")
	t.signedIn(b, here)
	t.post(root, there, "/admin/set-user-password", obj{"userId": id, "newPassword": newPassword})
	t.post(newBrowser(), here, "/sign-in/email", obj{"email": "eve@example.com", "password": newPassword})
	t.post(root, there, "/admin/revoke-user-sessions", obj{"userId": id})
	t.signedOut(b, here)
	t.post(root, there, "/admin/remove-user", obj{"userId": id})
	t.refused(newBrowser(), here, "/sign-in/email", obj{"email": "eve@example.com", "password": newPassword})
}
