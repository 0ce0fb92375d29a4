package ratelimit_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/goauth-dev/goauth/core/ratelimit"
)

func Example() {
	rules := ratelimit.Rules{
		Default: ratelimit.Rule{Window: 10 * time.Second, Max: 100},
		Special: ratelimit.CoreRules(),
		Custom:  []ratelimit.Custom{{Pattern: "/sign-in/*", Rule: ratelimit.Rule{Window: time.Minute, Max: 1}}},
	}.Compile()
	counters := ratelimit.NewMemory(0)

	request := httptest.NewRequest("POST", "/api/auth/sign-in/email", nil)
	for range 2 {
		rule, limited, err := rules.For(request, "/sign-in/email")
		if err != nil || !limited {
			return
		}
		decision, err := counters.Consume(context.Background(), ratelimit.Key("192.0.2.1", "/sign-in/email"), rule, time.Now())
		if err != nil {
			return
		}
		fmt.Println(decision.Allowed, decision.RetryAfter)
	}
	// Output:
	// true 0
	// false 60
}
