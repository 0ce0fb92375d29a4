package username

import "github.com/goauth-dev/goauth/core/auth"

// The error codes of the plugin. Upstream: USERNAME_ERROR_CODES.
var (
	InvalidUsernameOrPassword = auth.Code{ID: "INVALID_USERNAME_OR_PASSWORD", Message: "Invalid username or password"}
	EmailNotVerified          = auth.Code{ID: "EMAIL_NOT_VERIFIED", Message: "Email not verified"}
	UnexpectedError           = auth.Code{ID: "UNEXPECTED_ERROR", Message: "Unexpected error"}
	UsernameIsAlreadyTaken    = auth.Code{ID: "USERNAME_IS_ALREADY_TAKEN", Message: "Username is already taken. Please try another."}
	UsernameTooShort          = auth.Code{ID: "USERNAME_TOO_SHORT", Message: "Username is too short"}
	UsernameTooLong           = auth.Code{ID: "USERNAME_TOO_LONG", Message: "Username is too long"}
	InvalidUsername           = auth.Code{ID: "INVALID_USERNAME", Message: "Username is invalid"}
	InvalidDisplayUsername    = auth.Code{ID: "INVALID_DISPLAY_USERNAME", Message: "Display username is invalid"}
)

var codes = []auth.Code{
	InvalidUsernameOrPassword, EmailNotVerified, UnexpectedError, UsernameIsAlreadyTaken, UsernameTooShort, UsernameTooLong,
	InvalidUsername, InvalidDisplayUsername,
}
