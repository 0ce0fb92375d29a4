package routes

import "github.com/goauth-dev/goauth/core/auth"

// The request types of a change of address, in the claims of a link's token.
const (
	confirmChange = "change-email-confirmation"
	verifyChange  = "change-email-verification"
)

// at returns the user with another address, for a mail to it.
func at(user *auth.User, email string) *auth.User {
	moved := user.Clone()
	moved.Email = email
	return moved
}
