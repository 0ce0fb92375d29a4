package identity

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// Sign makes an ID token of the claims, signed with RS256.
func Sign(claims map[string]any) (string, error) {
	key, err := signer()
	if err != nil {
		return "", fmt.Errorf("make a key: %w", err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("encode claims: %w", err)
	}
	signed := encode([]byte(`{"alg":"RS256","kid":"`+keyID+`"}`)) + "." + encode(payload)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return signed + "." + encode(signature), nil
}
