package main

import (
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

var devices = []string{"device"}

var deviceChecks = []check{
	{"a device code made here is approved there", devices, told(deviceCheck)},
	{"a device code made here is denied there", devices, told(deniedCheck)},
}

// pollEvery is a little over the interval of the profile.
const pollEvery = 1100 * time.Millisecond

// device begins at a server: it shows the user a code, and asks with the other.
func (t *talk) device(s *harness.Server) (userCode string, ask obj) {
	a := t.post(newBrowser(), s, "/device/code", obj{"client_id": "tv", "scope": "openid"})
	return a.text("user_code"), obj{"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": "tv", "device_code": a.text("device_code")}
}

func deviceCheck(t *talk, here, there *harness.Server) {
	code, ask := t.device(here)
	t.same("the answer", t.expect(400, newBrowser(), there, "POST", "/device/token", ask).text("error"), "authorization_pending")
	b, id := t.member(there, "ada")
	t.same("the state", t.get(b, there, "/device?user_code="+code).text("status"), "pending")
	t.post(b, there, "/device/approve", obj{"userCode": code})
	time.Sleep(pollEvery)
	token := t.post(newBrowser(), here, "/device/token", ask).text("access_token")
	t.same("the user", t.signedIn(with("authorization", "Bearer "+token), there).text("user.id"), id)
	time.Sleep(pollEvery)
	t.refused(newBrowser(), there, "/device/token", ask)
}

func deniedCheck(t *talk, here, there *harness.Server) {
	code, ask := t.device(here)
	b, _ := t.member(there, "ada")
	t.get(b, there, "/device?user_code="+code)
	t.post(b, there, "/device/deny", obj{"userCode": code})
	t.same("the answer", t.expect(400, newBrowser(), here, "POST", "/device/token", ask).text("error"), "access_denied")
}
