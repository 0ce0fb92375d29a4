package plugin

import (
	"github.com/goauth-dev/goauth/plugins/admin"
	"github.com/goauth-dev/goauth/plugins/anonymous"
	"github.com/goauth-dev/goauth/plugins/apikey"
	"github.com/goauth-dev/goauth/plugins/bearer"
	"github.com/goauth-dev/goauth/plugins/captcha"
	"github.com/goauth-dev/goauth/plugins/deviceauthorization"
	"github.com/goauth-dev/goauth/plugins/haveibeenpwned"
	"github.com/goauth-dev/goauth/plugins/jwt"
	"github.com/goauth-dev/goauth/plugins/lastlogin"
	"github.com/goauth-dev/goauth/plugins/multisession"
	"github.com/goauth-dev/goauth/plugins/oauthproxy"
	"github.com/goauth-dev/goauth/plugins/onetap"
	"github.com/goauth-dev/goauth/plugins/onetimetoken"
	"github.com/goauth-dev/goauth/plugins/openapi"
	"github.com/goauth-dev/goauth/plugins/siwe"
	"github.com/goauth-dev/goauth/plugins/username"
)

// factories holds every plugin that a configuration file can name.
var factories = map[string]Factory{
	"anonymous":            from(anonymous.New),
	"admin":                from(admin.New),
	"api-key":              from(apikey.New),
	"bearer":               from(bearer.New),
	"captcha":              from(captcha.New),
	"organization":         With(organizations),
	"device-authorization": from(deviceauthorization.New),
	"email-otp":            With(newEmailOTP),
	"generic-oauth":        With(newGenericOAuth),
	"have-i-been-pwned":    from(haveibeenpwned.New),
	"jwt":                  from(jwt.New),
	"last-login-method":    from(lastlogin.New),
	"magic-link":           With(newMagicLink),
	"multi-session":        from(multisession.New),
	"oauth-proxy":          from(oauthproxy.New),
	"one-tap":              from(onetap.New),
	"one-time-token":       from(onetimetoken.New),
	"open-api":             from(openapi.New),
	"phone-number":         With(newPhoneNumber),
	"siwe":                 from(siwe.New),
	"two-factor":           With(newTwoFactor),
	"username":             from(username.New),
}
