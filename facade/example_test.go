package goauth_test

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/goauth-dev/goauth/core/routes"
	goauth "github.com/goauth-dev/goauth/facade"
)

func ExampleNew() {
	a, err := goauth.New(goauth.Options{
		Secret:           "an-example-is-no-secret-0123456789",
		EmailAndPassword: goauth.EmailAndPassword{Enabled: true},
		Logger:           slog.New(slog.DiscardHandler),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	defer a.Close(ctx)
	out, err := routes.SignUpEmail.Call(ctx, a, routes.SignUpEmailIn{
		Name: "Ada", Email: "ada@example.com", Password: "correct horse",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out.User.Name, out.Token != nil)
	// Output: Ada true
}
