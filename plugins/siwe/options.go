package siwe

import (
	"context"
	"errors"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
)

// Options configures the plugin.
type Options struct {
	// Domain is the authority that messages must name, such as "example.com" or "localhost:3000". It is required.
	Domain string `option:"domain"`
	// EmailDomainName is what stands behind "@" in the address of a user who gave none. Default: the base URL's origin, as
	// upstream has it.
	EmailDomainName string `option:"emailDomainName"`
	// Anonymous lets wallets sign up without an e-mail address. Default: on.
	Anonymous option.Toggle `option:"anonymous"`
	// Schema renames the table and its columns.
	Schema schema.Renames `option:"schema"`

	// GetNonce makes nonces, of at least 8 letters and digits. Default: 24 random ones.
	GetNonce func(ctx context.Context) (string, error) `option:"-"`
	// VerifyMessage checks the signature of a message that was parsed and found to be meant for this server. Default:
	// [VerifySignature], then Contracts.
	VerifyMessage func(ctx context.Context, s Signed) (bool, error) `option:"-"`
	// Contracts verifies the signatures of wallets that are contracts. Default: none are accepted.
	Contracts ContractVerifier `option:"-"`
	// ENSLookup names a new user. Upstream: ensLookup.
	ENSLookup func(ctx context.Context, walletAddress string) (Name, error) `option:"-"`
}

// Signed is a message with its signature.
type Signed struct {
	// Text is the message as it was signed, and Message what it says.
	Text    string
	Message *Message
	// Signature is what the client sent: usually 65 bytes in hexadecimal behind "0x".
	Signature string
	// Address is the wallet's, with the checksum of EIP-55.
	Address string
	ChainID int64
}

// ContractVerifier asks a chain whether a contract accepts a signature (EIP-1271, isValidSignature).
type ContractVerifier interface {
	// IsValidSignature reports whether the contract at address on the chain accepts the signature of hash, the EIP-191 hash
	// of the message. An error means that the chain could not be asked; the sign-in then fails.
	IsValidSignature(ctx context.Context, chainID int64, address string, hash [32]byte, signature []byte) (bool, error)
}

// Name is what is known of a wallet's owner. Upstream: ENSLookupResult.
type Name struct{ Name, Avatar string }

const nonceLength = 24

func (o *Options) check(*auth.Context) error {
	if o.Domain == "" {
		return errors.New("option domain is missing: set the authority that people sign in to, such as example.com")
	}
	if strings.ContainsAny(o.Domain, "/ \n") {
		return errors.New("option domain: give the authority alone, without a scheme and a path")
	}
	return o.Schema.Check(tables)
}

func (o *Options) nonce(c *auth.Call) (string, error) {
	if o.GetNonce != nil {
		return o.GetNonce(c.Ctx())
	}
	return crypto.RandomString(c.Random, nonceLength, crypto.AlphaNumeric)
}

// verified reports whether the wallet signed the message.
func (o *Options) verified(ctx context.Context, s Signed) (bool, error) {
	if o.VerifyMessage != nil {
		return o.VerifyMessage(ctx, s)
	}
	signature, err := decodeHex(s.Signature)
	if err != nil {
		return false, nil //nolint:nilerr // what is no signature proves nothing
	}
	if VerifySignature(s.Text, signature, s.Address) {
		return true, nil
	}
	if o.Contracts == nil {
		return false, nil
	}
	return o.Contracts.IsValidSignature(ctx, s.ChainID, s.Address, Hash(s.Text), signature)
}
