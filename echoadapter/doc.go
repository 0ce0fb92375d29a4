// Package echoadapter serves GoAuth from an Echo v4 application and guards the application's own routes.
//
//	e := echo.New()
//	echoadapter.Mount(e, a)
//	e.GET("/me", func(c echo.Context) error {
//		return c.JSON(http.StatusOK, echoadapter.Session(c).User)
//	}, echoadapter.RequireSession(a))
//
// The request reaches the server as it came: the body is read once, by the server and within its limits, and the answer is
// written once. The client's address is the server's to find, by the option advanced.ipAddress; what Echo's RealIP says,
// which believes any client, plays no part.
package echoadapter
