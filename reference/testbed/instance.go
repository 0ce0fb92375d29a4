package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/sqlx"
)

// instance is one configured server of a test.
type instance struct {
	auth  *core.Auth
	js    *callbacks
	now   atomic.Int64 // the test's clock in milliseconds; 0: the real one
	db    *sqlx.Database
	cause atomic.Pointer[error] // the last error of an instance with onAPIError.throw
	// moreOrigins are the trusted origins that plugins written in the test add to those of the options.
	moreOrigins []originsFunc
}

// notYet are options that are left out rather than refused, because upstream does not know them either and its tests set
// them all the same.
var notYet = []string{"advanced.crossOriginCookies"}

// newInstance builds the server that a registration describes.
func newInstance(id string, spec *auth.Object) (*instance, error) {
	in := &instance{js: &callbacks{url: text(spec, "callbackUrl"), instance: id}}
	now, _ := spec.Get("now")
	in.setNow(now)
	o, err := in.options(child(spec, "options"))
	if err != nil {
		return nil, err
	}
	env := child(spec, "env")
	o.Getenv = func(name string) string { return text(env, name) }
	o.Mode = modeOf(o.Getenv)
	o.Clock, o.HTTPClient = in.clock, &http.Client{Transport: in.js}
	o.Advanced.Background.Await = true // tests look at their senders right after an answer
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if in.auth, err = core.New(*o); err != nil {
		in.close()
		return nil, err
	}
	return in, nil
}

// modeOf reads the environment as upstream does: what is neither a test nor production has no special rule.
func modeOf(getenv func(string) string) auth.Mode {
	test := getenv("TEST")
	switch env := getenv("NODE_ENV"); {
	case env == "production":
		return auth.Production
	case env == "test" || test != "" && test != "0" && test != "false":
		return auth.Test
	default:
		return auth.Development
	}
}

func (in *instance) close() {
	if in.db != nil {
		_ = in.db.Close()
	}
}

func (in *instance) setNow(v any) {
	ms, _ := integer(v)
	in.now.Store(ms)
}

// clock is the clock of the test whose request runs now: a test file sends one request after the other, or several at
// one time of its clock.
func (in *instance) clock() time.Time {
	if ms := in.now.Load(); ms != 0 {
		return time.UnixMilli(ms)
	}
	return time.Now()
}

// options decodes the options strictly and connects their functions.
func (in *instance) options(tagged *auth.Object) (*auth.Options, error) {
	rest, o := option.NewObject(), &auth.Options{}
	for key, v := range tagged.All() {
		var err error
		switch key {
		case "database":
			err = in.openDatabase(o, v)
		case "plugins":
		default:
			rest.Set(key, v)
		}
		if err != nil {
			return nil, err
		}
	}
	plugins, err := in.plugins(at(tagged, "plugins"), rest)
	if err != nil {
		return nil, err
	}
	o.Plugins = plugins
	var found functions
	tree, err := untag("", rest, &found)
	if err != nil {
		return nil, err
	}
	if err := option.Decode(withoutNotYet(tree, ""), o); err != nil {
		return nil, err
	}
	if err := in.connect(o, &found); err != nil {
		return nil, err
	}
	in.addOrigins(o)
	if o.OnAPIError.Throw && o.OnAPIError.OnError == nil {
		o.OnAPIError.OnError = func(err error, _ *auth.Call) { in.cause.Store(&err) }
	}
	return o, nil
}

func (in *instance) openDatabase(o *auth.Options, v any) error {
	described, ok := v.(*auth.Object)
	if !ok {
		return nil // upstream's stateless mode
	}
	if at(described, "$adapter") != nil {
		o.Database = remoteDatabase{in.js}
		return nil
	}
	file := text(described, "$sqlite")
	if file == "" {
		return errors.New("database: want a shared SQLite file or the test's adapter")
	}
	db, err := sqlx.OpenSQLite("sqlite", file)
	if err != nil {
		return err
	}
	in.db, o.Database = db, db
	return nil
}

// withoutNotYet leaves out what is not built.
func withoutNotYet(v any, path string) any {
	o, ok := v.(*auth.Object)
	if !ok {
		return v
	}
	kept := option.NewObject()
	for key, inner := range o.All() {
		at := below(path, key)
		if slices.Contains(notYet, at) {
			continue
		}
		kept.Set(key, withoutNotYet(inner, at))
	}
	return kept
}

// serve runs the operation of a request, which it first makes what the test sent.
func (in *instance) serve(w http.ResponseWriter, r *http.Request) {
	sent, err := restore(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	now, _ := strconv.ParseInt(r.Header.Get("X-Testbed-Now"), 10, 64)
	in.now.Store(now)
	for _, name := range []string{"X-Testbed-Url", "X-Testbed-Now", "X-Testbed-Headers", "Connection", "Content-Length", "Transfer-Encoding"} {
		sent.Header.Del(name)
	}
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler { //nolint:errorlint // a panic value is that very error
			panic(p)
		} else if p != nil {
			in.thrown(w)
		}
	}()
	in.auth.ServeHTTP(w, sent)
}

// thrown answers what upstream's handler would have thrown.
func (in *instance) thrown(w http.ResponseWriter) {
	err := errors.New("the operation failed")
	if cause := in.cause.Load(); cause != nil {
		err = *cause
	}
	data, _ := auth.JSON(object("error", tagError(err, nil)))
	w.Header().Set("X-Testbed-Throw", "1")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write(data)
}

// restore returns the request as the test made it.
func restore(r *http.Request) (*http.Request, error) {
	full := r.Header.Get("X-Testbed-Url")
	u, err := url.Parse(full)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	sent := r.Clone(context.WithValue(r.Context(), originalKey{}, original{full, body}))
	if !strings.Contains(r.Header.Get("X-Testbed-Headers"), "host") {
		sent.Host = u.Host
	}
	sent.URL, sent.RequestURI = u, u.RequestURI()
	sent.Body, sent.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if u.Scheme == "https" {
		sent.TLS = &tls.ConnectionState{}
	}
	return sent, nil
}

// call runs an operation as upstream's auth.api does.
func (in *instance) call(w http.ResponseWriter, r *http.Request) {
	o, err := readObject(r.Body)
	if err != nil {
		answer(w, failed(err))
		return
	}
	now, _ := o.Get("now")
	in.setNow(now)
	name := text(o, "name")
	if !slices.ContainsFunc(in.auth.Routes(), func(route *auth.Route) bool { return route.Key == name }) {
		answer(w, object("ok", false, "noSuchApi", true))
		return
	}
	input, want, err := readInput(child(o, "input"))
	if err != nil {
		answer(w, failed(err))
		return
	}
	res, err := in.auth.Run(r.Context(), name, input)
	value, err := want.shape(res, err)
	if err != nil {
		var lines []string
		if res != nil {
			lines = res.Reply.SetCookies()
		}
		answer(w, object("ok", false, "error", tagError(err, lines)))
		return
	}
	answer(w, object("ok", true, "value", value))
}

// wanted says in which shape a call wants its result.
type wanted struct{ response, headers, status bool }

func readInput(o *auth.Object) (auth.Input, wanted, error) {
	var in auth.Input
	var want wanted
	for _, key := range []string{"body", "query", "params"} {
		v, _ := o.Get(key)
		plain, err := untag(key, v, nil)
		if err != nil {
			return in, want, err
		}
		tree, isObject := plain.(*auth.Object)
		switch {
		case key == "body" && plain != (absent{}):
			in.Body = plain
		case key == "query" && isObject:
			in.Query = tree
		case key == "params" && isObject:
			in.Params = map[string]string{}
			for name, value := range tree.All() {
				in.Params[name], _ = value.(string)
			}
		}
	}
	in.Method = text(o, "method")
	if h := child(o, "headers"); h != nil {
		if list, given := h.Get("$headers"); given {
			in.Header = headersOf(list)
		}
	}
	flag := func(key string) bool { v, _ := o.Get(key); return v == true }
	want = wanted{flag("asResponse"), flag("returnHeaders"), flag("returnStatus")}
	described := child(child(o, "request"), "$request")
	if described == nil {
		return in, want, nil
	}
	var err error
	in.Request, err = requestOf(described)
	if err == nil && in.Header == nil {
		in.Header = in.Request.Header
	}
	_, said := o.Get("asResponse")
	want.response = want.response || !said
	return in, want, err
}

func requestOf(described *auth.Object) (*http.Request, error) {
	body, err := base64.StdEncoding.DecodeString(text(described, "body"))
	if err != nil {
		return nil, err
	}
	ctx := context.WithValue(context.Background(), originalKey{}, original{text(described, "url"), body})
	r, err := http.NewRequestWithContext(ctx, text(described, "method"), text(described, "url"), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	list, _ := described.Get("headers")
	r.Header = headersOf(list)
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	return r, nil
}

// shape gives a result the form that the caller asked for.
func (want wanted) shape(res *auth.Result, err error) (any, error) {
	if res == nil || err != nil && !want.response {
		return nil, err
	}
	header := res.Reply.Header.Clone()
	for _, line := range res.Reply.SetCookies() {
		header.Add("Set-Cookie", line)
	}
	status := max(res.Reply.Status, 0)
	if status == 0 {
		status = http.StatusOK
	}
	raw, isRaw := res.Value.(*auth.Raw)
	if want.response || isRaw {
		return tagResponse(status, header, res.Value, raw, err)
	}
	value, err := tag(res.Value)
	if !want.headers && !want.status {
		return value, err
	}
	shaped := object("response", value)
	if want.headers {
		shaped.Set("headers", tagHeaders(header))
	}
	if want.status {
		shaped.Set("status", status)
	}
	return shaped, err
}

func tagResponse(status int, header http.Header, value any, raw *auth.Raw, err error) (any, error) {
	var body []byte
	failure, failed := errors.AsType[*auth.Error](err)
	switch {
	case failed:
		status, value = failure.Status, failure.Payload()
		for name, values := range failure.Header {
			header[name] = values
		}
	case err != nil:
		return nil, err
	}
	if raw != nil {
		body = raw.Body
		for name, values := range raw.Header {
			header[name] = values
		}
		if raw.Status != 0 {
			status = raw.Status
		}
	} else {
		header.Set("Content-Type", "application/json")
		if !failed || value != nil {
			if body, err = auth.JSON(value); err != nil {
				return nil, err
			}
		}
	}
	return object("$response", object("status", status, "statusText", "", "headers", pairs(header),
		"body", base64.StdEncoding.EncodeToString(body))), nil
}
