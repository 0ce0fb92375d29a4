package goauth

import "github.com/goauth-dev/goauth/core/auth"

// What an application gets from the server.
type (
	// SignedIn is a session with its user.
	SignedIn = auth.SignedIn
	// User is a person's row.
	User = auth.User
	// Session is a sign-in's row.
	Session = auth.Session
	// Account links a user to a way to sign in.
	Account = auth.Account
	// Verification is a single-use value with an expiry.
	Verification = auth.Verification
	// Mail is what a sender delivers: a link, and the token in it.
	Mail = auth.Mail
	// SyntheticUser is what a hidden sign-up shows instead of the existing user.
	SyntheticUser = auth.SyntheticUser
	// Event is something that the owner of an account should hear about.
	Event = auth.Event
	// EventKind says what happened to an account.
	EventKind = auth.EventKind
)

// The kinds of [Event].
const (
	PasswordChanged  = auth.PasswordChanged
	PasswordReset    = auth.PasswordReset
	EmailChanged     = auth.EmailChanged
	AccountDeleted   = auth.AccountDeleted
	SuspiciousSignIn = auth.SuspiciousSignIn
)

// What hooks and plugins are made of; more for plugins is in core/auth.
type (
	// Plugin is everything that an extension adds, in one value.
	Plugin = auth.Plugin
	// Hooks run around every operation.
	Hooks = auth.Hooks
	// Call is one run of an operation, as hooks see it.
	Call = auth.Call
	// Answer ends a call early with a value.
	Answer = auth.Answer
	// DatabaseHooks run around writes of the core tables.
	DatabaseHooks = auth.DatabaseHooks
	// ModelHooks run around writes of one table.
	ModelHooks = auth.ModelHooks
	// Error is an answer that is not a success.
	Error = auth.Error
	// Code is a stable error identifier with its text; errors.Is finds it in an [Error].
	Code = auth.Code
)

// ErrAbort is an error that, returned by a Before hook of the database, makes the write not happen.
var ErrAbort = auth.ErrAbort
