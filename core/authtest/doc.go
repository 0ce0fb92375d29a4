// Package authtest tests applications and plugins through the real door: an instance behind a real HTTP server with a
// memory database, a clock that moves when told to, an outbox for what senders deliver, browsers that keep cookies, and a
// count of the queries that a step makes.
//
//	s := authtest.New(t, func(o *auth.Options) { o.Plugins = []auth.Plugin{bearer.New(bearer.Options{})} })
//	ada := s.SignedIn("ada@example.com")
//	res := ada.Get("/get-session")
package authtest
