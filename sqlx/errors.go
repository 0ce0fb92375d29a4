package sqlx

import (
	"errors"
	"slices"
	"strings"
)

// sqlState returns the SQLSTATE of an error of a PostgreSQL driver: pgx and lib/pq have the method.
func sqlState(err error) string {
	var state interface{ SQLState() string }
	if errors.As(err, &state) {
		return state.SQLState()
	}
	return ""
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
		switch wrapped := err.(type) {
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
