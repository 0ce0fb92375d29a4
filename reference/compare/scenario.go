package main

import (
	"maps"
	"slices"

	"github.com/goauth-dev/goauth/reference/internal/wire"
)

// obj is a JSON object in a step.
type obj = map[string]any

// raw is a body that is sent as it stands.
type raw string

// A Scenario is a story played against both servers from empty tables.
type Scenario struct {
	Name string
	// On lists the profiles it runs on; empty means all of the core profiles.
	On    []string
	Steps []Step
}

// A Step is one exchange, an edit of what the server stored, or both: the edit comes
// first. Texts may hold {{name}} for a saved variable and the functions of Side.fill.
type Step struct {
	Name   string
	Method string
	// Path is below the API's base path, unless Absolute.
	Path     string
	Absolute bool
	Headers  []wire.Header
	// Jar names the browser whose cookies are sent and kept; empty sends none.
	Jar string
	// Body is nil, raw, or a value sent as JSON; Type is its media type.
	Body any
	Type string
	// Save names variables: a place in the answer (body.a.b, cookie.NAME, header.NAME)
	// or in the newest message (outbox.token).
	Save map[string]string
	// Edit changes rows, values or cookies before the request.
	Edit func(*Side) error
	// View makes of an answer's body what is compared of it; nil compares all.
	View func(body any) any
	// Optional steps are skipped when either server answers 404: the back door.
	Optional bool
}

// request reports whether the step sends anything.
func (s Step) request() bool { return s.Method != "" }

// noOrigin stands for a request without an Origin header.
const noOrigin = "-"

func get(path string) Step { return Step{Method: "GET", Path: path} }

func post(path string, body any) Step {
	s := Step{Method: "POST", Path: path, Body: body, Type: "application/json"}
	if body == nil {
		s.Type = ""
	}
	return s
}

func request(method, path string) Step { return Step{Method: method, Path: path} }

// call is a server-side call through the back door.
func call(name string, in obj) Step {
	body := obj{"name": name}
	maps.Copy(body, in)
	s := post("/__conformance/call", body)
	s.Absolute, s.Optional = true, true
	return s
}

func (s Step) named(name string) Step { s.Name = name; return s }

func (s Step) as(jar string) Step { s.Jar = jar; return s }

// media sets the body's media type.
func (s Step) media(t string) Step { s.Type = t; return s }

// absolute sends the path as it is, not below the base path.
func (s Step) absolute() Step { s.Absolute = true; return s }

// with adds a header line.
func (s Step) with(name, value string) Step {
	s.Headers = append(slices.Clone(s.Headers), wire.Header{Name: name, Value: value})
	return s
}

// seen compares what a view makes of the answer's body.
func (s Step) seen(view func(body any) any) Step { s.View = view; return s }

// from sets the Origin header; noOrigin sends none.
func (s Step) from(origin string) Step { return s.with("origin", origin) }

// save keeps a place of the answer as a variable.
func (s Step) save(name, place string) Step {
	s.Save = maps.Clone(s.Save)
	if s.Save == nil {
		s.Save = map[string]string{}
	}
	s.Save[name] = place
	return s
}

// edit is a step that only changes what is stored.
func edit(name string, change func(*Side) error) Step { return Step{Name: name, Edit: change} }

// rows runs SQL on both servers' files.
func rows(statement string) Step {
	return edit(statement, func(s *Side) error { return s.exec(statement) })
}

// steps flattens steps and lists of them.
func steps(parts ...any) []Step {
	var out []Step
	for _, p := range parts {
		switch p := p.(type) {
		case Step:
			out = append(out, p)
		case []Step:
			out = append(out, p...)
		}
	}
	return out
}

// each makes one step of every item.
func each[T any](items []T, step func(T) Step) []Step {
	var out []Step
	for _, item := range items {
		out = append(out, step(item))
	}
	return out
}
