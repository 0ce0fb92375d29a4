// Package oauth2 is the client side of OAuth 2.0 and OpenID Connect: authorization requests with PKCE, tokens, key sets,
// ID tokens and user information, and the shape of a provider.
//
// It knows values and a [Client], never a call: the flow through browsers, with state and linking, is in package federation,
// the built-in providers in package social. Every request goes through the client's own HTTP client.
package oauth2
