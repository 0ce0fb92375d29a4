// Package openapicheck has the tests that hold the server's OpenAPI document against a validator, which no released
// module may bring along.
package openapicheck
