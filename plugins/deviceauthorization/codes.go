package deviceauthorization

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
)

// The error codes. Answers carry their texts as error_description beside an error of RFC 8628 section 3.5.
var (
	InvalidDeviceCode          = auth.Code{ID: "INVALID_DEVICE_CODE", Message: "Invalid device code"}
	ExpiredDeviceCode          = auth.Code{ID: "EXPIRED_DEVICE_CODE", Message: "Device code has expired"}
	ExpiredUserCode            = auth.Code{ID: "EXPIRED_USER_CODE", Message: "User code has expired"}
	AuthorizationPending       = auth.Code{ID: "AUTHORIZATION_PENDING", Message: "Authorization pending"}
	AccessDenied               = auth.Code{ID: "ACCESS_DENIED", Message: "Access denied"}
	InvalidUserCode            = auth.Code{ID: "INVALID_USER_CODE", Message: "Invalid user code"}
	DeviceCodeAlreadyProcessed = auth.Code{ID: "DEVICE_CODE_ALREADY_PROCESSED", Message: "Device code already processed"}
	DeviceCodeNotClaimed       = auth.Code{ID: "DEVICE_CODE_NOT_CLAIMED", Message: "Open the verification page with this code first"}
	PollingTooFrequently       = auth.Code{ID: "POLLING_TOO_FREQUENTLY", Message: "Polling too frequently"}
	TooManyGuesses             = auth.Code{ID: "TOO_MANY_GUESSES", Message: "Too many invalid user codes. Please try again later."}
	UserNotFound               = auth.Code{ID: "USER_NOT_FOUND", Message: "User not found"}
	FailedToCreateSession      = auth.Code{ID: "FAILED_TO_CREATE_SESSION", Message: "Failed to create session"}
	InvalidDeviceCodeStatus    = auth.Code{ID: "INVALID_DEVICE_CODE_STATUS", Message: "Invalid device code status"}
	AuthenticationRequired     = auth.Code{ID: "AUTHENTICATION_REQUIRED", Message: "Authentication required"}
)

var codes = []auth.Code{
	InvalidDeviceCode, ExpiredDeviceCode, ExpiredUserCode, AuthorizationPending, AccessDenied, InvalidUserCode, DeviceCodeAlreadyProcessed,
	DeviceCodeNotClaimed, PollingTooFrequently, TooManyGuesses, FailedToCreateSession, InvalidDeviceCodeStatus, AuthenticationRequired,
}

// oauthError is an error as OAuth writes it (RFC 6749 section 5.2).
type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

func refuse(status int, kind, description string) *auth.Error {
	return &auth.Error{Status: status, Body: oauthError{kind, description}, Code: auth.Code{ID: kind, Message: description}}
}

func bad(kind string, why auth.Code) *auth.Error {
	return refuse(http.StatusBadRequest, kind, why.Message)
}

// broken is an error that is the server's.
func broken(why auth.Code) *auth.Error {
	return refuse(http.StatusInternalServerError, "server_error", why.Message)
}
