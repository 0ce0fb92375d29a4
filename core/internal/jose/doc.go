// Package jose makes and reads the few JOSE forms the framework uses, and is
// the only package that imports github.com/lestrrat-go/jwx.
//
// Rules that hold here: an algorithm is accepted only when the function's name
// says so, any "crit" header is refused, and payloads are raw bytes that the
// caller has marshalled. Nothing here knows about claims or about time.
package jose

import "errors"

// ErrInvalid is returned, wrapped, for every token that is malformed, that
// names another algorithm, or that the key does not open.
var ErrInvalid = errors.New("invalid token")
