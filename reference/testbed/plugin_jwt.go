package main

import (
	"context"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/jose"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/plugins/jwt"
)

// connectJWT connects jwt.definePayload(session), jwt.getSubject(session), jwt.sign(payload), adapter.getJwks(ctx) and
// adapter.createJwk(key, ctx).
func connectJWT(in *instance, o *jwt.Options, path, fn string) bool {
	switch path {
	case "jwt.definePayload":
		o.JWT.DefinePayload = func(ctx context.Context, s *auth.SignedIn) (map[string]any, error) {
			got, err := in.callWithSession(ctx, fn, s)
			claims := map[string]any{}
			if entries, ok := option.Entries(got.value); ok {
				for name, v := range entries {
					claims[name] = v
				}
			}
			return claims, err
		}
	case "jwt.getSubject":
		o.JWT.GetSubject = func(ctx context.Context, s *auth.SignedIn) (string, error) {
			got, err := in.callWithSession(ctx, fn, s)
			text, _ := got.value.(string)
			return text, err
		}
	case "jwt.sign":
		o.JWT.Sign = func(ctx context.Context, claims *auth.Object) (string, error) {
			got, err := in.js.call(ctx, fn, claims)
			text, _ := got.value.(string)
			return text, err
		}
	case "adapter.getJwks":
		o.Adapter.Keys = in.jwks(fn)
	case "adapter.createJwk":
		o.Adapter.Create = in.createJWK(fn)
	default:
		return false
	}
	return true
}

func (in *instance) callWithSession(ctx context.Context, fn string, s *auth.SignedIn) (reply, error) {
	tagged, err := tagSignedIn(s)
	if err != nil {
		return reply{}, err
	}
	return in.js.call(ctx, fn, tagged)
}

func (in *instance) jwks(fn string) func(c *auth.Call) ([]jwt.Key, error) {
	return func(c *auth.Call) ([]jwt.Key, error) {
		described, err := tagCall(c)
		if err != nil {
			return nil, err
		}
		got, err := in.js.call(c.Ctx(), fn, described)
		list, _ := got.value.([]any)
		var keys []jwt.Key
		for _, item := range list {
			o, _ := item.(*auth.Object)
			keys = append(keys, keyOf(o))
		}
		return keys, err
	}
}

func (in *instance) createJWK(fn string) func(c *auth.Call, k jwt.Key) (jwt.Key, error) {
	return func(c *auth.Call, k jwt.Key) (jwt.Key, error) {
		described, err := tagCall(c)
		if err != nil {
			return k, err
		}
		data := object("publicKey", k.PublicKey, "privateKey", k.PrivateKey, "createdAt", object("$date", k.CreatedAt.UnixMilli()), "alg", string(k.Alg))
		if !k.ExpiresAt.IsZero() {
			data.Set("expiresAt", object("$date", k.ExpiresAt.UnixMilli()))
		}
		got, err := in.js.call(c.Ctx(), fn, data, described)
		o, _ := got.value.(*auth.Object)
		return keyOf(o), err
	}
}

func keyOf(o *auth.Object) jwt.Key {
	at := func(name string) time.Time { v, _ := o.Get(name); t, _ := v.(time.Time); return t }
	return jwt.Key{
		ID: text(o, "id"), PublicKey: text(o, "publicKey"), PrivateKey: text(o, "privateKey"),
		CreatedAt: at("createdAt"), ExpiresAt: at("expiresAt"), Alg: jose.Algorithm(text(o, "alg")),
	}
}
