package redis

import (
	"errors"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/goauth-dev/goauth/core/store"
)

// opError is a failed operation. Its text leaves out what a server repeats of the command, which holds the key.
type opError struct {
	op    string
	cause error
}

func (e *opError) Error() string {
	text := e.cause.Error()
	if isServerError(e.cause) {
		text, _, _ = strings.Cut(text, ", with args beginning with")
	}
	return "redis: " + e.op + " failed: " + text
}

// Unwrap gives the cause, and says that the storage is not available: whatever Redis refuses now (it is down, loading, full,
// a replica), it may do later.
func (e *opError) Unwrap() []error { return []error{e.cause, store.ErrUnavailable} }

// failed wraps an error; nil stays nil.
func failed(op string, err error) error {
	if err == nil {
		return nil
	}
	return &opError{op: op, cause: err}
}

func isServerError(err error) bool {
	_, ok := errors.AsType[goredis.Error](err)
	return ok
}

// unscriptable reports whether the server cannot run a script at all: it has none, or (before Redis 5) none that reads the
// time.
func unscriptable(err error) bool {
	return unknownCommand(err) || err != nil && isServerError(err) && strings.Contains(err.Error(), "non deterministic")
}

// unknownCommand reports whether the server does not have the command.
func unknownCommand(err error) bool {
	return err != nil && isServerError(err) && strings.Contains(strings.ToLower(err.Error()), "unknown command")
}
