// Package core is the GoAuth server: Better Auth 1.6.9's server side in Go. [New] wires it; an [Auth] is an http.Handler,
// and the operations of package routes are typed functions on it.
//
//	a, err := core.New(auth.Options{BaseURL: "https://example.com", Database: db})
//	...
//	http.Handle("/api/auth/", a)                  // the operations
//	http.Handle("/account", a.RequireSession(h))  // the application's own routes
//
// What is where: auth has the vocabulary (options, plugins, calls, errors), routes the operations, session, account and
// verification the services that they and plugins share, store and schema the contract with databases. Applications
// import the module facade, which gives the names that they need in one package; this one is for plugins, adapters and
// tests.
package core
