package core_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/routes"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// roleField is a field that requests must not set.
func roleField(o *auth.Options) {
	o.User.AdditionalFields = schema.Fields{
		{Name: "role", Type: schema.String, Required: option.Off, Default: "user", Input: option.Off},
	}
}

func TestGO001_AmbiguousJSONIsRefused(t *testing.T) {
	s := newServer(t, roleField)
	c := s.client()
	body := func(tail string) string {
		return `{"name":"N","email":"go001@example.com","password":"` + testPassword + `"` + tail
	}
	cases := map[string]string{
		"a key twice":               body(`,"email":"other@example.com"}`),
		"a key twice, deep":         body(`,"x":{"a":1,"a":2}}`),
		"a key twice by an escape":  body(`,"em\u0061il":"other@example.com"}`),
		"data after the value":      body(`}{"email":"other@example.com"}`),
		"a word after the value":    body(`} x`),
		"half a surrogate pair":     body(`,"image":"\ud800"}`),
		"the other half":            body(`,"image":"\udc00x"}`),
		"a NUL character":           body(`,"image":"\u0000"}`),
		"a NUL character in a key":  body(`,"a\u0000":1}`),
		"invalid UTF-8":             body(",\"image\":\"\xff\"}"),
		"an overlong encoding":      body(",\"image\":\"\xc0\xaf\"}"),
		"a surrogate in UTF-8":      body(",\"image\":\"\xed\xa0\x80\"}"),
		"arrays ten thousand deep":  strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
		"objects ten thousand deep": strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000),
		"33 levels in a field":      body(`,"x":` + strings.Repeat("[", 33) + strings.Repeat("]", 33) + `}`),
	}
	for name, text := range cases {
		if res := c.post("/sign-up/email", text); res.Status != http.StatusBadRequest || res.code() != "VALIDATION_ERROR" {
			t.Errorf("%s: %d %.100s; want 400 VALIDATION_ERROR", name, res.Status, res.Body)
		}
	}
	if n := s.count("user"); n != 0 {
		t.Errorf("%d users were created", n)
	}
}

func TestGO001_KeysCountInTheirExactCase(t *testing.T) {
	s := newServer(t, roleField)
	c := s.client()
	valid := func(email, more string) string {
		return `{"name":"N","email":"` + email + `","password":"` + testPassword + `"` + more + `}`
	}
	for _, role := range []string{`"Role":"admin"`, `"ROLE":"admin"`, "\"ro\u017fe\":\"admin\"", `"__proto__":{"role":"admin"}`, `"constructor":{"role":"admin"}`} {
		email := fmt.Sprintf("u%d@example.com", s.count("user"))
		if res := c.post("/sign-up/email", valid(email, ","+role)); res.Status != http.StatusOK || !strings.Contains(res.Body, `"role":"user"`) {
			t.Errorf("%s: %d %s; want 200 and the role user", role, res.Status, res.Body)
		}
	}
	if n := s.count("user", store.Is("role", "admin")); n != 0 {
		t.Errorf("%d users became admins", n)
	}
	for _, text := range []string{
		`{"name":"N","EMAIL":"a@example.com","password":"` + testPassword + `"}`,
		`{"name":"N","email":"a@example.com","Password":"` + testPassword + `"}`,
		"{\"name\":\"N\",\"email\":\"a@example.com\",\"pa\u017fsword\":\"" + testPassword + "\"}",
	} {
		if res := c.post("/sign-up/email", text); res.Status != http.StatusBadRequest {
			t.Errorf("%s: %d; want 400", text, res.Status)
		}
	}
}

func TestHTTP10_FieldsOfTheServerCannotBeAssigned(t *testing.T) {
	s := newServer(t, roleField)
	c := s.client()
	post := func(more string) answer {
		return c.post("/sign-up/email", fmt.Sprintf(`{"name":"N","email":"m%d@example.com","password":%q,%s}`, s.count("user"), testPassword, more))
	}
	if res := post(`"id":"chosen","emailVerified":true,"createdAt":"2001-01-01T00:00:00.000Z","updatedAt":"2001-01-01T00:00:00.000Z"`); res.Status != http.StatusOK {
		t.Fatalf("sign-up: %d %s", res.Status, res.Body)
	}
	if n := s.count("user", store.Is("id", "chosen")) + s.count("user", store.Is("emailVerified", true)); n != 0 {
		t.Error("a request chose its id or verified its address")
	}
	if res := post(`"role":"admin"`); s.count("user", store.Is("role", "admin")) != 0 {
		t.Errorf("a request chose its role: %d %s", res.Status, res.Body)
	}
	if res := c.post("/update-user", `{"role":"admin"}`); res.code() != "FIELD_NOT_ALLOWED" {
		t.Errorf("update-user with a role: %d %s", res.Status, res.Body)
	}
	if res := c.post("/update-user", `{"emailVerified":true,"id":"x","createdAt":"2001-01-01T00:00:00.000Z","password":"p"}`); res.Status != http.StatusBadRequest {
		t.Errorf("update-user with core fields: %d %s", res.Status, res.Body)
	}
	if res := c.post("/update-user", `{"email":"x@example.com"}`); res.code() != "EMAIL_CAN_NOT_BE_UPDATED" {
		t.Errorf("update-user with an address: %d %s", res.Status, res.Body)
	}
	if res := c.post("/update-session", `{"userId":"x","token":"y","expiresAt":"2999-01-01T00:00:00.000Z"}`); res.Status != http.StatusBadRequest {
		t.Errorf("update-session with core fields: %d %s", res.Status, res.Body)
	}
}

func TestGO003_SignUpTakesTheAddressesOfZod(t *testing.T) {
	text, err := os.ReadFile("internal/zod/testdata/emails.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][2]any
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	s := newServer(t, nil)
	c := s.client()
	accepted, refused := 0, 0
	for _, row := range rows {
		email, fits := row[0].(string), row[1].(bool)
		res := c.post("/sign-up/email", map[string]any{"name": "N", "email": email, "password": testPassword})
		switch {
		case fits && (res.Status == http.StatusOK || res.Status == http.StatusUnprocessableEntity):
			accepted++
		case !fits && res.Status == http.StatusBadRequest:
			refused++
		default:
			t.Errorf("%.80q fits: %t, answer %d %s", email, fits, res.Status, res.Body)
		}
	}
	if accepted < 40 || refused < 40 {
		t.Errorf("%d accepted and %d refused are too few to say", accepted, refused)
	}
}

func TestGO004_OnlyASCIIFoldsInAddresses(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp("Kelvin.S@Example.COM")
	if s.count("user", store.Is("email", "kelvin.s@example.com")) != 1 {
		t.Error("ASCII letters were not lowered")
	}
	for _, email := range []string{"\u212aelvin.s@example.com", "kelvin.\u017f@example.com", "kelv\u0130n.s@example.com", "kelvin.s@example.com\u0000", "kelvin.s@ｅxample.com"} {
		for _, path := range []string{"/sign-up/email", "/sign-in/email", "/request-password-reset", "/send-verification-email"} {
			res := s.client().post(path, map[string]any{"name": "N", "email": email, "password": testPassword})
			if res.Status != http.StatusBadRequest {
				t.Errorf("%s with %q: %d %s; want 400", path, email, res.Status, res.Body)
			}
		}
	}
	s.client().signIn("KELVIN.S@EXAMPLE.COM")
	if got := account.LowerASCII("AZ\u212a\u017f\u0130\u00c9"); got != "az\u212a\u017f\u0130\u00c9" { // behind the rule for addresses
		t.Errorf("folded to %q", got)
	}
	if n := len(s.Outbox.All()); n != 0 {
		t.Errorf("%d mails were sent", n)
	}
}

func TestGO006_DeepJSONIsRefusedOnEveryRoute(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	for _, r := range s.Routes() {
		if r.ServerOnly || r.Methods[len(r.Methods)-1] != auth.POST {
			continue
		}
		if res := c.post(r.Path, deep); res.Status != http.StatusBadRequest {
			t.Errorf("%s: %d; want 400", r.Path, res.Status)
		}
		if res := c.post(r.Path, `{"a":`+deep+`}`); res.Status != http.StatusBadRequest {
			t.Errorf("%s, in a field: %d; want 400", r.Path, res.Status)
		}
	}
	nested := strings.Repeat("[", 31) + strings.Repeat("]", 31)
	if res := c.post("/sign-up/email", `{"name":"N","email":"deep@example.com","password":"`+testPassword+`","x":`+nested+`}`); res.Status != http.StatusOK {
		t.Errorf("32 levels: %d %s; want 200", res.Status, res.Body)
	}
}

func TestGO013_DurationsOutOfBoundsAreRefused(t *testing.T) {
	const year = 365 * 24 * time.Hour
	tooLong, negative := 401*24*time.Hour, -time.Second
	cases := map[string]func(o *auth.Options, d time.Duration){
		"session.expiresIn":                            func(o *auth.Options, d time.Duration) { o.Session.ExpiresIn = d },
		"session.cookieCache.maxAge":                   func(o *auth.Options, d time.Duration) { o.Session.CookieCache.MaxAge = d },
		"emailVerification.expiresIn":                  func(o *auth.Options, d time.Duration) { o.EmailVerification.ExpiresIn = d },
		"emailAndPassword.resetPasswordTokenExpiresIn": func(o *auth.Options, d time.Duration) { o.EmailAndPassword.ResetPasswordTokenExpiresIn = d },
		"user.deleteUser.deleteTokenExpiresIn":         func(o *auth.Options, d time.Duration) { o.User.DeleteUser.DeleteTokenExpiresIn = d },
	}
	for name, set := range cases {
		for _, d := range []time.Duration{tooLong, 100 * year, negative} {
			_, err := core.New(bare(func(o *auth.Options) { set(o, d) }))
			if err == nil || !strings.Contains(err.Error(), "option "+name+":") {
				t.Errorf("%s of %v: %v; want a sentence that names the option", name, d, err)
			}
		}
		if _, err := core.New(bare(func(o *auth.Options) { set(o, 400*24*time.Hour) })); err != nil {
			t.Errorf("%s of 400 days: %v", name, err)
		}
	}
}

// bare returns options of a server that is only built.
func bare(change func(o *auth.Options)) auth.Options {
	kit := authtest.Server{Clock: authtest.NewClock(), Outbox: &authtest.Outbox{}, Log: &authtest.Log{}}
	o := kit.Options()
	o.BaseURL = "https://app.example.com"
	if change != nil {
		change(&o)
	}
	return o
}

func TestGO014_NULAndBrokenUTF8NeverReachTheStore(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.Database = textOnly{memory.New()}
		o.User.AdditionalFields = schema.Fields{{Name: "nick", Type: schema.String, Required: option.Off}}
	})
	c := s.client()
	c.signUp("nul@example.com")
	form := func(pairs ...string) request {
		return request{Path: "/sign-up/email", Type: "application/x-www-form-urlencoded", Body: strings.Join(pairs, "&")}
	}
	pw := "password=" + url.QueryEscape(testPassword)
	cases := map[string]struct {
		r    request
		want int
	}{
		"NUL in a JSON field":           {request{Path: "/sign-up/email", Body: `{"name":"\u0000","email":"a@example.com","password":"` + testPassword + `"}`}, 400},
		"NUL in a form field":           {form("name=%00", "email=b@example.com", pw), 400},
		"NUL in a field of the options": {form("name=x", "email=b@example.com", pw, "nick=%00"), 400},
		"broken UTF-8 in a form field":  {form("name=%ff%fe", "email=c@example.com", pw), 200},
		"a raw byte in a form field":    {form("name=\xff", "email=d@example.com", pw), 200},
		"NUL in a query token":          {request{Path: "/reset-password?token=%00", Body: `{"newPassword":"` + testPassword + `"}`}, 400},
		"broken UTF-8 in a query":       {request{Path: "/reset-password?token=%ff", Body: `{"newPassword":"` + testPassword + `"}`}, 400},
		"NUL in a path":                 {request{Path: "/reset-password/%00?callbackURL=/x"}, 302},
		"NUL in a callback query":       {request{Path: "/delete-user/callback?token=%00"}, 400},
		"broken UTF-8 in a token":       {request{Path: "/delete-user/callback?token=%ff"}, 404},
	}
	for name, tt := range cases {
		if res := c.do(tt.r); res.Status != tt.want {
			t.Errorf("%s: %d %s; want %d", name, res.Status, res.Body, tt.want)
		}
	}
	for _, agent := range []string{"\xff", "\xff\xfe\xc3", "ü", "\u0130", strings.Repeat("a", 5000)} {
		res := s.client().do(request{Path: "/sign-in/email", Body: map[string]any{"email": "nul@example.com", "password": testPassword}, Header: http.Header{"User-Agent": {agent}}})
		if res.Status != http.StatusOK {
			t.Errorf("User-Agent %.20q: sign-in %d %s", agent, res.Status, res.Body)
		}
	}
	for _, agent := range []string{"\xff\x00", "a\x00b"} { // net/http lets no such header through; other servers may
		_, err := routes.SignInEmail.Call(t.Context(), s.Auth, routes.SignInEmailIn{Email: "nul@example.com", Password: testPassword},
			auth.WithHeader(http.Header{"User-Agent": {agent}}))
		if err != nil {
			t.Errorf("User-Agent %q: sign-in %v", agent, err)
		}
	}
	if log := s.Log.String(); strings.Contains(log, errNotText.Error()) {
		t.Errorf("the store was given what is not text:\n%s", log)
	}
}

func TestGO018_SerialIDsKeepEveryDigit(t *testing.T) {
	const big = "9007199254740993" // 2^53 + 1, which no float64 holds
	s := newServer(t, func(o *auth.Options) {
		o.Advanced.Database.GenerateIDFunc = func(string) string { return big }
		o.User.AdditionalFields = schema.Fields{{Name: "points", Type: schema.Number, BigInt: true, Required: option.Off}}
		o.Session.CookieCache.Enabled = option.On
	})
	c := s.client()
	body := `{"name":"N","email":"n@example.com","password":"` + testPassword + `","points":` + big + `}`
	if res := c.post("/sign-up/email", body); res.Status != http.StatusOK {
		t.Fatalf("sign-up: %d %s", res.Status, res.Body)
	}
	for _, path := range []string{"/get-session?disableCookieCache=1", "/get-session"} {
		res := c.get(path)
		for _, want := range []string{`"id":"` + big + `"`, `"userId":"` + big + `"`, `"points":` + big} {
			if !strings.Contains(res.Body, want) {
				t.Errorf("%s: %s has no %s", path, res.Body, want)
			}
		}
	}
}

// wrongTypes are values of every JSON type.
var wrongTypes = map[string]any{
	"null": nil, "true": true, "number": 1.5, "string": "text", "array": []any{"a"}, "object": map[string]any{"toString": "x"},
	"list of null": []any{nil}, "empty array": []any{}, "empty object": map[string]any{},
}

func accepts(t reflect.Type, v any) bool {
	kind := elem(t).Kind()
	switch v := v.(type) {
	case []any:
		return kind == reflect.Slice && (len(v) == 0 || v[0] != nil)
	case map[string]any:
		return t == reflect.TypeFor[*auth.Object]()
	case string:
		return kind == reflect.String
	case bool:
		return kind == reflect.Bool
	}
	return false
}

func TestHTTP12_EveryFieldOfEveryOperationRefusesOtherTypes(t *testing.T) {
	s := newServer(t, nil)
	signedIn := s.client()
	signedIn.signUp("types@example.com")
	fields := 0
	for _, route := range s.Routes() {
		if route.ServerOnly {
			continue
		}
		for _, f := range reflect.VisibleFields(route.In) {
			tag, inBody := f.Tag.Lookup("body")
			name, _, _ := strings.Cut(tag, ",")
			if !inBody || name == "*" {
				continue
			}
			fields++
			for kind, v := range wrongTypes {
				if accepts(f.Type, v) {
					continue
				}
				body := validBody(route)
				body[name] = v
				for who, c := range map[string]*client{"a stranger": s.client(), "a user": signedIn} {
					res := c.post(route.Path, body)
					if falsy(v) && res.Status == http.StatusBadRequest || res.Status == http.StatusBadRequest && res.code() == "VALIDATION_ERROR" {
						continue
					}
					t.Errorf("%s: %s as %s from %s: %d %s; want 400 VALIDATION_ERROR", route.Path, name, kind, who, res.Status, res.Body)
				}
			}
		}
		if route.Methods[0] != auth.POST || route.In.NumField() == 0 {
			continue
		}
		for kind, v := range wrongTypes {
			if kind == "object" || kind == "empty object" {
				continue
			}
			if res := signedIn.post(route.Path, jsonText(t, v)); res.Status != http.StatusBadRequest {
				t.Errorf("%s: a body that is %s: %d %s; want 400", route.Path, kind, res.Status, res.Body)
			}
		}
	}
	if fields < 20 {
		t.Errorf("only %d fields were found", fields)
	}
}

func falsy(v any) bool { return v == nil }

func elem(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// validBody is a body of an operation that passes validation.
func validBody(route *auth.Route) map[string]any {
	body := map[string]any{}
	for _, f := range reflect.VisibleFields(route.In) {
		tag, inBody := f.Tag.Lookup("body")
		name, flags, _ := strings.Cut(tag, ",")
		switch {
		case !inBody, name == "*", strings.Contains(flags, "optional"):
		case strings.Contains(strings.ToLower(name), "email"):
			body[name] = "someone@example.com"
		default:
			body[name] = "some text"
		}
	}
	return body
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestHTTP12_AdditionalFieldsRefuseOtherTypes(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		fields := schema.Fields{
			{Name: "aText", Type: schema.String, Required: option.Off},
			{Name: "aNumber", Type: schema.Number, Required: option.Off},
			{Name: "aFlag", Type: schema.Boolean, Required: option.Off},
			{Name: "aDate", Type: schema.Date, Required: option.Off},
			{Name: "someTexts", Type: schema.Strings, Required: option.Off},
			{Name: "someNumbers", Type: schema.Numbers, Required: option.Off},
			{Name: "aChoice", Type: schema.String, Enum: []string{"a", "b"}, Required: option.Off},
		}
		o.User.AdditionalFields, o.Session.AdditionalFields = fields, fields
	})
	c := s.client()
	c.signUp("fields@example.com")
	good := map[string]string{
		"aText": `"x"`, "aNumber": `12.5`, "aFlag": `true`, "aDate": `"2020-01-01T00:00:00.000Z"`,
		"someTexts": `["a"]`, "someNumbers": `[1]`, "aChoice": `"b"`,
	}
	bad := map[string][]string{
		"aText": {`1`, `true`, `[]`, `{}`}, "aNumber": {`"x"`, `true`, `[]`, `{}`, `"NaN "x`}, "aFlag": {`1`, `"true"`, `[]`, `{}`},
		"aDate": {`"yesterday"`, `true`, `[]`, `{}`, `1e300`}, "someTexts": {`"a"`, `[1]`, `{}`, `[null]`}, "someNumbers": {`1`, `["a"]`, `{}`},
		"aChoice": {`"c"`, `1`, `["a"]`}, "name": {`1`, `[]`, `{}`, `true`}, "image": {`1`, `[]`, `{}`, `true`},
	}
	for _, path := range []string{"/update-user", "/update-session"} {
		for name, v := range good {
			if res := c.post(path, `{"`+name+`":`+v+`}`); res.Status != http.StatusOK {
				t.Errorf("%s: %s=%s: %d %s; want 200", path, name, v, res.Status, res.Body)
			}
		}
		for name, values := range bad {
			for _, v := range values {
				res := c.post(path, `{"`+name+`":`+v+`}`)
				if res.Status >= 500 && strings.HasSuffix(v, "x") {
					continue // no JSON: answered as upstream does
				}
				if res.Status != http.StatusBadRequest {
					t.Errorf("%s: %s=%s: %d %s; want 400", path, name, v, res.Status, res.Body)
				}
			}
		}
	}
}

func TestHTTP12_RepeatedQueryParametersAreRefusedWhereOneIsMeant(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp("query@example.com")
	for _, path := range []string{
		"/verify-email?token=a&token=b", "/verify-email?token=a&callbackURL=/x&callbackURL=https://evil.tld",
		"/reset-password/x?callbackURL=/x&callbackURL=/y", "/delete-user/callback?token=a&token=b",
	} {
		if res := c.get(path); res.Status != http.StatusBadRequest || res.code() != "VALIDATION_ERROR" {
			t.Errorf("%s: %d %s; want 400 VALIDATION_ERROR", path, res.Status, res.Body)
		}
	}
	if res := c.post("/reset-password?token=a&token=b", `{"newPassword":"`+testPassword+`"}`); res.Status != http.StatusBadRequest {
		t.Errorf("reset-password: %d %s", res.Status, res.Body)
	}
}

func TestHTTP11_FieldsThatAreNotReturnedAreNowhere(t *testing.T) {
	const hidden = "hidden-value"
	s := newServer(t, func(o *auth.Options) {
		f := schema.Fields{{Name: "note", Type: schema.String, Required: option.Off, Returned: option.Off, Default: hidden}}
		o.User.AdditionalFields, o.Session.AdditionalFields, o.Account.AdditionalFields = f, f, f
		o.Session.CookieCache.Enabled = option.On
		o.User.ChangeEmail.UpdateEmailWithoutVerification = true
	})
	c := s.client()
	answers := []answer{
		c.post("/sign-up/email", `{"name":"N","email":"hidden@example.com","password":"`+testPassword+`"}`),
		c.post("/sign-in/email", `{"email":"hidden@example.com","password":"`+testPassword+`"}`),
		c.get("/get-session"), c.get("/get-session?disableCookieCache=true"), c.get("/list-sessions"), c.get("/list-accounts"),
		c.post("/update-user", `{"name":"M"}`),
		c.post("/change-password", `{"currentPassword":"`+testPassword+`","newPassword":"another password","revokeOtherSessions":true}`),
		c.post("/send-verification-email", `{"email":"hidden@example.com"}`),
		c.get("/verify-email?token=" + s.waitMail(1).Token),
	}
	if s.count("user", store.Is("note", hidden)) != 1 || s.count("session", store.Is("note", hidden)) == 0 {
		t.Fatal("the field is not stored")
	}
	for i, res := range answers {
		if res.Status != http.StatusOK {
			t.Errorf("answer %d: %d %s", i, res.Status, res.Body)
		}
		text := res.Body
		for _, line := range res.Header["Set-Cookie"] {
			pair, _, _ := strings.Cut(line, ";")
			_, value, _ := strings.Cut(pair, "=")
			decoded, _ := base64.RawURLEncoding.DecodeString(value)
			text += string(decoded)
		}
		for _, secret := range []string{hidden, `"note"`, `"password"`, "fast:"} {
			if strings.Contains(text, secret) {
				t.Errorf("answer %d shows %s: %q", i, secret, text)
			}
		}
	}
}
