package sqlx

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
)

// sqlState returns the SQLSTATE of an error of a PostgreSQL driver: pgx and lib/pq have the method.
func sqlState(err error) string {
	var state interface{ SQLState() string }
	if errors.As(err, &state) {
		return state.SQLState()
	}
	return ""
}

// unreachable reports a connection that cannot be had or that broke.
func unreachable(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// numbered reports whether the server of MySQL's protocol answered with one of the numbers. The driver has them in a field
// only, and in front of its text: "Error 1062 (23000): …".
func numbered(err error, numbers ...string) bool {
	rest, found := strings.CutPrefix(innermost(err).Error(), "Error ")
	if !found {
		return false
	}
	end := strings.IndexAny(rest, " :")
	return end > 0 && slices.Contains(numbers, rest[:end])
}

// innermost follows an error to what the driver said.
func innermost(err error) error {
	for {
		switch wrapped := err.(type) { //nolint:errorlint // the wrappers are what is taken off here
		case interface{ Unwrap() error }:
			if wrapped.Unwrap() == nil {
				return err
			}
			err = wrapped.Unwrap()
		case interface{ Unwrap() []error }:
			list := wrapped.Unwrap()
			if len(list) == 0 {
				return err
			}
			err = list[len(list)-1]
		default:
			return err
		}
	}
}
