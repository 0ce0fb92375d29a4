package core_test

import (
	"errors"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store/memory"
)

func TestAPluginCanRefuseAUserAtEveryUseOfASession(t *testing.T) {
	for name, secondary := range map[string]bool{"in the database": false, "in secondary storage": true} {
		t.Run(name, func(t *testing.T) {
			refused := false
			s := newServer(t, func(o *auth.Options) {
				if secondary {
					o.SecondaryStorage = memory.NewSecondary(o.Clock)
				}
				o.Plugins = []auth.Plugin{{ID: "p", CheckUser: func(_ *auth.Call, u *auth.User) error {
					if refused && u.Email == "ada@example.com" {
						return errors.New("refused")
					}
					return nil
				}}}
			})
			ada, grace := s.SignedIn("ada@example.com"), s.SignedIn("grace@example.com")
			refused = true
			if found := ada.Session(); found != nil {
				t.Errorf("a refused user has the session %v", found)
			}
			ada.Get("/list-sessions").Want(t, 401)
			if grace.Session() == nil {
				t.Error("another user is refused")
			}
		})
	}
}

type greeting func(name string) string

func TestAPluginFindsWhatAnotherOffers(t *testing.T) {
	found := func(plugins ...auth.Plugin) (greeting, bool) {
		s := newServer(t, func(o *auth.Options) { o.Plugins = plugins })
		return auth.Service[greeting](s.Context())
	}
	hello := auth.Plugin{ID: "hello", Services: []any{7, greeting(func(name string) string { return "hello " + name })}}
	if greet, ok := found(auth.Plugin{ID: "other"}, hello); !ok || greet("ada") != "hello ada" {
		t.Error("the service is not found")
	}
	if _, ok := found(auth.Plugin{ID: "other", Services: []any{"text"}}); ok {
		t.Error("a service of another type is found")
	}
}
