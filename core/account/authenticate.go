package account

import "github.com/goauth-dev/goauth/core/auth"

// Authenticate returns u when the password is u's, else refused. u is the user that somebody named, or nil when nobody has
// that name: an unknown name then takes as long as a wrong password. Wrong passwords count by user, whatever the name was
// that a client gave (PEER-028).
func Authenticate(c *auth.Call, u *auth.User, name, password string, refused *auth.Error) (*auth.User, error) {
	throttle, err := StartThrottle(c, u, name)
	if err != nil {
		return nil, err
	}
	userID := Nobody
	if u != nil {
		userID = u.ID
	}
	own, err := Password(c, userID)
	if err != nil {
		return nil, err
	}
	right, err := VerifyAccount(c, own, password)
	if err != nil {
		return nil, err
	}
	if !right || u == nil {
		if err := throttle.Failed(); err != nil {
			return nil, err
		}
		return nil, refused
	}
	return u, throttle.Succeeded()
}
