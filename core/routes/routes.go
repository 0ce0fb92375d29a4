// Package routes holds the built-in operations, one file a family. Each is a value with typed input and output: a route
// of the server, and a function for Go code.
package routes

import "github.com/goauth-dev/goauth/core/auth"

// All returns the built-in operations.
func All() []auth.AnyEndpoint {
	return []auth.AnyEndpoint{
		SignInSocial, CallbackOAuth, GetSession, SignOut, SignUpEmail, SignInEmail,
		ResetPassword, VerifyPassword, VerifyEmail, SendVerificationEmail,
		ChangeEmail, ChangePassword, SetPassword, UpdateSession, UpdateUser, DeleteUser,
		RequestPasswordReset, RequestPasswordResetCallback,
		ListSessions, RevokeSession, RevokeSessions, RevokeOtherSessions,
		LinkSocialAccount, ListUserAccounts, DeleteUserCallback, UnlinkAccount,
		RefreshToken, GetAccessToken, AccountInfo, OK, ErrorPage,
	}
}

// Status is the answer of operations that have nothing else to say.
type Status struct {
	Status bool `json:"status"`
}

// done is the answer of an operation that worked.
var done = &Status{Status: true}

// Success is the answer of operations that end something.
type Success struct {
	Success bool   `json:"success"`
	Message string `json:"message,omitempty"`
}
