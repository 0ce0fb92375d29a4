// Package goauth is what an application imports first: [New], the options and the values that they are made of.
//
//	a, err := goauth.New(goauth.Options{
//		Database:         db, // of the module sqlx, or any other goauth.Database
//		EmailAndPassword: goauth.EmailAndPassword{Enabled: true},
//	})
//	...
//	http.Handle("/api/auth/", a)
//	http.Handle("/me", a.RequireSession(me))
//
// Every name here is another name of one in package core or below, so values pass freely between them. Two packages are
// for what this one leaves out:
//
//   - core/routes has the operations as typed functions, for Go code that needs no HTTP:
//     routes.SignUpEmail.Call(ctx, a, routes.SignUpEmailIn{…}).
//   - core/auth has the error codes, to compare with errors.Is, and what plugins are written with.
//
// Storage, secondary storage and frameworks are modules of their own; this one links no driver and no framework.
package goauth
