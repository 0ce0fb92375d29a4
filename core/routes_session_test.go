package core_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

const day = 24 * time.Hour

// expiry returns when the only session in the database ends, counted from now.
func (s *server) expiry() time.Duration {
	s.t.Helper()
	rows := s.rows(schema.SessionModel)
	if len(rows) != 1 {
		s.t.Fatalf("%d sessions", len(rows))
	}
	return rows[0]["expiresAt"].(time.Time).Sub(s.Clock.Now())
}

func TestSessionsAreExtendedByUse(t *testing.T) {
	for _, test := range []struct {
		name    string
		options auth.SessionOptions
		path    string
		after   time.Duration
		want    time.Duration // the session's remaining life
	}{
		{"a young one is left alone", auth.SessionOptions{}, "/get-session", day - time.Second, 6*day + time.Second},
		{"an older one is extended", auth.SessionOptions{}, "/get-session", day, 7 * day},
		{"updateAge", auth.SessionOptions{UpdateAge: time.Hour}, "/get-session", time.Hour, 7 * day},
		{"updateAge 0 extends every time", auth.SessionOptions{UpdateAge: -1}, "/get-session", 0, 7 * day},
		{"updateAge 0 extends every time, later", auth.SessionOptions{UpdateAge: -1}, "/get-session", time.Second, 7 * day},
		{"expiresIn", auth.SessionOptions{ExpiresIn: 2 * day}, "/get-session", day, 2 * day},
		{"disableSessionRefresh", auth.SessionOptions{DisableSessionRefresh: true}, "/get-session", 2 * day, 5 * day},
		{"?disableRefresh", auth.SessionOptions{}, "/get-session?disableRefresh=true", 2 * day, 5 * day},
		{"by a guard too", auth.SessionOptions{}, "/list-accounts", 2 * day, 7 * day},
		{"deferred", auth.SessionOptions{DeferSessionRefresh: true}, "/get-session", 2 * day, 5 * day},
		{"deferred by a guard", auth.SessionOptions{DeferSessionRefresh: true}, "/list-accounts", 2 * day, 5 * day},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t, func(o *auth.Options) { o.Session = test.options })
			c := s.client()
			c.signUp(flowEmail)
			s.Clock.Advance(test.after)
			res := c.get(test.path).want(t, http.StatusOK)
			if got := s.expiry(); got != test.want {
				t.Errorf("the session lives for %s, want %s", got, test.want)
			}
			extended := test.want == 7*day || test.want == 2*day
			guard := !strings.HasPrefix(test.path, "/get-session")
			if got := res.setsCookie(sessionToken) != ""; got != (extended && !guard) {
				t.Errorf("the cookie is set: %t, the session is extended: %t", got, extended)
			}
		})
	}
}

func TestADeferredRefreshIsAnnouncedAndDoneByPOST(t *testing.T) {
	db := &probe{Database: memory.New()}
	s := newServer(t, func(o *auth.Options) { o.Database, o.Session.DeferSessionRefresh = db, true })
	c := s.client()
	c.signUp(flowEmail)
	if got := c.session(); got.NeedsRefresh == nil || *got.NeedsRefresh {
		t.Errorf("a young session: %+v", got)
	}
	s.Clock.Advance(2 * day)
	db.watch(nil)
	if got := c.session(); got.NeedsRefresh == nil || !*got.NeedsRefresh {
		t.Errorf("an older session: %+v", got)
	}
	if got := c.session("?disableRefresh=true"); got.NeedsRefresh != nil {
		t.Errorf("with disableRefresh: %+v", got)
	}
	if diff := cmp.Diff([]string{"find one session", "find one session"}, db.statements()); diff != "" {
		t.Errorf("GET did (-want +got):\n%s", diff)
	}
	res := c.post("/get-session", nil)
	if got := res.session(t); got == nil || got.NeedsRefresh != nil || s.expiry() != 7*day || res.setsCookie(sessionToken) == "" {
		t.Errorf("POST answered %s %v", res.Body, res.Header)
	}
	s.Clock.Advance(8 * day)
	if got := c.session(); got != nil || s.count(schema.SessionModel) != 1 {
		t.Errorf("GET of an expired session: %+v, %d rows", got, s.count(schema.SessionModel))
	}
}

func TestPOSTGetSessionNeedsTheOption(t *testing.T) {
	s := newServer(t, nil)
	if res := s.client().post("/get-session", nil); res.Status != http.StatusMethodNotAllowed || res.code() != "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED" {
		t.Errorf("answered %d %s", res.Status, res.Body)
	}
}

func TestASessionThatIsNotRemembered(t *testing.T) {
	s := newServer(t, withCache("compact"))
	c := s.client()
	c.signUp(flowEmail)
	s.remove(schema.SessionModel, store.Is("userId", s.user(flowEmail)["id"]))
	c = s.client()
	res := c.post("/sign-in/email", map[string]any{"email": flowEmail, "password": testPassword, "rememberMe": false}).want(t, http.StatusOK)
	for _, name := range []string{sessionToken, sessionData, dontRemember} {
		if line := res.setsCookie(name); line == "" || strings.Contains(line, "Max-Age") {
			t.Errorf("%s is set as %q", name, line)
		}
	}
	if got := s.expiry(); got != day {
		t.Errorf("it lives for %s", got)
	}
	s.Clock.Advance(23 * time.Hour)
	if c.session() == nil || s.expiry() != time.Hour {
		t.Errorf("use changes its life to %s", s.expiry())
	}
	s.Clock.Advance(time.Hour + time.Millisecond)
	res = c.get("/get-session")
	if res.session(t) != nil || !res.expires(dontRemember) || !res.expires(sessionToken) || s.count(schema.SessionModel) != 0 {
		t.Errorf("after a day: %s %q, %d rows", res.Body, res.Header["Set-Cookie"], s.count(schema.SessionModel))
	}
}

// TestSESS03_MaxAgeEndsASessionHoweverItIsUsed is also for the client's copy.
func TestSESS03_MaxAgeEndsASessionHoweverItIsUsed(t *testing.T) {
	for _, cached := range []option.Toggle{option.Off, option.On} {
		s := newServer(t, func(o *auth.Options) {
			o.Session.MaxAge, o.Session.CookieCache.Enabled, o.Session.CookieCache.MaxAge = 10*day, cached, 100*day
		})
		c := s.client()
		c.signUp(flowEmail)
		for range 4 {
			s.Clock.Advance(2*day + 12*time.Hour - time.Second)
			if c.session("?disableCookieCache=true") == nil {
				t.Fatal("the session ended early")
			}
		}
		s.Clock.Advance(4 * time.Second)
		if got := c.session(); got != nil {
			t.Errorf("cache %v: after ten days there is %v", cached, got)
		}
		if res := c.get("/list-accounts"); res.Status != http.StatusUnauthorized {
			t.Errorf("cache %v: after ten days a guard answers %d", cached, res.Status)
		}
	}
}

func TestFreshAge(t *testing.T) {
	for _, test := range []struct {
		age   time.Duration
		after time.Duration
		fresh bool
	}{
		{0, day - 1, true}, {0, day, false}, {time.Hour, time.Hour - 1, true}, {time.Hour, time.Hour, false}, {-1, 6 * day, true},
	} {
		s := newServer(t, func(o *auth.Options) { o.Session.FreshAge = test.age })
		c := s.client()
		c.signUp(flowEmail)
		s.Clock.Advance(test.after)
		want, deleted := http.StatusForbidden, http.StatusBadRequest
		if test.fresh {
			want, deleted = http.StatusOK, http.StatusOK
		}
		if got := c.get("/list-sessions").Status; got != want {
			t.Errorf("freshAge %s after %s: list-sessions %d", test.age, test.after, got)
		}
		if res := c.post("/delete-user", map[string]any{}); res.Status != deleted || deleted == http.StatusBadRequest && res.code() != "SESSION_EXPIRED" {
			t.Errorf("freshAge %s after %s: delete-user %d %s", test.age, test.after, res.Status, res.Body)
		}
	}
}

// TestAUTHN23_SensitiveChangesNeedARecentSignIn lists them.
func TestAUTHN23_SensitiveChangesNeedARecentSignIn(t *testing.T) {
	s := newServer(t, keepsNoAccount)
	c := s.client()
	c.signUp(flowEmail)
	s.Clock.Advance(day)
	for _, r := range []request{{Path: "/list-sessions"}, post("/unlink-account", map[string]any{"providerId": "credential"})} {
		if res := c.do(r); res.Status != http.StatusForbidden || res.code() != "SESSION_NOT_FRESH" {
			t.Errorf("%s answered %d %s", r.Path, res.Status, res.Body)
		}
	}
	if res := c.post("/delete-user", map[string]any{}); res.Status != http.StatusBadRequest {
		t.Errorf("delete-user answered %d %s", res.Status, res.Body)
	}
}

func TestTheCookieCacheSparesTheStore(t *testing.T) {
	for _, strategy := range []string{"compact", "jwt", "jwe"} {
		t.Run(strategy, func(t *testing.T) {
			db := &probe{Database: memory.New()}
			s := newServer(t, func(o *auth.Options) {
				withCache(strategy)(o)
				o.Database = db
			})
			c := s.client()
			c.signUp(flowEmail)
			asked := func(query string) []string {
				db.watch(nil)
				if c.session(query) == nil {
					t.Errorf("no session with %q", query)
				}
				return db.statements()
			}
			one := []string{"find one session"}
			if diff := cmp.Diff([]string(nil), asked("")); diff != "" {
				t.Errorf("with a copy (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(one, asked("?disableCookieCache=true")); diff != "" {
				t.Errorf("with disableCookieCache (-want +got):\n%s", diff)
			}
			s.Clock.Advance(5*time.Minute - time.Second)
			// The look at the store has renewed the copy.
			if diff := cmp.Diff([]string(nil), asked("")); diff != "" {
				t.Errorf("with an old copy (-want +got):\n%s", diff)
			}
			s.Clock.Advance(20 * time.Second)
			if diff := cmp.Diff(one, asked("")); diff != "" {
				t.Errorf("with a copy that has ended (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string(nil), asked("")); diff != "" {
				t.Errorf("with a new copy (-want +got):\n%s", diff)
			}
			s.change(schema.UserModel, store.Record{"name": "Changed"}, store.Is("email", flowEmail))
			if got := c.session().User["name"]; got != "Some Body" {
				t.Errorf("the copy says %v", got)
			}
			if got := c.session("?disableCookieCache=true").User["name"]; got != "Changed" {
				t.Errorf("the store says %v", got)
			}
		})
	}
}

func TestACopyOfAnotherStrategyOrSecretOrVersionIsDropped(t *testing.T) {
	db := memory.New()
	first := newServer(t, func(o *auth.Options) {
		withCache("compact")(o)
		o.Database = db
	})
	c := first.client()
	c.signUp(flowEmail)
	first.change(schema.UserModel, store.Record{"name": "Stored"}, store.Is("email", flowEmail))
	byName := func(_ context.Context, _ *auth.Session, u *auth.User) (string, error) { return "of " + u.Name, nil }
	for name, test := range map[string]struct {
		change func(o *auth.Options)
		want   string
	}{
		"the same":                {func(*auth.Options) {}, "Some Body"},
		"version 1 is the first":  {func(o *auth.Options) { o.Session.CookieCache.Version = "1" }, "Some Body"},
		"another version":         {func(o *auth.Options) { o.Session.CookieCache.Version = "2" }, "Stored"},
		"a function says another": {func(o *auth.Options) { o.Session.CookieCache.VersionFunc = byName }, "Stored"},
		"another strategy":        {func(o *auth.Options) { o.Session.CookieCache.Strategy = "jwe" }, "Stored"},
		"the cache turned off":    {func(o *auth.Options) { o.Session.CookieCache.Enabled = option.Off }, "Stored"},
	} {
		s := newServer(t, func(o *auth.Options) {
			withCache("compact")(o)
			o.Database, o.Clock = db, first.Clock.Now
			test.change(o)
		})
		found := s.direct(request{Path: "/get-session", Header: c.cookies()}).session(t)
		if found == nil || found.User["name"] != test.want {
			t.Errorf("%s: the session is %+v, want the user %s", name, found, test.want)
		}
	}
	s := newServer(t, func(o *auth.Options) {
		withCache("jwt")(o)
		o.Session.CookieCache.VersionFunc = byName
	})
	d := s.client()
	d.signUp(flowEmail)
	s.change(schema.UserModel, store.Record{"name": "Stored"}, store.Is("email", flowEmail))
	if got := d.session().User["name"]; got != "Some Body" {
		t.Errorf("the function's own version is not good: %v", got)
	}
}

func TestALongCopyComesInChunksAndGoesWithThem(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		withCache("compact")(o)
		o.User.AdditionalFields = schema.Fields{{Name: "about", Type: schema.String, Required: option.Off}}
	})
	c := s.client()
	c.signUp(flowEmail)
	if diff := cmp.Diff([]string{sessionData, sessionToken}, c.names()); diff != "" {
		t.Fatalf("cookies (-want +got):\n%s", diff)
	}
	about := func(n int) {
		c.post("/update-user", map[string]any{"about": strings.Repeat("x", n)}).want(t, http.StatusOK)
		s.change(schema.UserModel, store.Record{"name": "Stored"}, store.Is("email", flowEmail))
		found := c.session()
		if found == nil || len(found.User["about"].(string)) != n {
			t.Fatalf("with %d letters the session is %v", n, found)
		}
	}
	about(9000)
	if diff := cmp.Diff([]string{sessionData + ".0", sessionData + ".1", sessionData + ".2", sessionData + ".3", sessionToken}, c.names()); diff != "" {
		t.Errorf("cookies of a long copy (-want +got):\n%s", diff)
	}
	about(3000)
	if diff := cmp.Diff([]string{sessionData + ".0", sessionData + ".1", sessionToken}, c.names()); diff != "" {
		t.Errorf("cookies of a shorter copy (-want +got):\n%s", diff)
	}
	about(10)
	if diff := cmp.Diff([]string{sessionData, sessionToken}, c.names()); diff != "" {
		t.Errorf("cookies of a short copy (-want +got):\n%s", diff)
	}
	about(9000)
	for _, line := range c.post("/update-user", map[string]any{"image": "i"}).Header["Set-Cookie"] {
		if pair, _, _ := strings.Cut(line, ";"); len(pair) > 4096 { // SESS-10
			t.Errorf("a cookie of %d letters", len(pair))
		}
	}
	c.post("/sign-out", map[string]any{}).want(t, http.StatusOK)
	if names := c.names(); len(names) > 0 {
		t.Errorf("after the sign-out the client has %v", names)
	}
}

func TestACopyHasNoHiddenFields(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		withCache("compact")(o)
		o.User.AdditionalFields = schema.Fields{{Name: "note", Type: schema.String, Default: "top secret note", Returned: option.Off}}
		o.Session.AdditionalFields = schema.Fields{{Name: "device", Type: schema.String, Default: "top secret device", Returned: option.Off}}
	})
	c := s.client()
	c.signUp(flowEmail)
	for range 2 {
		text, err := base64.RawURLEncoding.DecodeString(c.cookie(sessionData))
		if err != nil || strings.Contains(string(text), "top secret") || !strings.Contains(string(text), flowEmail) {
			t.Errorf("the copy is %s, %v", text, err)
		}
		if body := c.get("/get-session?disableCookieCache=true").Body; strings.Contains(body, "top secret") {
			t.Errorf("get-session shows %s", body)
		}
	}
	if body := c.get("/list-sessions").Body; strings.Contains(body, "top secret") {
		t.Errorf("list-sessions shows %s", body)
	}
	if user := s.user(flowEmail); user["note"] != "top secret note" {
		t.Errorf("the user is %v", user)
	}
}

// TestSESS04_SignOutEndsTheSessionAtTheServer also holds for replayed cookies.
func TestSESS04_SignOutEndsTheSessionAtTheServer(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp(flowEmail)
	old := c.cookies()
	res := c.post("/sign-out", map[string]any{}).want(t, http.StatusOK)
	if res.Body != `{"success":true}` || len(c.names()) > 0 || s.count(schema.SessionModel) != 0 {
		t.Errorf("answered %s; the client has %v, the server %d sessions", res.Body, c.names(), s.count(schema.SessionModel))
	}
	if found := s.direct(request{Path: "/get-session", Header: old}).session(t); found != nil {
		t.Errorf("the replayed cookie is %v", found)
	}
	s.client().post("/sign-out", map[string]any{}).want(t, http.StatusOK) // without a session too
}

func TestSESS02_ASignInGivesANewTokenAndKeepsNoneThatTheClientSent(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp(flowEmail)
	first := c.token()
	res := s.direct(request{Method: http.MethodPost, Path: "/sign-in/email", Header: c.cookies(),
		Body: map[string]any{"email": flowEmail, "password": testPassword}}).want(t, http.StatusOK)
	token := res.object(t)["token"].(string)
	if token == first || len(token) != 32 || !strings.Contains(res.setsCookie(sessionToken), token) {
		t.Errorf("after %s the token is %s", first, token)
	}
}

func TestSESS06_AChangeOfPasswordEndsOtherSessionsWhenAsked(t *testing.T) {
	for _, revoke := range []any{nil, false, true} {
		s := newServer(t, nil)
		c, other := s.client(), s.client()
		c.signUp(flowEmail)
		other.signIn(flowEmail)
		old := c.cookies()
		body := map[string]any{"currentPassword": testPassword, "newPassword": newPassword}
		if revoke != nil {
			body["revokeOtherSessions"] = revoke
		}
		token := c.post("/change-password", body).want(t, http.StatusOK).object(t)["token"]
		ended := revoke == true
		if (token != nil) != ended || (other.session() == nil) != ended || c.session() == nil {
			t.Errorf("revokeOtherSessions %v: token %v, other session %v, own %v", revoke, token, other.session(), c.session())
		}
		if replayed := s.direct(request{Path: "/get-session", Header: old}).session(t); (replayed == nil) != ended {
			t.Errorf("revokeOtherSessions %v: the old cookie is %v", revoke, replayed)
		}
	}
}

func TestSESS08_UsersEndTheirOwnSessionsAndNoOthers(t *testing.T) {
	s := newServer(t, nil)
	a, b, c, bob := s.client(), s.client(), s.client(), s.client()
	a.signUp(flowEmail)
	b.signIn(flowEmail)
	c.signIn(flowEmail)
	bob.signUp("bob@example.com")
	bob.post("/revoke-session", map[string]any{"token": a.token()}).want(t, http.StatusOK)
	bob.post("/revoke-session", map[string]any{"token": "no such token"}).want(t, http.StatusOK)
	if a.session() == nil {
		t.Fatal("another user ended the session")
	}
	a.post("/revoke-session", map[string]any{"token": b.token()}).want(t, http.StatusOK)
	if b.session() != nil || c.session() == nil {
		t.Error("revoke-session ended the wrong one")
	}
	a.post("/revoke-other-sessions", map[string]any{}).want(t, http.StatusOK)
	if a.session() == nil || c.session() != nil || bob.session() == nil {
		t.Error("revoke-other-sessions ended the wrong ones")
	}
	a.post("/revoke-sessions", map[string]any{}).want(t, http.StatusOK)
	if a.session() != nil || bob.session() == nil {
		t.Error("revoke-sessions ended the wrong ones")
	}
}

// TestSESS09_CookiesAreOutOfReachOfScriptsAndPlainHTTP reads the attributes on both schemes.
func TestSESS09_CookiesAreOutOfReachOfScriptsAndPlainHTTP(t *testing.T) {
	for scheme, want := range map[string]struct {
		prefix string
		secure bool
	}{"https": {"__Secure-", true}, "http": {"", false}} {
		s := bareServer(t, func(o *auth.Options) {
			o.BaseURL = scheme + "://auth.example.com"
			withCache("jwe")(o)
		})
		s.URL = scheme + "://auth.example.com"
		res := s.direct(post("/sign-up/email", map[string]any{"name": "A", "email": flowEmail, "password": testPassword, "rememberMe": false}))
		if len(res.Header["Set-Cookie"]) != 3 {
			t.Errorf("cookies %q", res.Header["Set-Cookie"])
		}
		for _, line := range res.Header["Set-Cookie"] {
			if !strings.HasPrefix(line, want.prefix+"better-auth.") || strings.Contains(line, "; Secure") != want.secure ||
				!strings.Contains(line, "; Path=/; HttpOnly") || !strings.Contains(line, "; SameSite=Lax") {
				t.Errorf("over %s: %s", scheme, line)
			}
		}
	}
}

func TestSESS11_EveryByteOfASignedTokenCounts(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp(flowEmail)
	good := []byte(strings.NewReplacer("%2B", "+", "%2F", "/", "%3D", "=").Replace(c.cookie(sessionToken)))
	for i := range good {
		bad := append([]byte(nil), good...)
		if bad[i] ^= 1; bad[i] == ';' || bad[i] == '%' {
			bad[i] ^= 3
		}
		header := http.Header{"Cookie": {sessionToken + "=" + string(bad)}}
		if found := s.direct(request{Path: "/get-session", Header: header}).session(t); found != nil && string(bad) != string(good) {
			t.Errorf("byte %d flipped is still a session", i)
		}
	}
	if s.direct(request{Path: "/get-session", Header: http.Header{"Cookie": {sessionToken + "=" + string(good)}}}).session(t) == nil {
		t.Error("the good token is none; the test tests nothing")
	}
}

func TestSESS15_NoSessionTokenStandsInAURL(t *testing.T) {
	for i := range flows {
		want := flows[i].succeed(t)
		for _, line := range want.Header["Set-Cookie"] {
			value, found := strings.CutPrefix(line, sessionToken+"=")
			token, _, _ := strings.Cut(value, ".")
			if found && len(token) == 32 && strings.Contains(want.Header.Get("Location"), token) {
				t.Errorf("%s redirects to %s", flows[i].name, want.Header.Get("Location"))
			}
		}
	}
}

func TestAUTHN04_AFreshInstallationHasNoUsersAndNoSecretOfItsOwn(t *testing.T) {
	s := newServer(t, nil)
	if n := s.count(schema.UserModel) + s.count(schema.AccountModel); n != 0 {
		t.Errorf("%d rows", n)
	}
	o := s.Options()
	o.Secret = ""
	if _, err := core.New(o); err == nil {
		t.Error("production starts without a secret")
	}
}
