package main

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
)

// worker stands in for a vitest worker: a testbed, and functions that it may call back.
type worker struct {
	t         *testing.T
	url, back string
	mu        sync.Mutex
	functions map[string]func(args []any) any
	called    []string
}

func newWorker(t *testing.T) *worker {
	t.Helper()
	w := &worker{t: t, functions: map[string]func(args []any) any{}}
	bed := &testbed{instances: map[string]*instance{}}
	server := httptest.NewServer(bed)
	bed.base = server.URL
	callbacks := httptest.NewServer(http.HandlerFunc(w.callback))
	t.Cleanup(func() {
		for id := range bed.instances {
			bed.remove(id)
		}
		server.Close()
		callbacks.Close()
	})
	w.url, w.back = server.URL, callbacks.URL
	return w
}

func (w *worker) callback(res http.ResponseWriter, r *http.Request) {
	var message struct {
		Fn   string
		Args []any
	}
	if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
		w.t.Error(err)
	}
	w.mu.Lock()
	w.called = append(w.called, message.Fn)
	run := w.functions[message.Fn]
	w.mu.Unlock()
	reply := map[string]any{"ok": true, "value": map[string]any{"$undef": true}}
	if run != nil {
		reply["value"] = run(message.Args)
	}
	if failure, ok := reply["value"].(thrown); ok {
		reply = map[string]any{"ok": false, "error": map[string]any(failure)}
	}
	_ = json.NewEncoder(res).Encode(reply)
}

// thrown is a tagged error that a function throws.
type thrown map[string]any

// post sends JSON and returns the answer's document.
func (w *worker) post(url, body string) map[string]any {
	w.t.Helper()
	res, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	var document map[string]any
	if err := json.NewDecoder(res.Body).Decode(&document); err != nil {
		w.t.Fatal(err)
	}
	return document
}

// register makes an instance with options in tagged JSON and returns its address.
func (w *worker) register(options string) string {
	w.t.Helper()
	got := w.post(w.url+"/__testbed/instances", `{"callbackUrl":"`+w.back+`","env":{"NODE_ENV":"test"},"options":`+options+`}`)
	base, ok := got["base"].(string)
	if !ok {
		w.t.Fatalf("registration: %v", got)
	}
	return base
}

// refused registers options that must be refused and returns the error's text.
func (w *worker) refused(options string) string {
	w.t.Helper()
	got := w.post(w.url+"/__testbed/instances", `{"callbackUrl":"`+w.back+`","options":`+options+`}`)
	failure, _ := got["error"].(map[string]any)
	described, _ := failure["$error"].(map[string]any)
	message, _ := described["message"].(string)
	if got["ok"] != false || message == "" {
		w.t.Fatalf("the registration was accepted: %v", got)
	}
	return message
}

// request sends what a test gives to auth.handler.
func (w *worker) request(base, method, path, body string, header ...string) (status int, text string) {
	w.t.Helper()
	req, err := http.NewRequest(method, base+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("X-Testbed-Url", "http://localhost:3000"+path)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, string(data)
}

const (
	secret = `"secret":"better-auth-secret-that-is-long-enough-for-validation-test"`
	// quick replaces the password hash, which is not what is tested here.
	quick = `"emailAndPassword":{"enabled":true,"password":{"hash":{"$fn":"f1:emailAndPassword.password.hash"},"verify":{"$fn":"f2:emailAndPassword.password.verify"}}}`
	ada   = `{"email":"ada@example.com","password":"correct horse","name":"Ada"}`
)

func (w *worker) quickPasswords() {
	w.functions["f1:emailAndPassword.password.hash"] = func([]any) any { return "hash" }
	w.functions["f2:emailAndPassword.password.verify"] = func([]any) any { return true }
}

func TestRegistrationRefusesWhatItDoesNotKnow(t *testing.T) {
	w := newWorker(t)
	for _, tt := range []struct{ name, options, want string }{
		{"an option", `{"emailAndPassword":{"enabld":true}}`, "emailAndPassword.enabld: unknown option"},
		{"a function", `{"emailAndPassword":{"enabled":true,"onSignUp":{"$fn":"f1:x"}}}`, "emailAndPassword.onSignUp: this function has no counterpart"},
		{"a plugin", `{"plugins":[{"$plugin":{"pkg":"p","name":"nowhere","args":[]}}]}`, "plugins[0].nowhere: the plugin is not built"},
		{"an option of a plugin", `{"plugins":[{"$plugin":{"pkg":"p","name":"bearer","args":[{"x":1}]}}]}`, "plugins[0].bearer: x: unknown option"},
		{"a field's function", `{"user":{"additionalFields":{"a":{"type":"string","format":{"$fn":"f1:x"}}}}}`, "user.additionalFields.a.format: this function"},
		{"a database", `{"database":{"$kysely":1}}`, "database: want a shared SQLite file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := w.refused(tt.options); !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRequestsRunOnTheClockOfTheTest(t *testing.T) {
	w := newWorker(t)
	w.quickPasswords()
	base := w.register(`{` + secret + `,` + quick + `}`)
	status, text := w.request(base, "POST", "/api/auth/sign-up/email", ada, "X-Testbed-Now", "1700000000000")
	if status != http.StatusOK || !strings.Contains(text, `"createdAt":"2023-11-14T22:13:20.000Z"`) {
		t.Errorf("%d %s", status, text)
	}
}

func TestCallsAnswerInTheShapeThatWasAskedFor(t *testing.T) {
	w := newWorker(t)
	w.quickPasswords()
	base := w.register(`{` + secret + `,` + quick + `}`)
	call := func(name, input string) map[string]any {
		return w.post(base+"/__call", `{"name":"`+name+`","input":`+input+`}`)
	}

	got := call("signUpEmail", `{"body":`+ada+`,"returnHeaders":true}`)
	value, _ := got["value"].(map[string]any)
	headers, _ := value["headers"].(map[string]any)
	user, _ := value["response"].(map[string]any)["user"].(map[string]any)
	if headers["$headers"] == nil || user["email"] != "ada@example.com" {
		t.Errorf("with headers: %v", got)
	}
	if created, _ := user["createdAt"].(map[string]any); created["$date"] == nil {
		t.Errorf("a date crosses as %v", user["createdAt"])
	}

	got = call("signUpEmail", `{"body":`+ada+`}`)
	failure, _ := got["error"].(map[string]any)["$error"].(map[string]any)
	if failure["status"] != "UNPROCESSABLE_ENTITY" || failure["statusCode"] != 422.0 || failure["api"] != true {
		t.Errorf("a failing call: %v", got)
	}

	got = call("ok", `{"asResponse":true}`)
	response, _ := got["value"].(map[string]any)["$response"].(map[string]any)
	body, _ := base64.StdEncoding.DecodeString(response["body"].(string))
	if response["status"] != 200.0 || string(body) != `{"ok":true}` {
		t.Errorf("as a response: %v", got)
	}
	if got := call("nowhere", `{}`); got["noSuchApi"] != true {
		t.Errorf("an unknown operation: %v", got)
	}
}

func TestAFunctionsErrorIsTheAnswer(t *testing.T) {
	w := newWorker(t)
	w.quickPasswords()
	w.functions["f3:hooks.before"] = func([]any) any {
		return thrown{"$error": map[string]any{"api": true, "statusCode": 418, "body": map[string]any{"code": "NO", "message": "no"}}}
	}
	base := w.register(`{` + secret + `,` + quick + `,"hooks":{"before":{"$fn":"f3:hooks.before"}}}`)
	if status, text := w.request(base, "GET", "/api/auth/ok", ""); status != http.StatusTeapot || text != `{"code":"NO","message":"no"}` {
		t.Errorf("%d %s", status, text)
	}
}

func TestAPluginOfATestRunsItsHooksAndAddsItsFields(t *testing.T) {
	w := newWorker(t)
	w.quickPasswords()
	w.functions["f3:matcher"] = func(args []any) any {
		described, _ := args[0].(map[string]any)["$ctx"].(map[string]any)
		return described["path"] == "/sign-up/email"
	}
	w.functions["f4:hooks.before"] = func([]any) any {
		return map[string]any{"context": map[string]any{"body": map[string]any{
			"email": "grace@example.com", "password": "correct horse", "name": "Grace", "team": "navy",
		}}}
	}
	w.functions["f5:init"] = func([]any) any {
		return map[string]any{"options": map[string]any{"emailAndPassword": map[string]any{"autoSignIn": false}}}
	}
	base := w.register(`{` + secret + `,` + quick + `,"plugins":[{"$inline":{"pluginId":"own","init":"f5:init",
		"props":{"schema":{"user":{"fields":{"team":{"type":"string","required":false}}}}},
		"hooks":{"before":[{"matcher":"f3:matcher","handler":"f4:hooks.before"}]}}}]}`)
	status, text := w.request(base, "POST", "/api/auth/sign-up/email", ada)
	if status != http.StatusOK || !strings.Contains(text, `"email":"grace@example.com"`) || !strings.Contains(text, `"team":"navy"`) {
		t.Errorf("the hook or the field has no effect: %d %s", status, text)
	}
	if !strings.Contains(text, `"token":null`) {
		t.Errorf("what init said about the options has no effect: %s", text)
	}
}

func TestOutboundRequestsAreTheTests(t *testing.T) {
	w := newWorker(t)
	w.functions["$fetch"] = func(args []any) any {
		request, _ := args[0].(map[string]any)["$request"].(map[string]any)
		if request["url"] != "https://example.com/x" || request["method"] != "POST" || request["body"] != "aGk=" {
			t.Errorf("the request crossed as %v", request)
		}
		return map[string]any{"$response": map[string]any{"status": 201, "headers": []any{[]any{"x-a", "b"}}, "body": "eW8="}}
	}
	js := &callbacks{url: w.back, instance: "1"}
	res, err := (&http.Client{Transport: js}).Post("https://example.com/x", "text/plain", strings.NewReader("hi"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusCreated || res.Header.Get("X-A") != "b" || string(body) != "yo" {
		t.Errorf("the response crossed as %d %v %q", res.StatusCode, res.Header, body)
	}
}

func TestTheNullTestbedAcceptsEverythingAndDoesNothing(t *testing.T) {
	bed := &testbed{null: true, instances: map[string]*instance{}}
	server := httptest.NewServer(bed)
	defer server.Close()
	bed.base = server.URL
	w := &worker{t: t, url: server.URL}
	base := w.register(`{"nonsense":true}`)
	if status, _ := w.request(base, "GET", "/api/auth/ok", ""); status != http.StatusNotImplemented {
		t.Errorf("a request: %d", status)
	}
	if got := w.post(base+"/__call", `{"name":"ok","input":{}}`); got["ok"] != false {
		t.Errorf("a call: %v", got)
	}
}

func TestObjectsWithKeysLikeTagsCrossAsPairs(t *testing.T) {
	got, err := tag(map[string]any{"user": map[string]any{"$ref": "#/x"}})
	if err != nil {
		t.Fatal(err)
	}
	text, err := auth.JSON(got)
	if want := `{"user":{"$obj":[["$ref","#/x"]]}}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
}
