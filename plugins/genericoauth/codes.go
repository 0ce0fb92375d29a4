package genericoauth

import "github.com/goauth-dev/goauth/core/auth"

// The error codes of the plugin, with upstream's texts.
var (
	InvalidConfiguration = auth.Code{ID: "INVALID_OAUTH_CONFIGURATION", Message: "Invalid OAuth configuration"}
	TokenURLNotFound     = auth.Code{ID: "TOKEN_URL_NOT_FOUND", Message: "Invalid OAuth configuration. Token URL not found."}
	ConfigNotFound       = auth.Code{ID: "PROVIDER_CONFIG_NOT_FOUND", Message: "No config found for provider"}
	ProviderIDRequired   = auth.Code{ID: "PROVIDER_ID_REQUIRED", Message: "Provider ID is required"}
	InvalidConfig        = auth.Code{ID: "INVALID_OAUTH_CONFIG", Message: "Invalid OAuth configuration."}
	SessionRequired      = auth.Code{ID: "SESSION_REQUIRED", Message: "Session is required"}
	IssuerMismatch       = auth.Code{ID: "ISSUER_MISMATCH", Message: "OAuth issuer mismatch. The authorization server issuer does not match the expected value (RFC 9207)."}
	IssuerMissing        = auth.Code{ID: "ISSUER_MISSING", Message: "OAuth issuer parameter missing. The authorization server did not include the required iss parameter (RFC 9207)."}
)

var codes = []auth.Code{
	InvalidConfiguration, TokenURLNotFound, ConfigNotFound, ProviderIDRequired, InvalidConfig, SessionRequired, IssuerMismatch, IssuerMissing,
}
