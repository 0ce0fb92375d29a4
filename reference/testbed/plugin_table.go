package main

import (
	"github.com/goauth-dev/goauth/plugins/admin"
	"github.com/goauth-dev/goauth/plugins/apikey"
	"github.com/goauth-dev/goauth/plugins/bearer"
	"github.com/goauth-dev/goauth/plugins/captcha"
	"github.com/goauth-dev/goauth/plugins/deviceauthorization"
	"github.com/goauth-dev/goauth/plugins/emailotp"
	"github.com/goauth-dev/goauth/plugins/haveibeenpwned"
	"github.com/goauth-dev/goauth/plugins/jwt"
	"github.com/goauth-dev/goauth/plugins/lastlogin"
	"github.com/goauth-dev/goauth/plugins/magiclink"
	"github.com/goauth-dev/goauth/plugins/multisession"
	"github.com/goauth-dev/goauth/plugins/oauthproxy"
	"github.com/goauth-dev/goauth/plugins/onetap"
	"github.com/goauth-dev/goauth/plugins/onetimetoken"
	"github.com/goauth-dev/goauth/plugins/openapi"
	"github.com/goauth-dev/goauth/plugins/organization"
	"github.com/goauth-dev/goauth/plugins/phonenumber"
	"github.com/goauth-dev/goauth/plugins/siwe"
	"github.com/goauth-dev/goauth/plugins/username"
)

// factories holds the plugins by the names of upstream's factory functions. A plugin with options that are functions has a
// file of its own, which connects them.
var factories = map[string]factory{
	"anonymous":           newAnonymous,
	"admin":               withAccess(plugin(admin.New, nil)),
	"apiKey":              plugin(apikey.New, connectAPIKey),
	"bearer":              plugin(bearer.New, nil),
	"captcha":             plugin(captcha.New, nil),
	"organization":        plugin(organization.New, connectOrganization),
	"customSession":       customSession,
	"deviceAuthorization": plugin(deviceauthorization.New, connectDevice),
	"emailOTP":            plugin(emailotp.New, connectEmailOTP),
	"genericOAuth":        genericOAuth,
	"haveIBeenPwned":      plugin(haveibeenpwned.New, nil),
	"jwt":                 plugin(jwt.New, connectJWT),
	"lastLoginMethod":     plugin(lastlogin.New, connectLastLogin),
	"magicLink":           plugin(magiclink.New, connectMagicLink),
	"multiSession":        plugin(multisession.New, nil),
	"oAuthProxy":          plugin(oauthproxy.New, nil),
	"oneTap":              plugin(onetap.New, nil),
	"oneTimeToken":        plugin(onetimetoken.New, connectOneTimeToken),
	"openAPI":             plugin(openapi.New, nil),
	"phoneNumber":         plugin(phonenumber.New, connectPhoneNumber),
	"siwe":                plugin(siwe.New, connectSIWE),
	"twoFactor":           newTwoFactor,
	"username":            plugin(username.New, connectUsername),
}
