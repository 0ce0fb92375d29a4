package jose

import (
	"encoding/json"
	"fmt"
)

// header is what a protected header may say to us. A header parameter of the
// wrong type counts as absent, which no accepting path allows for alg and enc.
type header struct {
	alg, enc, kid string
	hasKid        bool
}

// refused lists the header parameters whose presence alone refuses a token.
// Replicated claims are legal JOSE, but nothing we interoperate with writes
// them, and ignoring a mismatch would be unsafe (RFC 7519 section 5.3).
var refused = map[string]bool{"crit": true, "zip": true, "iss": true, "sub": true, "aud": true}

// parseHeader decodes a protected header. When a name occurs twice the last one
// counts, as JSON.parse has it.
func parseHeader(encoded string) (header, error) {
	text, err := strictURL.DecodeString(encoded)
	if err != nil {
		return header{}, fmt.Errorf("%w: header is not base64url", ErrInvalid)
	}
	members, err := Members(text)
	if err != nil {
		return header{}, fmt.Errorf("%w: header is %w", ErrInvalid, err)
	}
	var h header
	for m := range members {
		if refused[m.Name] {
			return header{}, fmt.Errorf("%w: header parameter %q is not supported", ErrInvalid, m.Name)
		}
		switch m.Name {
		case "alg":
			h.alg = stringOf(m.Value)
		case "enc":
			h.enc = stringOf(m.Value)
		case "kid":
			h.kid, h.hasKid = stringOf(m.Value), true
		}
	}
	return h, nil
}

// stringOf returns a JSON string's text, or "" for any other value.
func stringOf(raw []byte) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}
