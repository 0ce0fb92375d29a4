package auth

import (
	"context"
	"net/http"
)

// EventKind says what happened to an account.
type EventKind string

// The kinds of event.
const (
	PasswordChanged  EventKind = "password-changed"
	PasswordReset    EventKind = "password-reset"
	EmailChanged     EventKind = "email-changed"
	AccountDeleted   EventKind = "account-deleted"
	SuspiciousSignIn EventKind = "suspicious-sign-in" // after five or more wrong passwords in a row
)

// Event is something that the owner of an account should hear about (ASVS 6.3.5, 6.3.7).
type Event struct {
	Kind EventKind
	// User is the account as it was before: a changed address is still the old one.
	User *User
	// Request is the request that caused it, nil in process. Its body is consumed.
	Request *http.Request
}

// Emit tells the application, in the background.
func (c *Call) Emit(kind EventKind, u *User) {
	if f := c.Options.OnEvent; f != nil {
		e := Event{kind, u, c.Request}
		c.Send(string(kind), func(ctx context.Context) error { return f(ctx, e) })
	}
}
