package organization_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/plugins/organization"
)

// BenchmarkMembers shows that lists and checks cost the same number of queries for 10, a thousand and a hundred thousand
// members, and fails when they do not.
func BenchmarkMembers(b *testing.B) {
	seen := map[string]int{}
	for _, n := range []int{10, 1_000, 100_000} {
		o := dynamic()
		o.MembershipLimit = 1_000_000
		s := authtest.New(b, func(opts *auth.Options) { opts.Plugins = []auth.Plugin{organization.New(o)} })
		ada := s.SignedIn("ada@example.com")
		made := ada.Post("/organization/create", obj{"name": "acme", "slug": "acme"}).Want(b, http.StatusOK).Object(b)
		crowd(b, s, text(made["id"]), n)
		for name, call := range map[string]func(){
			"list":         func() { ada.Get("/organization/list").Want(b, 200) },
			"list-members": func() { ada.Get("/organization/list-members?limit=50").Want(b, 200) },
			"has-permission": func() {
				ada.Post("/organization/has-permission", obj{"permissions": obj{"member": []string{"create"}}}).Want(b, 200)
			},
		} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				queries := 0
				for b.Loop() {
					queries = s.Queries(call)
				}
				b.ReportMetric(float64(queries), "queries/op")
				if before, known := seen[name]; known && before != queries {
					b.Errorf("%s: %d queries for %d members, %d for fewer", name, queries, n, before)
				}
				seen[name] = queries
			})
		}
	}
}
