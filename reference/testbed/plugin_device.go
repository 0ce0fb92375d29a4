package main

import (
	"context"

	"github.com/goauth-dev/goauth/plugins/deviceauthorization"
)

// connectDevice connects generateDeviceCode(), generateUserCode(), validateClient(id) and onDeviceAuthRequest(id, scope).
func connectDevice(in *instance, o *deviceauthorization.Options, path, fn string) bool {
	made := func(ctx context.Context) (string, error) {
		got, err := in.js.call(ctx, fn)
		code, _ := got.value.(string)
		return code, err
	}
	switch path {
	case "generateDeviceCode":
		o.GenerateDeviceCode = made
	case "generateUserCode":
		o.GenerateUserCode = made
	case "validateClient":
		o.ValidateClient = func(ctx context.Context, id string) (bool, error) {
			got, err := in.js.call(ctx, fn, id)
			return got.value == true, err
		}
	case "onDeviceAuthRequest":
		o.OnDeviceAuthRequest = func(ctx context.Context, id, scope string) error {
			var asked any = undefined()
			if scope != "" {
				asked = scope
			}
			_, err := in.js.call(ctx, fn, id, asked)
			return err
		}
	default:
		return false
	}
	return true
}
