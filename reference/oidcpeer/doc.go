// Package oidcpeer signs people in at a certified OpenID provider, npm's oidc-provider, over HTTP: by discovery through
// generic-oauth, and in the shape of a built-in provider. Its tests install the provider's packages on first use and are
// skipped where there is no npm.
package oidcpeer
