// Package social holds the built-in providers, one file each. A provider is mostly data: its addresses, its scopes, and
// where its profile has the user's name. What is odd about one is code in its own file.
package social
