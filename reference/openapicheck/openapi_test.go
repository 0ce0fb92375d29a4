package openapicheck_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
)

const origin = "http://localhost:3000"

// additional are fields of every type, with and without input and output.
var additional = schema.Fields{
	{Name: "nickname", Type: schema.String, Required: option.On},
	{Name: "role", Type: schema.String, Enum: []string{"user", "admin"}, Default: "user", Input: option.Off},
	{Name: "notes", Type: schema.String, Required: option.Off, Returned: option.Off},
	{Name: "tags", Type: schema.Strings, Default: []string{}},
	{Name: "scores", Type: schema.Numbers, Default: []float64{}},
	{Name: "age", Type: schema.Number, Default: int64(0)},
	{Name: "active", Type: schema.Boolean, Default: true},
	{Name: "prefs", Type: schema.JSON},
	{Name: "mood", Type: schema.String, Required: option.Off, Enum: []string{"fine", "finer"}},
}

func newServer(t *testing.T) (*core.Auth, *openapi3.T) {
	t.Helper()
	o := auth.Options{
		BaseURL: origin, Mode: auth.Development, Getenv: func(string) string { return "" },
		Secret: "openapi-check-0123456789-abcdefghijk", EmailAndPassword: auth.EmailAndPassword{Enabled: true},
	}
	o.User.AdditionalFields = additional
	a, err := core.New(o)
	if err != nil {
		t.Fatal(err)
	}
	text, err := a.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return a, doc
}

func TestDocumentIsValidOpenAPI(t *testing.T) {
	_, doc := newServer(t)
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatalf("validate: %v", err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("version %q", doc.OpenAPI)
	}
	if n := len(doc.Paths.Map()); n < 20 {
		t.Errorf("%d paths", n)
	}
	if doc.Components.Schemas["User"].Value.Properties["nickname"] == nil {
		t.Error("an additional field is not in the model")
	}
}

// allowNull says of models what upstream's document leaves out: a field that is not required may be null.
func allowNull(doc *openapi3.T) {
	for _, model := range doc.Components.Schemas {
		for name, field := range model.Value.Properties {
			if field.Value.Type != nil && !slices.Contains(model.Value.Required, name) {
				kinds := append(slices.Clone(*field.Value.Type), "null")
				field.Value.Type, field.Value.Nullable = &kinds, true
			}
		}
	}
}

// What the server takes and answers is what the document says.
func TestExchangesFitTheDocument(t *testing.T) {
	a, doc := newServer(t)
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	allowNull(doc)
	jar := http.Header{}
	for _, step := range []struct {
		name, method, path, body string
		status                   int
		invalid                  bool // the document refuses the request too
	}{
		{name: "sign-up", method: "POST", path: "/sign-up/email", status: 200,
			body: `{"name":"Ada","email":"ada@example.com","password":"correct horse","nickname":"ada","tags":["a"],"scores":[1.5],"age":36,"active":true,"prefs":{"x":1},"notes":"n"}`},
		{name: "get-session", method: "GET", path: "/get-session", status: 200},
		{name: "list-sessions", method: "GET", path: "/list-sessions", status: 200},
		{name: "list-accounts", method: "GET", path: "/list-accounts", status: 200},
		{name: "update-user", method: "POST", path: "/update-user", body: `{"nickname":"lovelace"}`, status: 200},
		{name: "change-password", method: "POST", path: "/change-password", status: 200,
			body: `{"newPassword":"battery staple","currentPassword":"correct horse","revokeOtherSessions":true}`},
		{name: "a sign-in with a wrong password", method: "POST", path: "/sign-in/email", status: 401,
			body: `{"email":"ada@example.com","password":"wrong horse"}`},
		{name: "a sign-up without its additional field", method: "POST", path: "/sign-up/email", status: 400, invalid: true,
			body: `{"name":"Bob","email":"bob@example.com","password":"correct horse"}`},
		{name: "a sign-in without a password", method: "POST", path: "/sign-in/email", status: 400, invalid: true,
			body: `{"email":"ada@example.com"}`},
		{name: "sign-out", method: "POST", path: "/sign-out", body: `{}`, status: 200},
		{name: "get-session without one", method: "GET", path: "/get-session", status: 200},
	} {
		t.Run(step.name, func(t *testing.T) {
			request := func() *http.Request {
				r := httptest.NewRequest(step.method, origin+"/api/auth"+step.path, strings.NewReader(step.body))
				r.Header = jar.Clone()
				r.Header.Set("Origin", origin)
				if step.body != "" {
					r.Header.Set("Content-Type", "application/json")
				}
				return r
			}
			r := request()
			route, params, err := router.FindRoute(r)
			if err != nil {
				t.Fatalf("the document has no such operation: %v", err)
			}
			in := &openapi3filter.RequestValidationInput{
				Request: r, Route: route, PathParams: params,
				Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
			}
			if err := openapi3filter.ValidateRequest(t.Context(), in); (err != nil) != step.invalid {
				t.Errorf("the document says of the request: %v", err)
			}
			res := httptest.NewRecorder()
			a.ServeHTTP(res, request())
			if res.Code != step.status {
				t.Fatalf("%d %s, want %d", res.Code, res.Body, step.status)
			}
			for _, ck := range res.Result().Cookies() {
				if ck.MaxAge >= 0 && strings.HasSuffix(ck.Name, "session_token") {
					jar.Set("Cookie", ck.Name+"="+ck.Value)
				} else if strings.HasSuffix(ck.Name, "session_token") {
					jar.Del("Cookie")
				}
			}
			out := &openapi3filter.ResponseValidationInput{
				RequestValidationInput: in, Status: res.Code, Header: res.Header(),
				Body: io.NopCloser(bytes.NewReader(res.Body.Bytes())), Options: in.Options,
			}
			if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
				t.Errorf("the document says of the answer %s: %v", res.Body, err)
			}
		})
	}
}
