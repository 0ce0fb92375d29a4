// Package tests runs the conformance suites of goauth/redis against a real Redis, an emulated one, and a server that
// hardly knows anything. It is a module of its own, so that the released one requires no test servers.
package tests
