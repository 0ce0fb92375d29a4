package routes

import (
	"maps"
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
)

// UpdateSessionIn is the input of [UpdateSession].
type UpdateSessionIn struct {
	// Fields are the session's additional fields to change.
	Fields *auth.Object `body:"*,optional" model:"session"`
}

// UpdateSessionOut is the output of [UpdateSession].
type UpdateSessionOut struct {
	Session *auth.Session `json:"session"`
}

// UpdateSession changes the additional fields of the caller's session. It fails with FIELD_NOT_ALLOWED for a field that
// is not for requests.
var UpdateSession = auth.Endpoint[UpdateSessionIn, *UpdateSessionOut]{
	Key: "updateSession", OperationID: "updateSession", Method: auth.POST, Path: "/update-session", Doc: "Update the current session",
	Use: []auth.Guard{session.Sensitive}, Handle: updateSession,
}

func updateSession(c *auth.Call, in UpdateSessionIn) (*UpdateSessionOut, error) {
	set, err := c.ParseInput(schema.SessionModel, in.Fields, auth.ForUpdate)
	if err != nil {
		return nil, err
	}
	if len(set) == 0 {
		return nil, auth.FailText(http.StatusBadRequest, "No fields to update")
	}
	current := c.Session
	set["updatedAt"] = c.Now()
	s, err := session.Update(c, current.Session.Token, set)
	if err != nil {
		return nil, err
	}
	if s == nil && session.HasStore(c) {
		return nil, auth.Fail(http.StatusUnauthorized, auth.FailedToGetSession)
	}
	if s == nil { // no store: the copy is the session
		rec := current.Session.Record()
		maps.Copy(rec, set)
		s = auth.SessionFromRecord(rec)
	}
	if err := session.SetCookie(c, &auth.SignedIn{Session: s, User: current.User}, option.Unset); err != nil {
		return nil, err
	}
	return &UpdateSessionOut{c.VisibleSession(s)}, nil
}
