package siwe

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/crypto/sha3"
)

func keccak(parts ...[]byte) [32]byte {
	h := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		h.Write(p)
	}
	var sum [32]byte
	h.Sum(sum[:0])
	return sum
}

// Hash is what a wallet signs of a text (EIP-191, version 0x45, personal_sign).
func Hash(text string) [32]byte {
	return keccak(fmt.Appendf(nil, "\x19Ethereum Signed Message:\n%d", len(text)), []byte(text))
}

// signatureLength is r, s and the recovery id.
const signatureLength = 65

// VerifySignature reports whether the owner of a wallet's key signed a text (EIP-191 and ECDSA over secp256k1): whether the
// key that the signature gives has the address. A signature whose s is in the upper half is refused, since it would be a
// second spelling of another one (EIP-2).
func VerifySignature(text string, signature []byte, address string) bool {
	if len(signature) != signatureLength {
		return false
	}
	recovery := signature[64]
	if recovery >= 27 {
		recovery -= 27
	}
	var s secp256k1.ModNScalar
	if recovery > 1 || s.SetByteSlice(signature[32:64]) || s.IsOverHalfOrder() {
		return false
	}
	const compact = 27 // the first byte of the library's form
	hash := Hash(text)
	key, _, err := ecdsa.RecoverCompact(append([]byte{compact + recovery}, signature[:64]...), hash[:])
	if err != nil {
		return false
	}
	sum := keccak(key.SerializeUncompressed()[1:])
	return strings.EqualFold("0x"+hex.EncodeToString(sum[12:]), address)
}

func decodeHex(text string) ([]byte, error) {
	digits, ok := strings.CutPrefix(text, "0x")
	if !ok {
		return nil, errors.New("siwe: a signature begins with 0x")
	}
	return hex.DecodeString(digits)
}

// Checksum returns an address in the mixed case of EIP-55. Upstream: toChecksumAddress.
func Checksum(address string) string {
	lower := strings.ToLower(address)[2:]
	sum := keccak([]byte(lower))
	marks := hex.EncodeToString(sum[:])
	out := []byte("0x" + lower)
	for i := range lower {
		if marks[i] >= '8' && out[i+2] >= 'a' {
			out[i+2] -= 'a' - 'A'
		}
	}
	return string(out)
}

func isAddress(s string) bool {
	digits, ok := strings.CutPrefix(s, "0x")
	_, err := hex.DecodeString(digits)
	return ok && err == nil && len(digits) == 40
}

// hasChecksum reports whether an address has the right checksum, or none: all of its letters are of one case.
func hasChecksum(address string) bool {
	digits := address[2:]
	return digits == strings.ToLower(digits) || digits == strings.ToUpper(digits) || address == Checksum(address)
}
