package auth

import (
	"errors"
	"fmt"
	"net/http"
)

// Code is a stable error identifier with its default text, as clients see them. It is an error value, so that
// errors.Is(err, auth.InvalidToken) works on whatever carries it.
type Code struct {
	// ID is what programs compare, in capitals. Empty: the answer has no code.
	ID string
	// Message is what people read.
	Message string
}

// Error implements error.
func (c Code) Error() string {
	if c.ID == "" {
		return c.Message
	}
	return c.ID + ": " + c.Message
}

// With returns the code with another text.
func (c Code) With(message string) Code { return Code{c.ID, message} }

// Error is an answer that is not a success. Any other error that reaches the server becomes an empty 500 whose cause is
// logged and never sent. Upstream: APIError.
type Error struct {
	// Status is the HTTP status.
	Status int
	// Code is rendered as {"message", "code"}. The zero Code gives an empty body.
	Code Code
	// Body replaces the rendering of Code when it is not nil.
	Body any
	// Header is added to the answer.
	Header http.Header

	cause error
}

// Fail returns an error that answers with status and code.
func Fail(status int, code Code) *Error { return &Error{Status: status, Code: code} }

// FailText returns an error whose answer has a text and no code.
func FailText(status int, message string) *Error {
	return &Error{Status: status, Code: Code{Message: message}}
}

// FailStatus returns an error whose answer has an empty body.
func FailStatus(status int) *Error { return &Error{Status: status} }

// Redirect returns the error that sends the client to url with status 302. Cookies set before it go along.
func Redirect(url string) *Error {
	return &Error{Status: http.StatusFound, Header: http.Header{"Location": {url}}}
}

// Because records the cause for the log. It never reaches the client.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

// Error implements error.
func (e *Error) Error() string {
	text := e.Code.Error()
	if text == "" {
		text = http.StatusText(e.Status)
	}
	if e.cause != nil {
		return fmt.Sprintf("%d %s: %v", e.Status, text, e.cause)
	}
	return fmt.Sprintf("%d %s", e.Status, text)
}

// Is matches the error's [Code].
func (e *Error) Is(target error) bool {
	code, ok := errors.AsType[Code](target)
	return ok && code.ID != "" && code.ID == e.Code.ID
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// errorBody is the wire form of a Code.
type errorBody struct {
	Message string `json:"message"`
	Code    string `json:"code,omitempty"`
}

// Payload returns what the answer's body renders, or nil for an empty body.
func (e *Error) Payload() any {
	switch {
	case e.Body != nil:
		return e.Body
	case e.Code == Code{}:
		return nil
	default:
		return errorBody{e.Code.Message, e.Code.ID}
	}
}
