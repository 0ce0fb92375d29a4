package core_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

func TestUP028_OneOfManyResetsWins(t *testing.T) {
	const attempts = 20
	var reached sync.WaitGroup
	reached.Add(attempts)
	together := false
	s := newServer(t, func(o *auth.Options) {
		hash := o.EmailAndPassword.Password.Hash
		o.EmailAndPassword.Password.Hash = func(ctx context.Context, p string) (string, error) {
			if together { // every attempt has seen the token before the first uses it up
				reached.Done()
				reached.Wait()
			}
			return hash(ctx, p)
		}
	})
	c := s.client()
	c.signUp("ada@example.com")
	c.post("/request-password-reset", map[string]any{"email": "ada@example.com"}).want(t, http.StatusOK)
	token := s.waitMail(1).Token
	together = true
	answers := make([]answer, attempts)
	var all sync.WaitGroup
	for i := range attempts {
		all.Go(func() {
			answers[i] = s.direct(request{Method: http.MethodPost, Path: "/reset-password",
				Body: map[string]any{"token": token, "newPassword": fmt.Sprintf("password number %d", i)}})
		})
	}
	all.Wait()
	together = false
	winner := -1
	for i, a := range answers {
		switch {
		case a.Status == http.StatusOK && winner < 0:
			winner = i
		case a.Status != http.StatusBadRequest || a.code() != "INVALID_TOKEN":
			t.Errorf("attempt %d answered %d %s", i, a.Status, a.Body)
		}
	}
	if winner < 0 {
		t.Fatal("no attempt won")
	}
	for i := range attempts {
		res := s.client().post("/sign-in/email", map[string]any{"email": "ada@example.com", "password": fmt.Sprintf("password number %d", i)})
		if right := res.Status == http.StatusOK; right != (i == winner) {
			t.Errorf("password %d answered %d; attempt %d had won", i, res.Status, winner)
		}
	}
}

// peek is a plugin whose routes show what guards see. Its before-hook reads the session the way a curious plugin does.
func peek(hook bool) auth.Plugin {
	type seen struct {
		Role any `json:"role"`
	}
	show := func(c *auth.Call, _ struct{}) (*seen, error) { return &seen{c.Session.User.Extra["role"]}, nil }
	route := func(key string, guard auth.Guard) auth.AnyEndpoint {
		return auth.Endpoint[struct{}, *seen]{Key: key, Path: "/peek/" + key, Method: auth.GET, Use: []auth.Guard{guard}, Handle: show}
	}
	p := auth.Plugin{ID: "peek", Endpoints: []auth.AnyEndpoint{
		route("required", session.Required), route("sensitive", session.Sensitive), route("fresh", session.Fresh),
	}}
	if hook {
		p.Before = []auth.BeforeHook{{Run: func(c *auth.Call) (*auth.Answer, error) {
			session.Current(c, session.LookupOptions{})
			return nil, nil
		}}}
	}
	return p
}

func TestUP060_GuardsOfPowerReadTheStore(t *testing.T) {
	for _, hook := range []bool{false, true} {
		t.Run(fmt.Sprintf("hook looked before: %t", hook), func(t *testing.T) {
			s := newServer(t, func(o *auth.Options) {
				withCache("compact")(o)
				o.Plugins = []auth.Plugin{peek(hook)}
				o.User.AdditionalFields = schema.Fields{{Name: "role", Type: schema.String, Default: "admin", Input: option.Off}}
			})
			c := s.client()
			c.signUp("ada@example.com")
			s.change(schema.UserModel, store.Record{"role": "user"}, store.Is("email", "ada@example.com"))
			for path, want := range map[string]string{"required": "admin", "sensitive": "user", "fresh": "user"} {
				if got := c.get("/peek/"+path).want(t, http.StatusOK).Body; got != `{"role":"`+want+`"}` {
					t.Errorf("%s sees %s after the demotion, want %s", path, got, want)
				}
			}
		})
	}
}

// cached are the operations that may answer from the client's copy, and those that need no session.
var cached = []string{
	"getSession", "listUserAccounts", "signInSocial", "callbackOAuth",
	"signOut", "signUpEmail", "signInEmail", "resetPassword", "verifyEmail", "sendVerificationEmail",
	"requestPasswordReset", "requestPasswordResetCallback", "ok", "error",
}

// sensitiveBody is a valid body of each operation that needs a session which the store confirms.
var sensitiveBody = map[string]any{
	"changeEmail":         map[string]any{"newEmail": "new@example.com"},
	"changePassword":      map[string]any{"newPassword": "another password", "currentPassword": testPassword},
	"updateSession":       map[string]any{"theme": "dark"},
	"updateUser":          map[string]any{"name": "Other"},
	"deleteUser":          map[string]any{"password": testPassword},
	"verifyPassword":      map[string]any{"password": testPassword},
	"revokeSession":       map[string]any{"token": "x"},
	"revokeSessions":      map[string]any{},
	"revokeOtherSessions": map[string]any{},
	"listSessions":        nil,
	"unlinkAccount":       map[string]any{"providerId": "credential"},
	"deleteUserCallback":  nil,
	"linkSocialAccount":   map[string]any{"provider": "google"},
	"refreshToken":        map[string]any{"providerId": "google"},
	"getAccessToken":      map[string]any{"providerId": "google"},
	"accountInfo":         nil,
}

func TestUP061_SensitiveRoutesRefuseARevokedSessionThatIsStillCached(t *testing.T) {
	for _, strategy := range []string{"compact", "jwt", "jwe"} {
		for _, stored := range []string{"database", "secondary", "secondary without a database"} {
			t.Run(strategy+" "+stored, func(t *testing.T) { refusesRevoked(t, strategy, stored) })
		}
	}
}

func refusesRevoked(t *testing.T, strategy, stored string) {
	s := newServer(t, func(o *auth.Options) {
		withCache(strategy)(o)
		o.Session.AdditionalFields = schema.Fields{{Name: "theme", Type: schema.String, Required: option.Off}}
		if stored != "database" {
			o.SecondaryStorage = memory.NewSecondary(o.Clock)
		}
		if stored == "secondary without a database" {
			o.Database = nil
		}
	})
	c := s.client()
	c.signUp("ada@example.com")
	revoke(t, s, c.token())
	if c.session() == nil {
		t.Fatal("the copy is not used; the test tests nothing")
	}
	before := s.dump()
	for _, route := range s.Routes() {
		body, sensitive := sensitiveBody[route.Key]
		switch {
		case slices.Contains(cached, route.Key) || route.ServerOnly:
			continue
		case !sensitive:
			t.Errorf("the operation %s is in neither list: does it need the store's word?", route.Key)
			continue
		}
		for _, query := range []string{"", "disableCookieCache=false", "disableCookieCache=0", "disableCookieCache=", "disableRefresh=true"} {
			if route.Key == "deleteUserCallback" {
				query += "&token=x"
			}
			res := s.direct(request{Method: route.Methods[0], Path: route.Path + "?" + query, Body: body, Header: c.cookies()})
			want := http.StatusUnauthorized
			if route.Key == "deleteUserCallback" {
				want = http.StatusNotFound // as upstream answers a caller without a session
			}
			if res.Status != want || strings.Contains(res.Body, "INVALID_TOKEN") {
				t.Errorf("%s?%s answered %d %s", route.Path, query, res.Status, res.Body)
			}
			if line := res.setsCookie(sessionData); line != "" {
				t.Errorf("%s?%s renewed the copy: %s", route.Path, query, line)
			}
		}
	}
	if after := s.dump(); after != before {
		t.Errorf("a revoked session changed rows\nbefore: %s\nafter: %s", before, after)
	}
}

// revoke ends a session behind the client's back.
func revoke(t *testing.T, s *server, token string) {
	t.Helper()
	call := s.Context().NewCall(t.Context())
	if err := session.Delete(call, token); err != nil {
		t.Fatal(err)
	}
	if found, err := session.Find(call, token); found != nil || err != nil {
		t.Fatalf("the session lives on: %v, %v", found, err)
	}
}

func TestUP061_ALinkDoesNotRenewTheCopyOfARevokedSession(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		withCache("compact")(o)
		o.EmailVerification.AutoSignInAfterVerification = true
	})
	c := s.client()
	c.signUp("ada@example.com")
	c.post("/send-verification-email", map[string]any{"email": "ada@example.com"}).want(t, http.StatusOK)
	c.post("/change-email", map[string]any{"newEmail": "new@example.com"}).want(t, http.StatusOK)
	verify, move := s.waitMail(1), s.waitMail(2)
	revoked := c.token()
	revoke(t, s, revoked)
	for _, m := range []mail{verify, move} {
		res := s.direct(request{Path: strings.TrimPrefix(m.URL, s.URL+apiBase), Header: c.cookies()})
		if line := res.setsCookie(sessionToken); strings.Contains(line, revoked) {
			t.Errorf("the link %s gave the revoked session back: %s", m.URL, line)
		}
	}
}

func TestUP062_ClientsCannotSetTheAuthorityOfASession(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.Session.AdditionalFields = schema.Fields{
			{Name: "theme", Type: schema.String, Required: option.Off},
			{Name: "locked", Type: schema.String, Required: option.Off, Input: option.Off},
		}
		o.Plugins = []auth.Plugin{{ID: "authority", Schema: []schema.Table{{Model: schema.SessionModel, Fields: schema.Fields{
			{Name: "activeOrganizationId", Type: schema.String, Required: option.Off}, // input unset: not for clients
			{Name: "impersonatedBy", Type: schema.String, Required: option.Off, Input: option.Off},
			{Name: "color", Type: schema.String, Required: option.Off, Input: option.On},
		}}, {Model: schema.UserModel, Fields: schema.Fields{
			{Name: "banned", Type: schema.Boolean, Required: option.Off},
		}}}}}
	})
	c := s.client()
	c.signUp("ada@example.com")
	before := s.dump()
	for _, name := range []string{"activeOrganizationId", "impersonatedBy", "locked", "userId", "token", "id", "expiresAt", "createdAt", "ipAddress"} {
		if res := c.post("/update-session", map[string]any{name: "x"}); res.Status != http.StatusBadRequest {
			t.Errorf("setting %s answered %d %s", name, res.Status, res.Body)
		}
	}
	if res := c.post("/update-user", map[string]any{"banned": true}); res.Status != http.StatusBadRequest {
		t.Errorf("setting banned answered %d %s", res.Status, res.Body)
	}
	res := s.client().post("/sign-up/email", map[string]any{"name": "B", "email": "b@example.com", "password": testPassword, "banned": true})
	if res.Status != http.StatusBadRequest {
		t.Errorf("signing up with banned answered %d %s", res.Status, res.Body)
	}
	if after := s.dump(); after != before {
		t.Errorf("rows changed\nbefore: %s\nafter: %s", before, after)
	}
	c.post("/update-session", map[string]any{"theme": "dark", "color": "red", "userId": "x", "token": "y"}).want(t, http.StatusOK)
	row := s.rows(schema.SessionModel)[0]
	if row["theme"] != "dark" || row["color"] != "red" || row["token"] != c.token() || row["userId"] != s.user("ada@example.com")["id"] {
		t.Errorf("the session became %v", row)
	}
}

func TestUP065_ListingSessionsNeedsARecentSignIn(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp("ada@example.com")
	c.get("/list-sessions").want(t, http.StatusOK)
	s.Clock.Advance(24*time.Hour - time.Second)
	c.get("/list-sessions").want(t, http.StatusOK)
	s.Clock.Advance(time.Second)
	if res := c.get("/list-sessions"); res.Status != http.StatusForbidden || res.code() != "SESSION_NOT_FRESH" {
		t.Errorf("an old session got %d %s", res.Status, res.Body)
	}
	if c.session() == nil {
		t.Error("an old session is no session any more")
	}
}

// TestGAP024_ASignUpTellsATakenAddressUnlessOptionsHideIt: what the answers look like where they hide it is UP-118.
func TestGAP024_ASignUpTellsATakenAddressUnlessOptionsHideIt(t *testing.T) {
	for _, c := range []struct {
		name                  string
		verified, autoSignsIn bool
		want                  int
		code                  string
	}{
		{"by default, as upstream does", false, true, http.StatusUnprocessableEntity, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"},
		{"where the address must be verified first", true, true, http.StatusOK, ""},
		{"where a sign-up signs nobody in", false, false, http.StatusOK, ""},
		{"where both is so", true, false, http.StatusOK, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, func(o *auth.Options) {
				o.EmailAndPassword.RequireEmailVerification, o.EmailAndPassword.AutoSignIn = c.verified, option.Of(c.autoSignsIn)
			})
			s.direct(post("/sign-up/email", signUpBody)).want(t, http.StatusOK)
			if res := s.direct(post("/sign-up/email", signUpBody)); res.Status != c.want || res.code() != c.code {
				t.Errorf("answered %d %s; want %d %s", res.Status, res.Body, c.want, c.code)
			}
			if n := s.count(schema.UserModel); n != 1 {
				t.Errorf("%d users", n)
			}
		})
	}
}

func TestUP118_AHiddenSignUpAnswersAlike(t *testing.T) {
	type variant struct {
		name   string
		change func(o *auth.Options)
	}
	for _, v := range []variant{
		{"requireEmailVerification", func(o *auth.Options) { o.EmailAndPassword.RequireEmailVerification = true }},
		{"autoSignIn off", func(o *auth.Options) { o.EmailAndPassword.AutoSignIn = option.Off }},
		{"serial ids", func(o *auth.Options) {
			o.EmailAndPassword.AutoSignIn, o.Advanced.Database.GenerateID = option.Off, "uuid"
		}},
	} {
		t.Run(v.name, func(t *testing.T) {
			s := newServer(t, func(o *auth.Options) {
				v.change(o)
				o.User.AdditionalFields = schema.Fields{
					{Name: "nickname", Type: schema.String, Required: option.Off},
					{Name: "plan", Type: schema.String, Default: "free", Input: option.Off},
					{Name: "note", Type: schema.String, Required: option.Off, Returned: option.Off},
				}
				o.Plugins = []auth.Plugin{{ID: "extra", Schema: []schema.Table{{Model: schema.UserModel, Fields: schema.Fields{
					{Name: "level", Type: schema.Number, Required: option.Off},
				}}}}}
			})
			body := map[string]any{"name": "Some Body", "email": "ADA@example.com", "password": testPassword, "image": "https://x.test/a.png"}
			first := s.client().post("/sign-up/email", body).want(t, http.StatusOK)
			again := s.client().post("/sign-up/email", body).want(t, http.StatusOK)
			if len(again.Header["Set-Cookie"])+len(first.Header["Set-Cookie"]) > 0 {
				t.Error("one of the answers sets a cookie")
			}
			a, b := first.object(t), again.object(t)
			ua, ub := a["user"].(map[string]any), b["user"].(map[string]any)
			if len(ua["id"].(string)) != len(ub["id"].(string)) || ua["id"] == ub["id"] {
				t.Errorf("the ids %q and %q tell the users apart", ua["id"], ub["id"])
			}
			first.Body = strings.ReplaceAll(first.Body, ua["id"].(string), "ID")
			again.Body = strings.ReplaceAll(again.Body, ub["id"].(string), "ID")
			if first.Body != again.Body {
				t.Errorf("the answers differ\nnew:      %s\nexisting: %s", first.Body, again.Body)
			}
			if a["token"] != nil {
				t.Errorf("the token is %v", a["token"])
			}
			if n := s.count(schema.UserModel); n != 1 {
				t.Errorf("there are %d users", n)
			}
		})
	}
}

func TestUP122_ExpiredTokensAreRefusedAndGone(t *testing.T) {
	var deletion string
	s := newServer(t, func(o *auth.Options) {
		o.Verification.DisableCleanup = false
		o.Session.ExpiresIn, o.Session.FreshAge = 30*24*time.Hour, -1
		o.User.DeleteUser.SendDeleteAccountVerification = func(_ context.Context, m auth.Mail) error { return nil }
		o.DatabaseHooks.Verification.BeforeCreate = func(_ context.Context, _ *auth.Call, data store.Record) (store.Record, error) {
			deletion, _ = strings.CutPrefix(data["identifier"].(string), "delete-account-")
			return nil, nil
		}
	})
	c := s.client()
	c.signUp("ada@example.com")
	c.post("/request-password-reset", map[string]any{"email": "ada@example.com"}).want(t, http.StatusOK)
	reset := s.waitMail(1).Token
	s.Clock.Advance(time.Hour + time.Millisecond)
	res := c.post("/reset-password", map[string]any{"token": reset, "newPassword": "another password"})
	if res.Status != http.StatusBadRequest || res.code() != "INVALID_TOKEN" {
		t.Errorf("an expired reset token got %d %s", res.Status, res.Body)
	}
	if n := s.count(schema.VerificationModel); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	c.post("/delete-user", map[string]any{}).want(t, http.StatusOK)
	s.Clock.Advance(24*time.Hour + time.Millisecond)
	for _, path := range []string{"/delete-user/callback?token=" + deletion} {
		if res := c.get(path); res.Status != http.StatusNotFound || res.code() != "INVALID_TOKEN" {
			t.Errorf("an expired deletion token got %d %s", res.Status, res.Body)
		}
	}
	if res := c.post("/delete-user", map[string]any{"token": deletion}); res.Status != http.StatusNotFound || res.code() != "INVALID_TOKEN" {
		t.Errorf("an expired deletion token got %d %s", res.Status, res.Body)
	}
	if n := s.count(schema.VerificationModel); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	s.user("ada@example.com")
}

func TestUP123_CookieHeadersAreReadTolerantly(t *testing.T) {
	s := newServer(t, nil)
	a, b := s.client(), s.client()
	a.signUp("ada@example.com")
	b.signUp("bob@example.com")
	good, other := sessionToken+"="+a.cookie(sessionToken), sessionToken+"="+b.cookie(sessionToken)
	for _, test := range []struct{ name, header, want string }{
		{"alone", good, "ada@example.com"},
		{"no space after the separator", "x=1;" + good + ";y=2", "ada@example.com"},
		{"spaces everywhere", " x = 1 ;  " + good + " ; y", "ada@example.com"},
		{"quoted", sessionToken + `="` + a.cookie(sessionToken) + `"`, "ada@example.com"},
		{"the first of two counts", good + "; " + other, "ada@example.com"},
		{"a bad one first is not skipped", sessionToken + "=bad; " + good, ""},
		{"a name that merely starts alike", sessionToken + "2=x; " + good, "ada@example.com"},
		{"the name in other letters", strings.ToUpper(good[:20]) + good[20:], ""},
		{"a secure name on a server without", "__Secure-" + good, ""},
	} {
		found := s.direct(request{Path: "/get-session", Header: http.Header{"Cookie": {test.header}}}).session(t)
		email := ""
		if found != nil {
			email = found.User["email"].(string)
		}
		if email != test.want {
			t.Errorf("%s: signed in as %q, want %q", test.name, email, test.want)
		}
	}
}

func TestUP123_ACookieWithoutThePrefixDoesNotShadowTheSecureOne(t *testing.T) {
	s := newServer(t, func(o *auth.Options) { o.Advanced.UseSecureCookies = option.On })
	post := func(email string) string {
		res := s.direct(request{Method: http.MethodPost, Path: "/sign-up/email",
			Body: map[string]any{"name": "A", "email": email, "password": testPassword}}).want(t, http.StatusOK)
		line, _, _ := strings.Cut(res.setsCookie("__Secure-"+sessionToken), ";")
		return line
	}
	ada, bob := post("ada@example.com"), post("bob@example.com")
	header := http.Header{"Cookie": {strings.TrimPrefix(bob, "__Secure-") + "; " + ada}}
	found := s.direct(request{Path: "/get-session", Header: header}).session(t)
	if found == nil || found.User["email"] != "ada@example.com" {
		t.Errorf("signed in as %v", found)
	}
	header.Set("Cookie", strings.TrimPrefix(bob, "__Secure-"))
	if found := s.direct(request{Path: "/get-session", Header: header}).session(t); found != nil {
		t.Errorf("a cookie that plain http could set signed in as %v", found)
	}
}

func TestUP127_ASessionThatEndsDuringItsRefreshStaysEnded(t *testing.T) {
	for _, path := range []string{"/get-session", "/update-session"} {
		t.Run(path, func(t *testing.T) {
			db := &probe{Database: memory.New()}
			s := newServer(t, func(o *auth.Options) {
				o.Database = db
				o.Session.AdditionalFields = schema.Fields{{Name: "theme", Type: schema.String, Required: option.Off}}
			})
			c := s.client()
			c.signUp("ada@example.com")
			if path == "/get-session" {
				s.Clock.Advance(25 * time.Hour)
			}
			ended := false
			db.watch(func(_ int, statement string) error {
				if statement == "update session" && !ended {
					ended = true
					s.remove(schema.SessionModel, store.Is("userId", s.user("ada@example.com")["id"]))
				}
				return nil
			})
			var res answer
			if path == "/get-session" {
				res = c.get(path)
			} else {
				res = c.post(path, map[string]any{"theme": "dark"})
			}
			if !ended {
				t.Fatal("nothing was updated; the test tests nothing")
			}
			if res.Status != http.StatusUnauthorized || s.count(schema.SessionModel) != 0 {
				t.Errorf("answered %d %s, %d sessions", res.Status, res.Body, s.count(schema.SessionModel))
			}
			if path == "/get-session" && !res.expires(sessionToken) {
				t.Error("the cookie of the ended session is not expired")
			}
		})
	}
}

func TestUP141_ABrokenCopyLeavesTheSessionAlone(t *testing.T) {
	for _, strategy := range []string{"compact", "jwt", "jwe"} {
		for _, enabled := range []option.Toggle{option.On, option.Off} {
			s := newServer(t, func(o *auth.Options) {
				withCache(strategy)(o)
				o.Session.CookieCache.Enabled = enabled
			})
			c := s.client()
			c.signUp("ada@example.com")
			good := c.cookie(sessionData)
			for _, bad := range []string{"garbage", "%%%", "e30", "a.b.c", "a.b.c.d.e", good + "x", "x" + good} {
				header := http.Header{"Cookie": {sessionToken + "=" + c.cookie(sessionToken) + "; " + sessionData + "=" + bad}}
				res := s.direct(request{Path: "/get-session", Header: header})
				if res.session(t) == nil {
					t.Errorf("%s: the copy %q signed the client out", strategy, bad)
				}
				line := res.setsCookie(sessionData)
				if renewed := line != "" && !res.expires(sessionData); renewed != (enabled == option.On) {
					t.Errorf("%s %v: the copy %q is answered with %q", strategy, enabled, bad, line)
				}
			}
		}
	}
}

func TestUP141_EveryPartOfABrokenCopyIsForgotten(t *testing.T) {
	s := newServer(t, nil) // the cache is off: nothing replaces the copy
	c := s.client()
	c.signUp("ada@example.com")
	header := http.Header{"Cookie": {sessionToken + "=" + c.cookie(sessionToken) + "; " + sessionData + ".0=a; " + sessionData + ".1=b"}}
	res := s.direct(request{Path: "/get-session", Header: header})
	if res.session(t) == nil {
		t.Error("signed out")
	}
	for _, name := range []string{sessionData + ".0", sessionData + ".1"} {
		if !res.expires(name) {
			t.Errorf("%s is left with the client", name)
		}
	}
}

func TestGAP006_LooseComparisonsOfADatabaseJoinNobody(t *testing.T) {
	s := newServer(t, func(o *auth.Options) { o.Database = loose{memory.New()} })
	c := s.client()
	c.signUp("ada@example.com")
	bob := s.client()
	bob.signUp("bob@example.com")
	// A row that another program wrote in capitals: it is another address.
	s.change(schema.UserModel, store.Record{"email": "BOB@EXAMPLE.COM"}, store.Is("email", "bob@example.com"))
	if res := s.client().post("/sign-in/email", map[string]any{"email": "bob@example.com", "password": testPassword}); res.Status != http.StatusUnauthorized {
		t.Errorf("an address that differs in case signed in: %d %s", res.Status, res.Body)
	}
	swapped := swapCase(c.token())
	call := s.Context().NewCall(t.Context())
	if found, err := session.Find(call, swapped); found != nil || err != nil {
		t.Errorf("the token in other case finds %v, %v", found, err)
	}
	header := http.Header{"Cookie": {sessionToken + "=" + swapped + "." + s.Context().Keys.Sign(swapped)}}
	if found := s.direct(request{Path: "/get-session", Header: header}).session(t); found != nil {
		t.Errorf("the token in other case signs in as %v", found)
	}
	if found, _ := session.Find(call, c.token()); found == nil {
		t.Error("the token itself finds nothing")
	}
}

func TestGAP006_AResetTokenInOtherCaseIsAnother(t *testing.T) {
	s := newServer(t, func(o *auth.Options) { o.Database = loose{memory.New()} })
	c := s.client()
	c.signUp("ada@example.com")
	c.post("/request-password-reset", map[string]any{"email": "ada@example.com"}).want(t, http.StatusOK)
	token := s.waitMail(1).Token
	res := c.post("/reset-password", map[string]any{"token": swapCase(token), "newPassword": "another password"})
	if res.Status != http.StatusBadRequest || res.code() != "INVALID_TOKEN" {
		t.Errorf("the token in other case got %d %s", res.Status, res.Body)
	}
	c.post("/reset-password", map[string]any{"token": token, "newPassword": "another password"}).want(t, http.StatusOK)
}

func TestGAP006_VerifyingOneAddressLeavesItsTwinAlone(t *testing.T) {
	s := newServer(t, func(o *auth.Options) { o.Database = loose{memory.New()} })
	c := s.client()
	c.signUp("ada@example.com")
	c.post("/send-verification-email", map[string]any{"email": "ada@example.com"}).want(t, http.StatusOK)
	s.addTwin("ada@example.com")
	c.get(strings.TrimPrefix(s.waitMail(1).URL, s.URL+apiBase)).want(t, http.StatusFound)
	c.post("/change-email", map[string]any{"newEmail": "new@example.com"}).want(t, http.StatusOK)
	c.get(strings.TrimPrefix(s.waitMail(2).URL, s.URL+apiBase)).want(t, http.StatusFound)
	if ada := s.user("new@example.com"); ada["emailVerified"] != true {
		t.Errorf("the owner became %v", ada)
	}
	if twin := s.user("ADA@EXAMPLE.COM"); twin["emailVerified"] != false {
		t.Errorf("the twin became %v", twin)
	}
}

// addTwin adds a user, as another program may, whose address differs in its letters' case only.
func (s *server) addTwin(email string) {
	s.t.Helper()
	now := s.Clock.Now()
	row := store.Record{"id": "twin", "name": "Twin", "email": strings.ToUpper(email), "emailVerified": false, "createdAt": now, "updatedAt": now}
	if _, err := s.Context().Store.Insert(context.Background(), schema.UserModel, row); err != nil {
		s.t.Fatal(err)
	}
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, s)
}
