package main

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/identity"
)

// claims is an ID token in what another party answers: it is signed when it is given out. Times are set unless they are
// there, and a claim that is absent or an empty text is left out.
type claims obj

// says sets what another party answers from here on.
func says(address string, status int, body any) Step {
	return edit("told: "+address, func(s *Side) error {
		filled, err := s.mint(body)
		s.server.Identity.Answer(address, status, filled)
		return err
	})
}

// mint fills placeholders in an answer and signs its tokens.
func (s *Side) mint(v any) (any, error) {
	switch v := v.(type) {
	case string:
		return s.fill(v), nil
	case claims:
		return s.sign(v)
	case obj:
		out := obj{}
		for name, member := range v {
			minted, err := s.mint(member)
			if err != nil {
				return nil, err
			}
			out[name] = minted
		}
		return out, nil
	default:
		return v, nil
	}
}

func (s *Side) sign(c claims) (string, error) {
	now := time.Now()
	all := obj{"iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	maps.Copy(all, obj(c))
	for name, v := range all {
		if text, ok := v.(string); ok {
			all[name] = s.fill(text)
		}
		if all[name] == "" || all[name] == absent {
			delete(all, name)
		}
	}
	return identity.Sign(all)
}

// setIDToken keeps an ID token as a variable, for a client that brings one.
func setIDToken(name string, c claims) Step {
	return edit("make ID token "+name, func(s *Side) error {
		token, err := s.sign(c)
		s.vars[name] = token
		return err
	})
}

// takeParams keeps parameters of the address in a variable as variables of their own; the others' are empty.
func takeParams(from string, names ...string) Step {
	return edit("parameters of "+from, func(s *Side) error {
		u, err := url.Parse(s.vars[from])
		if err != nil {
			return err
		}
		for _, name := range names {
			s.vars[name] = u.Query().Get(name)
		}
		return nil
	})
}

// ownName is what each server calls itself in a user agent.
var ownName = strings.NewReplacer("BetterAuth", "${SERVER}", "GoAuth", "${SERVER}")

// calls is what the server asked of other parties.
func calls(s *Side) []any {
	out := []any{}
	for _, c := range s.server.Identity.Calls() {
		header := obj{}
		for name, value := range c.Header {
			header[name] = ownName.Replace(value)
		}
		out = append(out, obj{"method": c.Method, "url": c.URL, "header": header, "body": c.Body})
	}
	return out
}

// answers is [says] with a success.
func answers(address string, body any) Step { return says(address, http.StatusOK, body) }
