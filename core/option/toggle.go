// Package option holds the small value types that options are made of, and decodes options from
// configuration files under Better Auth's own names.
package option

import "fmt"

// Toggle is a switch whose default depends on the option: its zero value means "not set".
type Toggle uint8

// The three states of a [Toggle].
const (
	// Unset takes the option's documented default.
	Unset Toggle = iota
	// On switches the option on.
	On
	// Off switches the option off.
	Off
)

// Of returns [On] for true and [Off] for false.
func Of(b bool) Toggle {
	if b {
		return On
	}
	return Off
}

// Or reports whether the toggle is on, taking def when it is unset.
func (t Toggle) Or(def bool) bool {
	switch t {
	case On:
		return true
	case Off:
		return false
	default:
		return def
	}
}

// String returns "unset", "on" or "off".
func (t Toggle) String() string {
	return [...]string{"unset", "on", "off"}[min(t, Off)]
}

// DecodeOption implements [Decoder]: true, false, or null for unset.
func (t *Toggle) DecodeOption(v any) error {
	switch b := v.(type) {
	case nil:
		*t = Unset
	case bool:
		*t = Of(b)
	default:
		return fmt.Errorf("must be true or false, not %s", describe(v))
	}
	return nil
}
