package social

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/goauth-dev/goauth/core/oauth2"
)

// own are the options that only some providers read.
var own = []string{
	"accessType", "display", "hd", "appBundleIdentifier", "audience", "tenantId", "authority", "profilePhotoSize",
	"disableProfilePhoto", "domain", "region", "userPoolId", "requireClientSecret", "permissions", "fields", "configId",
	"issuer", "environment", "requestShippingAddress", "loginUrl", "duration", "claims", "scheme", "platformType", "lang", "pkce",
}

// checkOptions refuses options that the provider would not read, and one id given in two ways.
func checkOptions(id string, s *spec, o *oauth2.Options) error {
	v := reflect.ValueOf(o).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("option")
		if slices.Contains(own, name) && !v.Field(i).IsZero() && !slices.Contains(s.reads, name) {
			return fmt.Errorf("option socialProviders.%s.%s: %s has no such option", id, name, s.name)
		}
	}
	if o.ClientID != "" && len(o.ClientIDs) > 0 {
		return fmt.Errorf("option socialProviders.%s.clientId: give one id or a list, not both", id)
	}
	return nil
}
