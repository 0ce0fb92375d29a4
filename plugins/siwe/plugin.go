// Package siwe signs people in with a wallet: they sign a message that names this site, the chain, a nonce and a time
// (Sign-In with Ethereum, ERC-4361). Upstream: siwe.
package siwe

import (
	"net/http"
	"strconv"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/verification"
)

// The keys of the operations, for auth.Caller.Run.
const (
	NonceKey  = "getSiweNonce"
	VerifyKey = "verifySiweMessage"
)

// The error codes.
var (
	InvalidNonce    = auth.Code{ID: "UNAUTHORIZED_INVALID_OR_EXPIRED_NONCE", Message: "Unauthorized: Invalid or expired nonce"}
	MessageMismatch = auth.Code{ID: "UNAUTHORIZED_SIWE_MESSAGE_MISMATCH", Message: "Unauthorized: The message is not meant for this sign-in"}
	MessageExpired  = auth.Code{ID: "UNAUTHORIZED_SIWE_MESSAGE_EXPIRED", Message: "Unauthorized: The message has expired"}
	NotYetValid     = auth.Code{ID: "UNAUTHORIZED_SIWE_MESSAGE_NOT_YET_VALID", Message: "Unauthorized: The message is not valid yet"}
)

const nonceLife = 15 * time.Minute

// New returns the plugin.
func New(o Options) auth.Plugin {
	p := &o
	return auth.Plugin{
		ID: "siwe",
		Endpoints: []auth.AnyEndpoint{
			auth.Endpoint[NonceIn, *NonceOut]{Key: NonceKey, Method: auth.POST, Path: "/siwe/nonce", Doc: "Get a nonce to sign", Handle: p.getNonce},
			auth.Endpoint[VerifyIn, *VerifyOut]{
				Key: VerifyKey, Method: auth.POST, Path: "/siwe/verify", Doc: "Sign in with a signed message", NeedsRequest: true, Handle: p.verify,
			},
		},
		Schema: o.Schema.Apply(tables),
		Codes:  []auth.Code{InvalidNonce, MessageMismatch, MessageExpired, NotYetValid},
		Init:   p.check,
	}
}

// NonceIn is the input of getSiweNonce.
type NonceIn struct {
	WalletAddress string `body:"walletAddress" is:"pattern=/^0[xX][a-fA-F0-9]{40}$/i length=42"`
	ChainID       int64  `body:"chainId" is:"positive" default:"1"`
}

// NonceOut is the output of getSiweNonce.
type NonceOut struct {
	Nonce string `json:"nonce"`
}

func (o *Options) getNonce(c *auth.Call, in NonceIn) (*NonceOut, error) {
	nonce, err := o.nonce(c)
	if err != nil {
		return nil, err
	}
	err = verification.Create(c, identifier(Checksum(in.WalletAddress), in.ChainID), nonce, c.Now().Add(nonceLife))
	return &NonceOut{nonce}, err
}

func identifier(address string, chainID int64) string {
	return "siwe:" + address + ":" + strconv.FormatInt(chainID, 10)
}

// VerifyIn is the input of verifySiweMessage.
type VerifyIn struct {
	Message       string  `body:"message" is:"nonempty"`
	Signature     string  `body:"signature" is:"nonempty"`
	WalletAddress string  `body:"walletAddress" is:"pattern=/^0[xX][a-fA-F0-9]{40}$/i length=42"`
	ChainID       int64   `body:"chainId" is:"positive" default:"1"`
	Email         *string `body:"email,optional" is:"email"`
}

// VerifyOut is the output of verifySiweMessage.
type VerifyOut struct {
	Token   string     `json:"token"`
	Success bool       `json:"success"`
	User    WalletUser `json:"user"`
}

// WalletUser is who signed in.
type WalletUser struct {
	ID            string `json:"id"`
	WalletAddress string `json:"walletAddress"`
	ChainID       int64  `json:"chainId"`
}

// refusal is an error in upstream's form, which repeats the status.
type refusal struct {
	Message string `json:"message"`
	Status  int    `json:"status"`
	Code    string `json:"code,omitempty"`
}

func refuse(code auth.Code) *auth.Error {
	return &auth.Error{Status: http.StatusUnauthorized, Code: code, Body: refusal{code.Message, http.StatusUnauthorized, code.ID}}
}

// verify uses the nonce up before anything else is looked at, so that a failed attempt burns it and of several one gets on
// (UP-034); then it holds the message against the sign-in, and the signature against the wallet.
func (o *Options) verify(c *auth.Call, in VerifyIn) (*VerifyOut, error) {
	if !o.Anonymous.Or(true) && (in.Email == nil || *in.Email == "") {
		return nil, auth.Fail(http.StatusBadRequest, auth.ValidationError.With("[body.email] Email is required when the anonymous plugin option is disabled."))
	}
	address := Checksum(in.WalletAddress)
	nonce, err := verification.Take(c, identifier(address, in.ChainID))
	if err != nil {
		return nil, err
	}
	if nonce == nil || nonce.ExpiresAt.Before(c.Now()) {
		return nil, refuse(InvalidNonce)
	}
	message, err := Parse(in.Message)
	if err != nil {
		return nil, refuse(MessageMismatch).Because(err)
	}
	if err := o.accept(c, message, address, in.ChainID, nonce.Value); err != nil {
		return nil, err
	}
	signed := Signed{Text: in.Message, Message: message, Signature: in.Signature, Address: address, ChainID: in.ChainID}
	switch ok, err := o.verified(c.Ctx(), signed); {
	case err != nil:
		return nil, refuse(auth.Code{Message: "Something went wrong. Please try again later."}).Because(err)
	case !ok:
		return nil, refuse(auth.Code{Message: "Unauthorized: Invalid SIWE signature"})
	}
	return o.signIn(c, wallet{address, in.ChainID}, in.Email)
}

// accept holds a message against the sign-in (UP-035): the site, the wallet, the chain, the nonce and the time.
func (o *Options) accept(c *auth.Call, m *Message, address string, chainID int64, nonce string) error {
	switch {
	case m.Domain != o.Domain, Checksum(m.Address) != address, m.ChainID != chainID, !auth.SameText(m.Nonce, nonce):
		return refuse(MessageMismatch)
	case !m.ExpirationTime.IsZero() && !m.ExpirationTime.After(c.Now()):
		return refuse(MessageExpired)
	case m.NotBefore.After(c.Now()):
		return refuse(NotYetValid)
	default:
		return nil
	}
}
