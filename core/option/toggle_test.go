package option_test

import (
	"testing"

	"github.com/goauth-dev/goauth/core/option"
)

func TestToggleTakesItsDefaultWhileUnset(t *testing.T) {
	for _, tt := range []struct {
		toggle  option.Toggle
		onTrue  bool
		onFalse bool
		text    string
	}{
		{option.Unset, true, false, "unset"}, {option.Of(true), true, true, "on"}, {option.Of(false), false, false, "off"},
	} {
		if got := tt.toggle.Or(true); got != tt.onTrue {
			t.Errorf("%v.Or(true) = %v", tt.toggle, got)
		}
		if got := tt.toggle.Or(false); got != tt.onFalse {
			t.Errorf("%v.Or(false) = %v", tt.toggle, got)
		}
		if got := tt.toggle.String(); got != tt.text {
			t.Errorf("String is %q, want %q", got, tt.text)
		}
	}
}
