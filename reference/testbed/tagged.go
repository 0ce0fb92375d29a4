package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store"
)

// object returns an object of keys and values in turn.
func object(pairs ...any) *auth.Object {
	o := option.NewObject()
	for i := 0; i+1 < len(pairs); i += 2 {
		o.Set(pairs[i].(string), pairs[i+1])
	}
	return o
}

// undefined is JavaScript's.
func undefined() *auth.Object { return object("$undef", true) }

func readObject(r io.Reader) (*auth.Object, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return parseObject(data)
}

func parseObject(data []byte) (*auth.Object, error) {
	tree, err := option.ParseJSON(data)
	if err != nil {
		return nil, err
	}
	o, ok := tree.(*auth.Object)
	if !ok {
		return nil, errors.New("the document is not an object")
	}
	return o, nil
}

func text(o *auth.Object, key string) string {
	v, _ := o.Get(key)
	s, _ := v.(string)
	return s
}

func child(o *auth.Object, key string) *auth.Object {
	v, _ := o.Get(key)
	c, _ := v.(*auth.Object)
	return c
}

// functions are the handles of a test's functions by where in the options they are, in order.
type functions struct {
	paths []string
	ids   map[string]string
}

func (f *functions) add(path, id string) {
	if f.ids == nil {
		f.ids = map[string]string{}
	}
	f.paths, f.ids[path] = append(f.paths, path), id
}

func (f *functions) count() int {
	if f == nil {
		return 0
	}
	return len(f.paths)
}

// absent stands for undefined while a tree is untagged.
type absent struct{}

// untag turns tagged JSON into the plain tree that it stands for. Functions go to found, by path; with a nil found a
// function is an error.
func untag(path string, v any, found *functions) (any, error) {
	switch v := v.(type) {
	case []any:
		return untagList(path, v, found)
	case *auth.Object:
		for key, inner := range v.All() {
			if strings.HasPrefix(key, "$") {
				return untagSpecial(path, key, inner, found)
			}
			break
		}
		return untagObject(path, v, found)
	default:
		return v, nil
	}
}

func untagList(path string, list []any, found *functions) (any, error) {
	plain := make([]any, 0, len(list))
	for i, item := range list {
		v, err := untag(fmt.Sprintf("%s[%d]", path, i), item, found)
		if err != nil {
			return nil, err
		}
		if _, none := v.(absent); none {
			v = nil
		}
		plain = append(plain, v)
	}
	return plain, nil
}

// untagObject leaves out functions, and an object that held nothing else: options know no such objects.
func untagObject(path string, o *auth.Object, found *functions) (any, error) {
	plain, before := option.NewObject(), found.count()
	for key, inner := range o.All() {
		v, err := untag(below(path, key), inner, found)
		if err != nil {
			return nil, err
		}
		if _, none := v.(absent); !none {
			plain.Set(key, v)
		}
	}
	if plain.Len() == 0 && found.count() > before {
		return absent{}, nil
	}
	return plain, nil
}

func below(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func untagSpecial(path, tag string, v any, found *functions) (any, error) {
	switch tag {
	case "$undef", "$promise":
		return absent{}, nil
	case "$date":
		return untagDate(v)
	case "$num":
		return untagNumber(v)
	case "$url", "$usp", "$bigint", "$error", "$headers", "$request", "$response":
		return v, nil
	case "$role", "$ac":
		return untag(path, v, found)
	case "$obj":
		return untagPairs(path, v, found)
	case "$bytes":
		s, _ := v.(string)
		data, err := base64.StdEncoding.DecodeString(s)
		return string(data), err
	case "$fn", "$schema":
		return untagFunction(path, v, found)
	default:
		return nil, fmt.Errorf("%s: a value of the kind %s cannot be passed", path, tag)
	}
}

func untagFunction(path string, v any, found *functions) (any, error) {
	if found == nil {
		return nil, fmt.Errorf("%s: a function cannot be passed here", path)
	}
	if schema, ok := v.(*auth.Object); ok {
		v, _ = child(schema, "validate").Get("$fn")
	}
	id, _ := v.(string)
	found.add(path, id)
	return absent{}, nil
}

func untagDate(v any) (any, error) {
	ms, ok := integer(v)
	if !ok {
		return nil, nil
	}
	return time.UnixMilli(ms).UTC(), nil
}

func untagNumber(v any) (any, error) {
	s, _ := v.(string)
	switch s {
	case "Infinity":
		return math.Inf(1), nil
	case "-Infinity":
		return math.Inf(-1), nil
	}
	return strconv.ParseFloat(s, 64)
}

func untagPairs(path string, v any, found *functions) (any, error) {
	list, _ := v.([]any)
	o := option.NewObject()
	for _, item := range list {
		if pair, ok := item.([]any); ok && len(pair) == 2 {
			key, _ := pair[0].(string)
			o.Set(key, pair[1])
		}
	}
	return untagObject(path, o, found)
}

// integer reads a number of a tree.
func integer(v any) (int64, bool) {
	switch n := v.(type) {
	case interface{ Int() (int64, bool) }:
		return n.Int()
	case int64:
		return n, true
	case float64:
		return int64(n), true
	}
	return 0, false
}

// headersOf reads [[name, value], …].
func headersOf(v any) http.Header {
	list, _ := v.([]any)
	h := http.Header{}
	for _, item := range list {
		if pair, ok := item.([]any); ok && len(pair) == 2 {
			name, _ := pair[0].(string)
			value, _ := pair[1].(string)
			h.Add(name, value)
		}
	}
	return h
}

// pairs writes headers as [[name, value], …].
func pairs(h http.Header) []any {
	list := []any{}
	for name, values := range h {
		for _, value := range values {
			list = append(list, []any{strings.ToLower(name), value})
		}
	}
	return list
}

func tagHeaders(h http.Header) any {
	if h == nil {
		return nil
	}
	return object("$headers", pairs(h))
}

// isoDate is how dates look in JSON. An operation's result is rendered for clients and read back, so a text that looks
// like this becomes a date; no core operation answers such a text.
var isoDate = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)

// tag turns a value into tagged JSON.
func tag(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, string, int64, float64:
		return v, nil
	case time.Time:
		return object("$date", v.UnixMilli()), nil
	case store.Record:
		return tagRecord(v)
	case *auth.Error:
		return tagError(v, nil), nil
	}
	data, err := auth.JSON(v)
	if err != nil {
		return nil, err
	}
	tree, err := option.ParseJSON(data)
	return tagDates(tree), err
}

func tagRecord(rec store.Record) (any, error) {
	o := option.NewObject()
	for name, v := range rec {
		tagged, err := tag(v)
		if err != nil {
			return nil, err
		}
		o.Set(name, tagged)
	}
	return o, nil
}

func tagDates(tree any) any {
	switch v := tree.(type) {
	case string:
		if isoDate.MatchString(v) {
			if t, err := time.Parse(time.RFC3339, v); err == nil {
				return object("$date", t.UnixMilli())
			}
		}
	case []any:
		for i := range v {
			v[i] = tagDates(v[i])
		}
	case *auth.Object:
		o, pairs, ambiguous := option.NewObject(), []any{}, false
		for key, inner := range v.All() {
			tagged := tagDates(inner)
			o.Set(key, tagged)
			pairs, ambiguous = append(pairs, []any{key, tagged}), ambiguous || strings.HasPrefix(key, "$")
		}
		if ambiguous {
			return object("$obj", pairs) // a key such as $ref would be read as a tag
		}
		return o
	}
	return tree
}

// tagError describes an error. An [auth.Error] is upstream's APIError; cookies are the lines that the failed call set.
func tagError(err error, cookies []string) any {
	failure, ok := errors.AsType[*auth.Error](err)
	if !ok {
		if thrown, isJS := errors.AsType[*jsError](err); isJS {
			return object("$error", thrown.described)
		}
		return object("$error", object("name", "BetterAuthError", "message", err.Error(), "api", false))
	}
	status := failure.Status
	described := object("name", "APIError", "message", failure.Code.Message, "api", true,
		"status", statusName(status), "statusCode", status, "headers", object())
	if len(failure.Header) > 0 {
		described.Set("headers", tagHeaders(failure.Header))
	}
	if payload := failure.Payload(); payload != nil {
		if body, err := tag(payload); err == nil {
			described.Set("body", body)
		}
	}
	lines := []any{}
	for _, line := range cookies {
		lines = append(lines, []any{"set-cookie", line})
	}
	described.Set("hdrs2", lines)
	return object("$error", described)
}

var notLetters = regexp.MustCompile(`[^A-Z]+`)

// statusName is upstream's name of a status, such as UNPROCESSABLE_ENTITY.
func statusName(status int) string {
	return notLetters.ReplaceAllString(strings.ToUpper(http.StatusText(status)), "_")
}

// jsError is an error that a test's function threw and that is no answer.
type jsError struct{ described *auth.Object }

// Error implements error.
func (e *jsError) Error() string { return text(e.described, "message") }

// errorOf turns a tagged error back into what a Go function would have returned.
func errorOf(v any) error {
	o, _ := v.(*auth.Object)
	described := child(o, "$error")
	if described == nil {
		return errors.New("a function of the test failed")
	}
	if api, _ := described.Get("api"); api != true {
		return &jsError{described}
	}
	code, _ := described.Get("statusCode")
	status, ok := integer(code)
	if !ok {
		status = http.StatusInternalServerError
	}
	failure := auth.FailStatus(int(status))
	if body, given := described.Get("body"); given {
		if plain, err := untag("", body, nil); err == nil && plain != (absent{}) {
			failure.Body = plain
			if o, ok := plain.(*auth.Object); ok {
				failure.Code = auth.Code{ID: text(o, "code"), Message: text(o, "message")}
			}
		}
	}
	if h := child(described, "headers"); h != nil {
		list, _ := h.Get("$headers")
		failure.Header = headersOf(list)
		for name, value := range h.All() {
			if s, ok := value.(string); ok {
				failure.Header.Set(name, s)
			}
		}
	}
	return failure
}
