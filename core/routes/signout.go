package routes

import (
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
)

// SignOut ends the caller's session and makes the client forget it. Without a session it does the latter.
var SignOut = auth.Endpoint[struct{}, *Success]{
	Key: "signOut", OperationID: "signOut", Method: auth.POST, Path: "/sign-out", Doc: "Sign out the current user", NeedsHeader: true, Handle: signOut,
}

func signOut(c *auth.Call, _ struct{}) (*Success, error) {
	token, ok, _ := c.SignedCookie(c.CookieSet.SessionToken.Name)
	if ok {
		if err := session.Delete(c, token); err != nil {
			c.Logger.Error("failed to delete session", "error", err)
			return nil, err
		}
	}
	return &Success{Success: true}, session.DeleteCookie(c)
}
