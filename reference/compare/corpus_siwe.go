package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
)

// The wallets of the scenarios, with the checksum of their letters.
const (
	wallet      = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045"
	otherWallet = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
)

// siweMessage is one of ERC-4361 for the wallet and the nonce of the last /siwe/nonce.
const siweMessage = "localhost wants you to sign in with your Ethereum account:\n{{wallet}}\n\nSign in.\n\n" +
	"URI: http://localhost\nVersion: 1\nChain ID: 1\nNonce: {{nonce}}\nIssued At: {{iso:-1s}}"

// askNonce asks for a nonce of a wallet.
func askNonce(address string) Step {
	s := post("/siwe/nonce", obj{"walletAddress": address, "chainId": 1}).named("nonce for "+address[:6]).save("nonce", "body.nonce")
	s.Edit = func(side *Side) error {
		side.vars["wallet"] = address
		return nil
	}
	return s
}

// siwe signs a message, as the contract of the servers takes signatures: the SHA-256 of the message. The message is kept
// as it stands in JSON.
func siwe(name, message string, change obj) Step {
	in := obj{"message": "{{message}}", "signature": "{{signature}}", "walletAddress": "{{wallet}}", "chainId": 1}
	for k, v := range change {
		in[k] = v
	}
	s := post("/siwe/verify", in).as(name).named(name)
	s.Edit = func(side *Side) error {
		text := side.fill(message)
		sum := sha256.Sum256([]byte(text))
		quoted, err := json.Marshal(text)
		side.vars["message"], side.vars["signature"] = strings.Trim(string(quoted), `"`), "0x"+hex.EncodeToString(sum[:])
		return err
	}
	return s
}

func siweScenarios() []Scenario {
	on := []string{"passwordless"}
	return []Scenario{
		{Name: "siwe/sign-in", On: on, Steps: steps(
			askNonce(wallet), siwe("first", siweMessage, nil), whoami("first"), get("/list-accounts").as("first"),
			askNonce(wallet), siwe("again", siweMessage, nil), whoami("again"),
			askNonce(strings.ToLower(wallet)), siwe("lower case", siweMessage, obj{"walletAddress": strings.ToLower(wallet)}), whoami("lower case"),
			askNonce(otherWallet), siwe("another wallet", siweMessage, obj{"email": "wallet@example.com"}), whoami("another wallet"),
			post("/sign-out", obj{}).as("again"), whoami("again"),
		)},
		{Name: "siwe/with an address of somebody", On: on, Steps: steps(
			member("ada"), askNonce(wallet), siwe("taken", siweMessage, obj{"email": "ada@example.com"}), whoami("taken"),
			get("/list-accounts").as("ada"),
		)},
		{Name: "siwe/refused", On: on, Steps: steps(
			siwe("no nonce", siweMessage, obj{"walletAddress": wallet}),
			askNonce(wallet), siwe("wrong signature", siweMessage, obj{"signature": "0x1234"}),
			askNonce(wallet), rows("UPDATE verification SET expiresAt = '{{iso:-1m}}'"), siwe("expired nonce", siweMessage, nil),
			askNonce(wallet), siwe("another wallet's nonce", siweMessage, obj{"walletAddress": otherWallet}),
			askNonce(wallet), siwe("another chain", siweMessage, obj{"chainId": 5}),
			askNonce(wallet), siwe("an address that is none", siweMessage, obj{"walletAddress": "0x12"}),
			siwe("an e-mail that is none", siweMessage, obj{"email": "nobody"}),
		)},
		{Name: "siwe/message of another site", On: on, Steps: steps(
			askNonce(wallet), siwe("phished", strings.Replace(siweMessage, "localhost wants", "evil.example wants", 1), nil), whoami("phished"),
		)},
		{Name: "siwe/message that has expired", On: on, Steps: steps(
			askNonce(wallet), siwe("late", siweMessage+"\nExpiration Time: {{iso:-1m}}", nil), whoami("late"),
		)},
		{Name: "siwe/message that is not valid yet", On: on, Steps: steps(
			askNonce(wallet), siwe("early", siweMessage+"\nNot Before: {{iso:1h}}", nil), whoami("early"),
		)},
		{Name: "siwe/message without a form", On: on, Steps: steps(askNonce(wallet), siwe("free", "Let me in. {{nonce}}", nil), whoami("free"))},
		{Name: "siwe/one nonce twice", On: on, Steps: steps(
			askNonce(wallet), siwe("once", siweMessage, nil), siwe("twice", siweMessage, nil), whoami("twice"),
		)},
		{Name: "siwe/nonces", On: on, Steps: steps(
			askNonce(wallet), post("/siwe/nonce", obj{"walletAddress": wallet}), post("/siwe/nonce", obj{"walletAddress": wallet, "chainId": 137}),
			post("/siwe/nonce", obj{"walletAddress": strings.ToLower(wallet)}), get("/siwe/nonce"),
		)},
	}
}
