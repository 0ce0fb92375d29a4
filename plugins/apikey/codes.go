package apikey

import "github.com/goauth-dev/goauth/core/auth"

// The error codes of the plugin, with upstream's texts. Upstream: API_KEY_ERROR_CODES.
var (
	InvalidMetadataType           = auth.Code{ID: "INVALID_METADATA_TYPE", Message: "metadata must be an object or undefined"}
	RefillAmountAndIntervalNeeded = auth.Code{ID: "REFILL_AMOUNT_AND_INTERVAL_REQUIRED", Message: "refillAmount is required when refillInterval is provided"}
	RefillIntervalAndAmountNeeded = auth.Code{ID: "REFILL_INTERVAL_AND_AMOUNT_REQUIRED", Message: "refillInterval is required when refillAmount is provided"}
	UserBanned                    = auth.Code{ID: "USER_BANNED", Message: "User is banned"}
	UnauthorizedSession           = auth.Code{ID: "UNAUTHORIZED_SESSION", Message: "Unauthorized or invalid session"}
	KeyNotFound                   = auth.Code{ID: "KEY_NOT_FOUND", Message: "API Key not found"}
	KeyDisabled                   = auth.Code{ID: "KEY_DISABLED", Message: "API Key is disabled"}
	KeyExpired                    = auth.Code{ID: "KEY_EXPIRED", Message: "API Key has expired"}
	UsageExceeded                 = auth.Code{ID: "USAGE_EXCEEDED", Message: "API Key has reached its usage limit"}
	KeyNotRecoverable             = auth.Code{ID: "KEY_NOT_RECOVERABLE", Message: "API Key is not recoverable"}
	ExpiresInTooSmall             = auth.Code{ID: "EXPIRES_IN_IS_TOO_SMALL", Message: "The expiresIn is smaller than the predefined minimum value."}
	ExpiresInTooLarge             = auth.Code{ID: "EXPIRES_IN_IS_TOO_LARGE", Message: "The expiresIn is larger than the predefined maximum value."}
	InvalidRemaining              = auth.Code{ID: "INVALID_REMAINING", Message: "The remaining count is either too large or too small."}
	InvalidPrefixLength           = auth.Code{ID: "INVALID_PREFIX_LENGTH", Message: "The prefix length is either too large or too small."}
	InvalidNameLength             = auth.Code{ID: "INVALID_NAME_LENGTH", Message: "The name length is either too large or too small."}
	MetadataDisabled              = auth.Code{ID: "METADATA_DISABLED", Message: "Metadata is disabled."}
	RateLimitExceeded             = auth.Code{ID: "RATE_LIMIT_EXCEEDED", Message: "Rate limit exceeded."}
	NoValuesToUpdate              = auth.Code{ID: "NO_VALUES_TO_UPDATE", Message: "No values to update."}
	KeyDisabledExpiration         = auth.Code{ID: "KEY_DISABLED_EXPIRATION", Message: "Custom key expiration values are disabled."}
	InvalidAPIKey                 = auth.Code{ID: "INVALID_API_KEY", Message: "Invalid API key."}
	InvalidUserIDFromAPIKey       = auth.Code{ID: "INVALID_USER_ID_FROM_API_KEY", Message: "The user id from the API key is invalid."}
	InvalidReferenceIDFromAPIKey  = auth.Code{ID: "INVALID_REFERENCE_ID_FROM_API_KEY", Message: "The reference id from the API key is invalid."}
	InvalidAPIKeyGetterReturnType = auth.Code{ID: "INVALID_API_KEY_GETTER_RETURN_TYPE", Message: "API Key getter returned an invalid key type. Expected string."}
	ServerOnlyProperty            = auth.Code{ID: "SERVER_ONLY_PROPERTY", Message: "The property you're trying to set can only be set from the server auth instance only."}
	FailedToUpdateAPIKey          = auth.Code{ID: "FAILED_TO_UPDATE_API_KEY", Message: "Failed to update API key"}
	NameRequired                  = auth.Code{ID: "NAME_REQUIRED", Message: "API Key name is required."}
	OrganizationIDRequired        = auth.Code{ID: "ORGANIZATION_ID_REQUIRED", Message: "Organization ID is required for organization-owned API keys."}
	UserNotMemberOfOrganization   = auth.Code{ID: "USER_NOT_MEMBER_OF_ORGANIZATION", Message: "You are not a member of the organization that owns this API key."}
	InsufficientAPIKeyPermissions = auth.Code{ID: "INSUFFICIENT_API_KEY_PERMISSIONS", Message: "You do not have permission to perform this action on organization API keys."}
	NoDefaultConfigurationFound   = auth.Code{ID: "NO_DEFAULT_API_KEY_CONFIGURATION_FOUND", Message: "No default api-key configuration found."}
	OrganizationPluginRequired    = auth.Code{ID: "ORGANIZATION_PLUGIN_REQUIRED", Message: "Organization plugin is required for organization-owned API keys. Please install and configure the organization plugin."}
)

var codes = []auth.Code{
	InvalidMetadataType, RefillAmountAndIntervalNeeded, RefillIntervalAndAmountNeeded, UserBanned, UnauthorizedSession, KeyNotFound,
	KeyDisabled, KeyExpired, UsageExceeded, KeyNotRecoverable, ExpiresInTooSmall, ExpiresInTooLarge, InvalidRemaining,
	InvalidPrefixLength, InvalidNameLength, MetadataDisabled, RateLimitExceeded, NoValuesToUpdate, KeyDisabledExpiration,
	InvalidAPIKey, InvalidUserIDFromAPIKey, InvalidReferenceIDFromAPIKey, InvalidAPIKeyGetterReturnType, ServerOnlyProperty,
	FailedToUpdateAPIKey, NameRequired, OrganizationIDRequired, UserNotMemberOfOrganization, InsufficientAPIKeyPermissions,
	NoDefaultConfigurationFound, OrganizationPluginRequired,
}

// rateLimited is the code of a refusal by a key's own limit, which is none of the listed ones.
const rateLimited = "RATE_LIMITED"
