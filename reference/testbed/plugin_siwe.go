package main

import (
	"context"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/plugins/siwe"
)

// connectSIWE connects getNonce(), verifyMessage(args) and ensLookup(args).
func connectSIWE(in *instance, o *siwe.Options, path, fn string) bool {
	switch path {
	case "getNonce":
		o.GetNonce = func(ctx context.Context) (string, error) {
			got, err := in.js.call(ctx, fn)
			nonce, _ := got.value.(string)
			return nonce, err
		}
	case "verifyMessage":
		o.VerifyMessage = func(ctx context.Context, s siwe.Signed) (bool, error) {
			payload := object("domain", o.Domain, "aud", o.Domain, "nonce", s.Message.Nonce, "iss", o.Domain, "version", "1")
			cacao := object("h", object("t", "caip122"), "p", payload, "s", object("t", "eip191", "s", s.Signature))
			got, err := in.js.call(ctx, fn, object("message", s.Text, "signature", s.Signature, "address", s.Address, "chainId", s.ChainID, "cacao", cacao))
			return got.value == true, err
		}
	case "ensLookup":
		o.ENSLookup = func(ctx context.Context, address string) (siwe.Name, error) {
			got, err := in.js.call(ctx, fn, object("walletAddress", address))
			found, _ := got.value.(*auth.Object)
			return siwe.Name{Name: text(found, "name"), Avatar: text(found, "avatar")}, err
		}
	default:
		return false
	}
	return true
}
