package deviceauthorization_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/bearer"
	"github.com/goauth-dev/goauth/plugins/deviceauthorization"
)

const grant = "urn:ietf:params:oauth:grant-type:device_code"

func serve(t *testing.T, o deviceauthorization.Options) *authtest.Server {
	t.Helper()
	return authtest.New(t, func(opts *auth.Options) {
		opts.Plugins = []auth.Plugin{deviceauthorization.New(o), bearer.New(bearer.Options{})}
	})
}

// device is a device that asked for codes.
type device struct {
	*authtest.Client
	code, user string
}

func ask(t *testing.T, s *authtest.Server, more ...string) device {
	t.Helper()
	body := map[string]string{"client_id": "tv", "scope": "read"}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i]] = more[i+1]
	}
	c := s.Client()
	got := c.Post("/device/code", body).Want(t, http.StatusOK).Object(t)
	return device{c, got["device_code"].(string), got["user_code"].(string)}
}

func (d device) poll() authtest.Answer {
	return d.Post("/device/token", map[string]string{"grant_type": grant, "device_code": d.code, "client_id": "tv"})
}

func open(c *authtest.Client, userCode string) authtest.Answer {
	return c.Get("/device?user_code=" + url.QueryEscape(userCode))
}

func decide(c *authtest.Client, path, userCode string) authtest.Answer {
	return c.Post("/device/"+path, map[string]string{"userCode": userCode})
}

// refused reports the status and the OAuth error of an answer.
func refused(t *testing.T, res authtest.Answer, status int, kind, description string) {
	t.Helper()
	if body := res.Object(t); res.Status != status || body["error"] != kind || !strings.Contains(body["error_description"].(string), description) {
		t.Errorf("answered %d %s, want %d %s %q", res.Status, res.Body, status, kind, description)
	}
}

func TestAPersonApprovesAndTheDeviceGetsASession(t *testing.T) {
	s := serve(t, deviceauthorization.Options{})
	d, ada := ask(t, s), s.SignedIn("ada@example.com")
	refused(t, d.poll(), http.StatusBadRequest, "authorization_pending", "Authorization pending")
	if res := open(ada, d.user).Want(t, http.StatusOK); res.Object(t)["status"] != "pending" {
		t.Errorf("%s", res.Body)
	}
	decide(ada, "approve", d.user).Want(t, http.StatusOK)
	s.Clock.Advance(5 * time.Second)
	res := d.poll().Want(t, http.StatusOK)
	got := res.Object(t)
	if got["token_type"] != "Bearer" || got["scope"] != "read" || got["expires_in"] != 604800.0 || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Pragma") != "no-cache" {
		t.Errorf("%s %v", res.Body, res.Header)
	}
	me := d.Do(authtest.Request{Path: "/get-session", Header: http.Header{"Authorization": {"Bearer " + got["access_token"].(string)}}})
	if me.Object(t)["user"].(map[string]any)["email"] != "ada@example.com" {
		t.Errorf("%s", me.Body)
	}
	refused(t, d.poll(), http.StatusBadRequest, "invalid_grant", "Invalid device code")
}

func TestADeniedDeviceGetsNothing(t *testing.T) {
	s := serve(t, deviceauthorization.Options{})
	d, ada := ask(t, s), s.SignedIn("ada@example.com")
	open(ada, d.user)
	decide(ada, "deny", d.user).Want(t, http.StatusOK)
	refused(t, decide(ada, "approve", d.user), http.StatusBadRequest, "invalid_request", "already processed")
	refused(t, d.poll(), http.StatusBadRequest, "access_denied", "Access denied")
	refused(t, d.poll(), http.StatusBadRequest, "invalid_grant", "Invalid device code")
}

func TestWhatIsWrongIsToldAsOAuthTellsIt(t *testing.T) {
	s := serve(t, deviceauthorization.Options{})
	d, ada := ask(t, s), s.SignedIn("ada@example.com")
	refused(t, decide(s.Client(), "approve", d.user), http.StatusUnauthorized, "unauthorized", "Authentication required")
	refused(t, decide(ada, "approve", "WRONG"), http.StatusBadRequest, "invalid_request", "Invalid user code")
	refused(t, open(ada, "WRONG"), http.StatusBadRequest, "invalid_request", "Invalid user code")
	other := d.Post("/device/token", map[string]string{"grant_type": grant, "device_code": d.code, "client_id": "radio"})
	refused(t, other, http.StatusBadRequest, "invalid_grant", "Client ID mismatch")
	d.poll()
	refused(t, d.poll(), http.StatusBadRequest, "slow_down", "Polling too frequently")
	res := d.Post("/device/token", map[string]string{"grant_type": "password", "device_code": d.code, "client_id": "tv"})
	if want := `[body.grant_type] Invalid input: expected "` + grant + `"`; res.Object(t)["message"] != want {
		t.Errorf("%s, want %s", res.Body, want)
	}
	s.Clock.Advance(31 * time.Minute)
	refused(t, open(ada, d.user), http.StatusBadRequest, "expired_token", "User code has expired")
	refused(t, decide(ada, "deny", d.user), http.StatusBadRequest, "expired_token", "User code has expired")
	refused(t, d.poll(), http.StatusBadRequest, "expired_token", "Device code has expired")
	refused(t, d.poll(), http.StatusBadRequest, "invalid_grant", "Invalid device code")
}

func TestTheUserMustStillExist(t *testing.T) {
	s := serve(t, deviceauthorization.Options{})
	d, ada := ask(t, s), s.SignedIn("ada@example.com")
	open(ada, d.user)
	decide(ada, "approve", d.user).Want(t, http.StatusOK)
	s.Change("deviceCode", store.Record{"userId": "nobody"}, store.Is("userCode", d.user))
	refused(t, d.poll(), http.StatusInternalServerError, "server_error", "User not found")
	s.Row("deviceCode") // nothing was used up
}

func TestCodesClientsAndPagesMayBeChosen(t *testing.T) {
	var heard string
	s := serve(t, deviceauthorization.Options{
		ExpiresIn: time.Minute, Interval: time.Second, VerificationURI: "https://tv.example/activate?lang=en",
		GenerateDeviceCode:  func(context.Context) (string, error) { return "device", nil },
		GenerateUserCode:    func(context.Context) (string, error) { return "user", nil },
		ValidateClient:      func(_ context.Context, id string) (bool, error) { return id == "tv", nil },
		OnDeviceAuthRequest: func(_ context.Context, id, scope string) error { heard = id + " " + scope; return nil },
	})
	res := s.Client().Post("/device/code", map[string]string{"client_id": "tv", "scope": "read"}).Want(t, http.StatusOK)
	want := `{"device_code":"device","user_code":"user","verification_uri":"https://tv.example/activate?lang=en",` +
		`"verification_uri_complete":"https://tv.example/activate?lang=en&user_code=user","expires_in":60,"interval":1}`
	if res.Body != want || heard != "tv read" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s, heard %q", res.Body, heard)
	}
	refused(t, s.Client().Post("/device/code", map[string]string{"client_id": "radio"}), http.StatusBadRequest, "invalid_client", "Invalid client ID")
	token := map[string]string{"grant_type": grant, "device_code": "device", "client_id": "radio"}
	refused(t, s.Client().Post("/device/token", token), http.StatusBadRequest, "invalid_grant", "Invalid client ID")
	if s := serve(t, deviceauthorization.Options{}); !strings.Contains(s.Client().Post("/device/code", map[string]string{"client_id": "tv"}).Body, `"verification_uri":"`+s.URL+`/device"`) {
		t.Error("the default page is elsewhere")
	}
}

func TestOptionsAreReadAsUpstreamWritesThem(t *testing.T) {
	var o deviceauthorization.Options
	tree := map[string]any{"expiresIn": "1 hour", "interval": "5s", "deviceCodeLength": 20, "userCodeLength": 6, "schema": map[string]any{"deviceCode": map[string]any{"modelName": "codes"}}}
	if err := option.Decode(tree, &o); err != nil || o.ExpiresIn != time.Hour || o.Interval != 5*time.Second {
		t.Fatalf("%+v, %v", o, err)
	}
	s := serve(t, o)
	if d := ask(t, s); len(d.code) != 20 || len(d.user) != 6 || s.Context().Schema.Table("deviceCode").Name != "codes" {
		t.Errorf("%+v", d)
	}
	for name, o := range map[string]deviceauthorization.Options{"a length": {UserCodeLength: -1}, "a life": {ExpiresIn: -1}, "a table": {Schema: schema.Renames{"x": {}}}} {
		if _, err := core.New(auth.Options{Secret: authtest.Secret, Plugins: []auth.Plugin{deviceauthorization.New(o)}}); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func TestUP005_OnlyWhoOpenedThePageDecides(t *testing.T) {
	s := serve(t, deviceauthorization.Options{})
	ada, eve := s.SignedIn("ada@example.com"), s.SignedIn("eve@example.com")
	d := ask(t, s)
	refused(t, decide(eve, "approve", d.user), http.StatusBadRequest, "invalid_request", "Open the verification page")
	open(ada, d.user).Want(t, http.StatusOK)
	open(eve, d.user).Want(t, http.StatusOK)
	for _, path := range []string{"approve", "deny"} {
		refused(t, decide(eve, path, d.user), http.StatusForbidden, "access_denied", "not authorized to "+path)
	}
	decide(ada, "approve", d.user).Want(t, http.StatusOK)
}

func TestUP006_ACodeMayBeForOneUserFromTheStart(t *testing.T) {
	s := serve(t, deviceauthorization.Options{})
	ada, eve := s.SignedIn("ada@example.com"), s.SignedIn("eve@example.com")
	d := ask(t, s, "user_id", ada.Session().User["id"].(string))
	open(eve, d.user).Want(t, http.StatusOK)
	refused(t, decide(eve, "approve", d.user), http.StatusForbidden, "access_denied", "not authorized")
	open(ada, d.user).Want(t, http.StatusOK)
	decide(ada, "approve", d.user).Want(t, http.StatusOK)
}

// together runs n functions as near at once as can be, and waits for them.
func together(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() { ready.Done(); <-start; f(i) })
	}
	ready.Wait()
	close(start)
	done.Wait()
}

func TestUP030_RACE010_OfManyPollsOneGetsTheToken(t *testing.T) {
	s := serve(t, deviceauthorization.Options{Interval: time.Nanosecond})
	ada := s.SignedIn("ada@example.com")
	for range 10 {
		d := ask(t, s)
		open(ada, d.user)
		decide(ada, "approve", d.user).Want(t, http.StatusOK)
		var won atomic.Int32
		together(10, func(int) {
			switch res := d.poll(); {
			case res.Status == http.StatusOK:
				won.Add(1)
			case !strings.Contains(res.Body, "invalid_grant"):
				t.Errorf("answered %d %s", res.Status, res.Body)
			}
		})
		if won.Load() != 1 {
			t.Fatalf("%d polls got a token", won.Load())
		}
	}
	if n := s.Count(schema.SessionModel); n != 11 {
		t.Errorf("%d sessions", n)
	}
}

func TestRACE010_OfTwoDecisionsOneHolds(t *testing.T) {
	s := serve(t, deviceauthorization.Options{})
	ada, eve := s.SignedIn("ada@example.com"), s.SignedIn("eve@example.com")
	for range 10 {
		d := ask(t, s)
		together(2, func(i int) { open([]*authtest.Client{ada, eve}[i], d.user) })
		var held atomic.Int32
		together(8, func(i int) {
			if decide([]*authtest.Client{ada, eve}[i%2], []string{"approve", "deny"}[i/2%2], d.user).Status == http.StatusOK {
				held.Add(1)
			}
		})
		if held.Load() != 1 {
			t.Fatalf("%d decisions held: %v", held.Load(), s.Row("deviceCode", store.Is("userCode", d.user)))
		}
	}
}

func TestUP101_CodesCannotBeGuessed(t *testing.T) {
	s := serve(t, deviceauthorization.Options{})
	ada := s.SignedIn("ada@example.com")
	d := ask(t, s)
	from := func(address, code string) authtest.Answer {
		return ada.Do(authtest.Request{Path: "/device?user_code=" + code, Header: http.Header{"X-Forwarded-For": {address}}})
	}
	for range 5 {
		refused(t, from("192.0.2.1", "WRONG"), http.StatusBadRequest, "invalid_request", "Invalid user code")
	}
	refused(t, from("192.0.2.1", d.user), http.StatusTooManyRequests, "slow_down", "Too many")
	from("192.0.2.2", d.user).Want(t, http.StatusOK)
	s.Clock.Advance(31 * time.Minute)
	from("192.0.2.1", ask(t, s).user).Want(t, http.StatusOK)
}

func TestUP101_NoTwoLiveCodesAreEqual(t *testing.T) {
	s := serve(t, deviceauthorization.Options{GenerateUserCode: func(context.Context) (string, error) { return "SAME", nil }})
	first := ask(t, s)
	refused(t, s.Client().Post("/device/code", map[string]string{"client_id": "tv"}), http.StatusInternalServerError, "server_error", "")
	if row := s.Row("deviceCode"); row["deviceCode"] != first.code {
		t.Errorf("row %v", row)
	}
	s.Clock.Advance(31 * time.Minute)
	ask(t, s)
	s.Row("deviceCode")
}

func TestUP101_PeopleTypeCodesAsTheyLike(t *testing.T) {
	s := serve(t, deviceauthorization.Options{})
	d, ada := ask(t, s), s.SignedIn("ada@example.com")
	for _, typed := range []string{d.user, strings.ToLower(d.user), d.user[:4] + "-" + d.user[4:], d.user[:4] + " " + d.user[4:]} {
		if res := open(ada, typed).Want(t, http.StatusOK); res.Object(t)["user_code"] != typed {
			t.Errorf("%q: %s", typed, res.Body)
		}
	}
}
