package core_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// signUpWith signs up with further fields.
func (s *server) signUpWith(email string, fields map[string]any) answer {
	s.t.Helper()
	body := map[string]any{"name": "Ada", "email": email, "password": testPassword}
	for name, v := range fields {
		body[name] = v
	}
	return s.direct(post("/sign-up/email", body))
}

func TestAdditionalFieldsOnSignUp(t *testing.T) {
	const absent = "\x00absent"
	upper := func(v any) (any, error) { return strings.ToUpper(v.(string)), nil }
	lower := func(v any) (any, error) {
		if s, ok := v.(string); ok {
			return "seen " + strings.ToLower(s), nil
		}
		return v, nil
	}
	even := func(v any) (any, error) {
		if s, ok := v.(string); ok && len(s)%2 == 0 {
			return s + "!", nil
		}
		return nil, errors.New("must have an even length")
	}
	for _, test := range []struct {
		name   string
		field  schema.Field
		given  any
		status int
		stored any // of the row
		shown  any
		text   string // in an error
	}{
		{"optional, given", schema.Field{Type: schema.String, Required: option.Off}, "v", 200, "v", "v", ""},
		{"optional, absent", schema.Field{Type: schema.String, Required: option.Off}, absent, 200, nil, nil, ""},
		{"required, absent", schema.Field{Type: schema.String, Required: option.On}, absent, 400, nil, nil, "extra is required"},
		{"required, null", schema.Field{Type: schema.String, Required: option.On}, nil, 400, nil, nil, "extra"},
		{"required, with a default", schema.Field{Type: schema.String, Required: option.On, Default: "d"}, absent, 200, "d", "d", ""},
		{"a default, given", schema.Field{Type: schema.String, Default: "d"}, "v", 200, "v", "v", ""},
		{"a default that is a function", schema.Field{Type: schema.Number, Default: func() any { return int64(7) }}, absent, 200, int64(7), 7.0, ""},
		{"a default of false", schema.Field{Type: schema.Boolean, Default: false}, absent, 200, false, false, ""},
		{"no input, absent", schema.Field{Type: schema.String, Input: option.Off, Default: "d"}, absent, 200, "d", "d", ""},
		{"no input, given with a default", schema.Field{Type: schema.String, Input: option.Off, Default: "d"}, "v", 200, "d", "d", ""},
		{"no input, given", schema.Field{Type: schema.String, Input: option.Off, Required: option.Off}, "v", 400, nil, nil, "extra is not allowed to be set"},
		{"no input, given as false", schema.Field{Type: schema.Boolean, Input: option.Off, Required: option.Off}, false, 200, nil, nil, ""},
		{"not returned", schema.Field{Type: schema.String, Returned: option.Off}, "v", 200, "v", absent, ""},
		{"an enum", schema.Field{Type: schema.String, Enum: []string{"a", "b"}}, "b", 200, "b", "b", ""},
		{"outside an enum", schema.Field{Type: schema.String, Enum: []string{"a", "b"}}, "c", 400, nil, nil, "extra"},
		{"validated", schema.Field{Type: schema.String, Validate: even}, "even", 200, "even!", "even!", ""},
		{"not valid", schema.Field{Type: schema.String, Validate: even}, "odd", 400, nil, nil, "must have an even length"},
		{"changed on the way in", schema.Field{Type: schema.String, TransformIn: upper}, "v", 200, "V", "V", ""},
		{"changed on the way out", schema.Field{Type: schema.String, TransformOut: lower}, "V", 200, "V", "seen v", ""},
		{"a renamed column", schema.Field{Type: schema.String, Column: "ex_tra"}, "v", 200, "v", "v", ""},
		{"a number", schema.Field{Type: schema.Number}, 12, 200, int64(12), 12.0, ""},
		{"a text for a number", schema.Field{Type: schema.Number}, "no", 400, nil, nil, "extra"},
		{"a boolean", schema.Field{Type: schema.Boolean}, true, 200, true, true, ""},
		{"a date", schema.Field{Type: schema.Date}, "2020-01-02T03:04:05.678Z", 200, time.Date(2020, 1, 2, 3, 4, 5, 678e6, time.UTC), "2020-01-02T03:04:05.678Z", ""},
		{"not a date", schema.Field{Type: schema.Date}, "someday", 400, nil, nil, "extra"},
		{"texts", schema.Field{Type: schema.Strings}, []string{"a", "b"}, 200, []string{"a", "b"}, []any{"a", "b"}, ""},
		{"numbers", schema.Field{Type: schema.Numbers}, []int{1, 2}, 200, []float64{1, 2}, []any{1.0, 2.0}, ""},
		{"mixed for texts", schema.Field{Type: schema.Strings}, []any{"a", 1}, 400, nil, nil, "extra"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.field.Name = "extra"
			s := newServer(t, func(o *auth.Options) { o.User.AdditionalFields = schema.Fields{test.field} })
			fields := map[string]any{}
			if test.given != absent {
				fields["extra"] = test.given
			}
			res := s.signUpWith(flowEmail, fields)
			if res.Status != test.status || !strings.Contains(res.Body, test.text) {
				t.Fatalf("answered %d %s, want %d with %q", res.Status, res.Body, test.status, test.text)
			}
			if res.Status != http.StatusOK {
				if s.count(schema.UserModel) != 0 {
					t.Error("there is a user")
				}
				return
			}
			if diff := cmp.Diff(test.stored, s.user(flowEmail)["extra"]); diff != "" {
				t.Errorf("stored (-want +got):\n%s", diff)
			}
			shown := any(absent)
			if v, ok := res.object(t)["user"].(map[string]any)["extra"]; ok {
				shown = v
			}
			if diff := cmp.Diff(test.shown, shown); diff != "" {
				t.Errorf("shown (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAUniqueFieldIsUnique(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.User.AdditionalFields = schema.Fields{{Name: "handle", Type: schema.String, Required: option.Off, Unique: true}}
	})
	s.signUpWith(flowEmail, map[string]any{"handle": "ada"}).want(t, http.StatusOK)
	if res := s.signUpWith("bob@example.com", map[string]any{"handle": "ada"}); res.Status != http.StatusUnprocessableEntity || s.count(schema.UserModel) != 1 {
		t.Errorf("a taken handle answered %d %s, %d users", res.Status, res.Body, s.count(schema.UserModel))
	}
	s.signUpWith("bob@example.com", nil).want(t, http.StatusOK)
	s.signUpWith("eve@example.com", nil).want(t, http.StatusOK) // null is no value
}

func TestAdditionalFieldsOnUpdate(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.User.AdditionalFields = schema.Fields{
			{Name: "plan", Type: schema.String, Default: "free"}, {Name: "locked", Type: schema.String, Input: option.Off, Default: "l"},
			{Name: "born", Type: schema.Date, Required: option.Off},
		}
	})
	c := s.client()
	c.signUp(flowEmail)
	for _, test := range []struct {
		body   string
		status int
		text   string
	}{
		{`{"plan":"pro"}`, 200, ""}, {`{"born":null}`, 200, ""}, {`{"born":"2000-01-01"}`, 200, ""}, {`{"name":"N","image":null}`, 200, ""},
		{`{}`, 400, "No fields to update"}, {`{"unknown":1}`, 400, "No fields to update"}, {`{"locked":"x"}`, 400, "locked is not allowed to be set"},
		{`{"email":"x@example.com"}`, 400, "Email can not be updated"}, {`{"emailVerified":true}`, 400, "No fields to update"},
		{`{"id":"x","createdAt":1}`, 400, "No fields to update"}, {`{"name":1}`, 400, "name"}, {`{"name":null}`, 400, "name"}, {`[]`, 400, "body"},
	} {
		res := c.do(request{Method: http.MethodPost, Path: "/update-user", Body: test.body})
		if res.Status != test.status || !strings.Contains(res.Body, test.text) {
			t.Errorf("%s answered %d %s", test.body, res.Status, res.Body)
		}
	}
	user := s.user(flowEmail)
	if user["plan"] != "pro" || user["locked"] != "l" || user["name"] != "N" || user["emailVerified"] != false {
		t.Errorf("the user is %v", user)
	}
}

func TestRenamedModelsAndColumns(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.User.Model = auth.Model{ModelName: "people", Fields: map[string]string{"email": "mail", "name": "full_name"}}
		o.Session.Model = auth.Model{ModelName: "sittings", Fields: map[string]string{"userId": "person"}}
		o.Account.Model = auth.Model{ModelName: "logins", Fields: map[string]string{"userId": "person", "password": "hash"}}
		o.Verification.Model = auth.Model{ModelName: "proofs", Fields: map[string]string{"identifier": "what"}}
	})
	for model, table := range map[string]string{"user": "people", "session": "sittings", "account": "logins", "verification": "proofs"} {
		if got := s.Context().Schema.Table(model).Name; got != table {
			t.Errorf("%s is kept in %s", model, got)
		}
	}
	c := s.client()
	c.signUp(flowEmail)
	found := c.session()
	if found == nil || found.User["email"] != flowEmail || found.User["name"] != "Some Body" || found.Session["userId"] == nil {
		t.Errorf("the session is %+v", found)
	}
	c.post("/request-password-reset", map[string]any{"email": flowEmail}).want(t, http.StatusOK)
	c.post("/reset-password", map[string]any{"token": s.waitMail(1).Token, "newPassword": newPassword}).want(t, http.StatusOK)
	c.post("/delete-user", map[string]any{"password": newPassword}).want(t, http.StatusOK)
	if rows := s.dump(); rows != "" {
		t.Errorf("left: %s", rows)
	}
}

func TestWhoMakesIDs(t *testing.T) {
	n := 0
	for name, test := range map[string]struct {
		options auth.AdvancedDatabase
		form    string
	}{
		"default":  {auth.AdvancedDatabase{}, `^[a-zA-Z0-9]{32}$`},
		"uuid":     {auth.AdvancedDatabase{GenerateID: "uuid"}, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`},
		"serial":   {auth.AdvancedDatabase{GenerateID: "serial"}, `^[1-9][0-9]*$`},
		"false":    {auth.AdvancedDatabase{GenerateID: "false"}, `^.+$`},
		"the file": {auth.AdvancedDatabase{NoGeneratedID: option.Off}, `^.+$`},
		"function": {auth.AdvancedDatabase{GenerateID: "uuid", GenerateIDFunc: func(model string) string {
			n++
			return fmt.Sprintf("%s-%d", model, n)
		}}, `^(user|session|account|verification)-[0-9]+$`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, func(o *auth.Options) { o.Advanced.Database = test.options })
			c := s.client()
			c.signUp(flowEmail)
			c.post("/request-password-reset", map[string]any{"email": flowEmail}).want(t, http.StatusOK)
			for _, model := range []string{schema.UserModel, schema.SessionModel, schema.AccountModel, schema.VerificationModel} {
				row := s.rows(model)[0]
				if id, _ := row["id"].(string); !regexp.MustCompile(test.form).MatchString(id) {
					t.Errorf("%s has the id %q", model, row["id"])
				}
			}
			account := s.rows(schema.AccountModel)[0]
			if id := s.user(flowEmail)["id"]; account["userId"] != id || account["accountId"] != id {
				t.Errorf("the account of %v is %v", id, account)
			}
			var found signedIn
			if err := json.Unmarshal([]byte(c.get("/get-session").Body), &found); err != nil || found.User["id"] != s.user(flowEmail)["id"] {
				t.Errorf("the session is %+v, %v", found, err)
			}
			c.post("/revoke-sessions", map[string]any{}).want(t, http.StatusOK)
			s.client().signIn(flowEmail)
		})
	}
}

func TestAccountsAreListedWithoutTheirSecrets(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.Account.AdditionalFields = schema.Fields{
			{Name: "label", Type: schema.String, Default: "mine"}, {Name: "note", Type: schema.String, Default: "private", Returned: option.Off},
		}
	})
	c := s.client()
	c.signUp(flowEmail)
	s.change(schema.AccountModel, store.Record{"scope": "a,b", "accessToken": "at", "refreshToken": "rt", "idToken": "it"}, store.Is("providerId", "credential"))
	body := c.get("/list-accounts").want(t, http.StatusOK).Body
	var accounts []map[string]any
	if err := json.Unmarshal([]byte(body), &accounts); err != nil || len(accounts) != 1 {
		t.Fatalf("listed %s, %v", body, err)
	}
	id := s.user(flowEmail)["id"]
	want := map[string]any{
		"id": s.rows(schema.AccountModel)[0]["id"], "accountId": id, "userId": id, "providerId": "credential", "label": "mine", "scopes": []any{"a", "b"},
		"createdAt": "2026-03-01T12:00:00.000Z", "updatedAt": "2026-03-01T12:00:00.000Z",
	}
	if diff := cmp.Diff(want, accounts[0]); diff != "" {
		t.Errorf("the account (-want +got):\n%s", diff)
	}
}

func TestUnlinkingAccounts(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp(flowEmail)
	unlink := func(provider, account string) answer {
		body := map[string]any{"providerId": provider}
		if account != "" {
			body["accountId"] = account
		}
		return c.post("/unlink-account", body)
	}
	if res := unlink("credential", ""); res.code() != "FAILED_TO_UNLINK_LAST_ACCOUNT" {
		t.Errorf("the last account: %d %s", res.Status, res.Body)
	}
	row := s.rows(schema.AccountModel)[0]
	row["id"], row["providerId"], row["accountId"], row["password"] = "second", "github", "42", nil
	if _, err := s.Context().Store.Insert(t.Context(), schema.AccountModel, row); err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]string{{"google", ""}, {"github", "43"}} {
		if res := unlink(pair[0], pair[1]); res.Status != http.StatusBadRequest || res.code() != "ACCOUNT_NOT_FOUND" {
			t.Errorf("%v: %d %s", pair, res.Status, res.Body)
		}
	}
	unlink("github", "42").want(t, http.StatusOK)
	if n := s.count(schema.AccountModel); n != 1 {
		t.Errorf("%d accounts are left", n)
	}
}
