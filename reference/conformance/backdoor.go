package main

import (
	"errors"
	"io"
	"net/http"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
)

const (
	backDoorPath = "/__conformance/call"
	maxBackDoor  = 1 << 20
)

// backDoor calls an operation in process, as code of the application would.
func backDoor(a *core.Auth, w http.ResponseWriter, r *http.Request) {
	name, in, err := readCall(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer := struct {
		Status int `json:"status"`
		Body   any `json:"body"`
	}{Status: http.StatusOK}
	res, err := a.Run(r.Context(), name, in)
	if failure, ok := errors.AsType[*auth.Error](err); ok {
		answer.Status, answer.Body = failure.Status, failure.Payload()
	} else if err != nil {
		answer.Status, answer.Body = http.StatusInternalServerError, map[string]any{"error": "internal"}
	} else {
		answer.Body = res.Value
	}
	text, err := auth.JSON(answer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text)
}

// readCall reads {"name", "body", "query", "headers"}.
func readCall(r *http.Request) (name string, in auth.Input, err error) {
	data, err := io.ReadAll(io.LimitReader(r.Body, maxBackDoor))
	if err != nil {
		return "", in, err
	}
	tree, err := option.ParseJSON(data)
	if err != nil {
		return "", in, err
	}
	entries, ok := option.Entries(tree)
	if !ok {
		return "", in, errors.New("the call must be an object")
	}
	for key, v := range entries {
		switch key {
		case "name":
			name, _ = v.(string)
		case "body":
			in.Body = v
		case "query":
			in.Query, _ = v.(*auth.Object)
		case "headers":
			in.Header = headers(v)
		}
	}
	return name, in, nil
}

func headers(v any) http.Header {
	entries, ok := option.Entries(v)
	if !ok {
		return nil
	}
	h := http.Header{}
	for name, value := range entries {
		if text, ok := value.(string); ok {
			h.Set(name, text)
		}
	}
	return h
}
