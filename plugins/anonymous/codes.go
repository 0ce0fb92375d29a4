package anonymous

import "github.com/goauth-dev/goauth/core/auth"

// The error codes of the plugin. Upstream: ANONYMOUS_ERROR_CODES.
var (
	InvalidEmailFormat             = auth.Code{ID: "INVALID_EMAIL_FORMAT", Message: "Email was not generated in a valid format"}
	FailedToCreateUser             = auth.Code{ID: "FAILED_TO_CREATE_USER", Message: "Failed to create user"}
	CouldNotCreateSession          = auth.Code{ID: "COULD_NOT_CREATE_SESSION", Message: "Could not create session"}
	CannotSignInAgainAnonymously   = auth.Code{ID: "ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY", Message: "Anonymous users cannot sign in again anonymously"}
	FailedToDeleteAnonymousUser    = auth.Code{ID: "FAILED_TO_DELETE_ANONYMOUS_USER", Message: "Failed to delete anonymous user"}
	UserIsNotAnonymous             = auth.Code{ID: "USER_IS_NOT_ANONYMOUS", Message: "User is not anonymous"}
	DeletingAnonymousUsersDisabled = auth.Code{ID: "DELETE_ANONYMOUS_USER_DISABLED", Message: "Deleting anonymous users is disabled"}
)

var codes = []auth.Code{
	InvalidEmailFormat, FailedToCreateUser, CouldNotCreateSession, CannotSignInAgainAnonymously, FailedToDeleteAnonymousUser,
	UserIsNotAnonymous, DeletingAnonymousUsersDisabled,
}
