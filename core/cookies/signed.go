package cookies

import "strings"

const signatureLen = 44 // HMAC-SHA256 in padded base64

// SignedValue joins a value and its signature (crypto.Keyring.Sign) into a
// signed cookie's value. Upstream: signCookieValue, before percent-encoding.
func SignedValue(value, signature string) string { return value + "." + signature }

// SplitSigned takes a decoded signed cookie apart at its last dot. ok is false
// when there is no value or the signature does not have the form of one; the
// signature itself is not checked.
func SplitSigned(decoded string) (value, signature string, ok bool) {
	dot := strings.LastIndexByte(decoded, '.')
	if dot < 1 {
		return "", "", false
	}
	value, signature = decoded[:dot], decoded[dot+1:]
	if len(signature) != signatureLen || signature[signatureLen-1] != '=' {
		return "", "", false
	}
	return value, signature, true
}
