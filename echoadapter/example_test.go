package echoadapter_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/labstack/echo/v4"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/echoadapter"
)

func Example() {
	a, err := core.New(auth.Options{Secret: "an-example-is-no-secret-0123456789"})
	if err != nil {
		fmt.Println(err)
		return
	}
	e := echo.New()
	echoadapter.Mount(e, a)
	e.GET("/me", func(c echo.Context) error {
		return c.String(http.StatusOK, "Hello, "+echoadapter.Session(c).User.Name)
	}, echoadapter.RequireSession(a))

	res := httptest.NewRecorder()
	e.ServeHTTP(res, httptest.NewRequest(http.MethodGet, "/me", nil))
	fmt.Println(res.Code, res.Body)
	// Output: 401 {"message":"Unauthorized","code":"UNAUTHORIZED"}
}
