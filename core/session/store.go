// Package session keeps sessions: in the database, in secondary storage, or in both, with a copy in cookies.
package session

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// shortLife is the life of a session that is not to be remembered; its cookie ends with the browser.
const shortLife = 24 * time.Hour

// InDatabase reports whether sessions have rows in the database.
func InDatabase(c *auth.Call) bool {
	return c.Secondary == nil || c.Options.Session.StoreSessionInDatabase
}

// endsInDatabase reports whether an ended session's row goes away.
func endsInDatabase(c *auth.Call) bool {
	return InDatabase(c) && (c.Secondary == nil || !c.Options.Session.PreserveSessionInDatabase)
}

// Create starts a session for a user with a new id and token. extra sets further fields; of the core's own only expiresAt. With dontRemember it lives a day
// and its cookie ends with the browser. It fails with auth.ErrAbort when a hook refuses it. Upstream: createSession.
func Create(c *auth.Call, userID string, dontRemember bool, extra store.Record) (*auth.Session, error) {
	data, err := newSession(c, userID, dontRemember, extra)
	if err != nil {
		return nil, err
	}
	row, err := c.CreateWith(schema.SessionModel, data, func(rec store.Record) (store.Record, error) {
		if InDatabase(c) {
			if rec, err = c.Insert(schema.SessionModel, rec); err != nil {
				return nil, err
			}
		}
		if c.Secondary == nil {
			return rec, nil
		}
		return rec, storeCached(c, auth.SessionFromRecord(rec))
	})
	if err != nil {
		return nil, err
	}
	return auth.SessionFromRecord(row), nil
}

// Start is [Create] for an operation that signs somebody in: a hook that refuses the session makes it fail with status and
// FAILED_TO_CREATE_SESSION.
func Start(c *auth.Call, userID string, dontRemember bool, status int) (*auth.Session, error) {
	s, err := Create(c, userID, dontRemember, nil)
	if errors.Is(err, auth.ErrAbort) {
		return nil, auth.Fail(status, auth.FailedToCreateSession).Because(err)
	}
	return s, err
}

func newSession(c *auth.Call, userID string, dontRemember bool, extra store.Record) (store.Record, error) {
	token, err := c.RandomID(tokenLength)
	if err != nil {
		return nil, err
	}
	life, now := c.Options.Session.ExpiresIn, c.Now()
	if dontRemember {
		life = shortLife
	}
	data := c.Defaults(schema.SessionModel)
	for name, v := range extra {
		data[name] = v
	}
	data["ipAddress"], data["userAgent"] = c.ClientIP(), userAgent(c.Header)
	data["expiresAt"], data["userId"], data["token"] = now.Add(life), userID, token
	data["createdAt"], data["updatedAt"] = now, now
	if end, given := extra["expiresAt"]; given {
		data["expiresAt"] = end
	}
	delete(data, "id")
	if !InDatabase(c) {
		if data["id"], err = idWithoutDatabase(c); err != nil {
			return nil, err
		}
	}
	return data, nil
}

const tokenLength = 32

func idWithoutDatabase(c *auth.Call) (string, error) {
	id, err := c.NewID(schema.SessionModel)
	if id != "" || err != nil {
		return id, err
	}
	return c.RandomID(tokenLength)
}

// userAgent is the client's own description, its bytes read as Latin-1 as Node reads headers and NUL left out, so that it
// is text that every database takes (GO-014).
func userAgent(h http.Header) string {
	agent := strings.ReplaceAll(h.Get("User-Agent"), "\x00", "")
	ascii := strings.IndexFunc(agent, func(r rune) bool { return r >= 0x80 }) < 0
	if ascii {
		return agent
	}
	runes := make([]rune, len(agent))
	for i := range len(agent) {
		runes[i] = rune(agent[i])
	}
	return string(runes)
}

// Find returns the session with a token and its user, expired or not, or nil: also when a plugin refuses the user. Fields
// that clients must not see are left out. It is one query. Upstream: findSession.
func Find(c *auth.Call, token string) (*auth.SignedIn, error) {
	if c.Secondary != nil {
		found, err := findCached(c, token)
		if err != nil {
			return nil, err
		}
		if found != nil {
			return usable(c, found), nil
		}
		if !endsInDatabase(c) {
			return nil, nil
		}
	}
	row, err := c.FindOne(store.Query{
		Model: schema.SessionModel, Where: store.Where{store.Is("token", token)}, Join: schema.UserModel,
	})
	if row == nil || err != nil {
		return nil, err
	}
	s := joined(c, row)
	if s == nil || !auth.SameText(s.Session.Token, token) { // a database may compare more loosely (GAP-006)
		return nil, nil
	}
	return s, nil
}

// FindAll returns the live sessions among tokens, each with its user, in the order of the tokens. It is one query where
// sessions are in the database. Upstream: findSessions.
func FindAll(c *auth.Call, tokens []string) ([]*auth.SignedIn, error) {
	found, err := findEach(c, tokens)
	if err != nil {
		return nil, err
	}
	var live []*auth.SignedIn
	for _, token := range tokens {
		if s := found[token]; s != nil && !Expired(c, s.Session) {
			live = append(live, s)
			delete(found, token)
		}
	}
	return live, nil
}

// findEach returns sessions by their tokens.
func findEach(c *auth.Call, tokens []string) (map[string]*auth.SignedIn, error) {
	found := make(map[string]*auth.SignedIn, len(tokens))
	if c.Secondary != nil || len(tokens) == 0 {
		for _, token := range tokens {
			s, err := Find(c, token)
			if err != nil {
				return nil, err
			}
			found[token] = s
		}
		return found, nil
	}
	rows, err := c.Find(store.Query{
		Model: schema.SessionModel, Where: store.Where{{Field: "token", Op: store.In, Value: tokens}}, Join: schema.UserModel, Limit: len(tokens),
	})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if s := joined(c, row); s != nil {
			found[s.Session.Token] = s
		}
	}
	return found, nil
}

// joined reads a session's row with its user, or nil without one who may use it.
func joined(c *auth.Call, row store.Record) *auth.SignedIn {
	user, _ := row[schema.UserModel].(store.Record)
	if user == nil {
		return nil
	}
	delete(row, schema.UserModel)
	return usable(c, &auth.SignedIn{Session: auth.SessionFromRecord(row), User: auth.UserFromRecord(user)})
}

// usable is a stored session as clients see it, or nil when a plugin refuses its user.
func usable(c *auth.Call, s *auth.SignedIn) *auth.SignedIn {
	if c.CheckUser(s.User) != nil {
		return nil
	}
	return visible(c, s)
}

func visible(c *auth.Call, s *auth.SignedIn) *auth.SignedIn {
	return &auth.SignedIn{Session: c.VisibleSession(s.Session), User: c.VisibleUser(s.User)}
}

// List returns the sessions of a user that have not expired. Upstream: listSessions.
func List(c *auth.Call, userID string) ([]*auth.Session, error) {
	if c.Secondary != nil {
		return listCached(c, userID)
	}
	rows, err := c.Find(store.Query{Model: schema.SessionModel, Where: store.Where{
		store.Is("userId", userID), {Field: "expiresAt", Op: store.Gt, Value: c.Now()},
	}})
	if err != nil {
		return nil, err
	}
	sessions := make([]*auth.Session, len(rows))
	for i, row := range rows {
		sessions[i] = c.VisibleSession(auth.SessionFromRecord(row))
	}
	return sessions, nil
}

// Update changes the session with a token and returns it as stored, or nil when it has ended meanwhile: a session that
// was revoked does not come back. Upstream: updateSession.
func Update(c *auth.Call, token string, set store.Record) (*auth.Session, error) {
	row, err := c.UpdateWith(schema.SessionModel, set, func(set store.Record) (store.Record, error) {
		var cached store.Record
		if c.Secondary != nil {
			var err error
			if cached, err = updateCached(c, token, set); err != nil {
				return nil, err
			}
		}
		// A record that secondary storage has lost lives on in its row, unless rows outlive their sessions.
		if !InDatabase(c) || cached == nil && !endsInDatabase(c) {
			return cached, nil
		}
		return c.Patch(schema.SessionModel, store.Where{store.Is("token", token)}, set)
	})
	return auth.SessionFromRecord(row), err
}

// Delete ends the session with a token. Upstream: deleteSession.
func Delete(c *auth.Call, token string) error {
	c.Revoked.EndSession(c.Ctx(), token)
	return remove(c, token)
}

// Take is [Delete] that reports whether this call ended the session: of any number of callers at once one gets true.
func Take(c *auth.Call, token string) (bool, error) {
	c.Revoked.EndSession(c.Ctx(), token)
	if !endsInDatabase(c) {
		return deleteCached(c, token)
	}
	row, err := c.Consume(schema.SessionModel, store.Where{store.Is("token", token)}, nil)
	if err == nil && c.Secondary != nil {
		_, err = deleteCached(c, token)
	}
	return row != nil, err
}

// remove forgets a session of which no copy can be good.
func remove(c *auth.Call, token string) error {
	if c.Secondary != nil {
		if _, err := deleteCached(c, token); err != nil {
			return err
		}
		if !endsInDatabase(c) {
			return nil
		}
	}
	return c.Delete(schema.SessionModel, store.Where{store.Is("token", token)})
}

// DeleteAll ends every session of a user. Upstream: deleteSessions.
func DeleteAll(c *auth.Call, userID string) error {
	c.Revoked.EndUser(c.Ctx(), userID)
	if c.Secondary != nil {
		if err := deleteAllCached(c, userID); err != nil {
			return err
		}
		if !endsInDatabase(c) {
			return nil
		}
	}
	return c.Delete(schema.SessionModel, store.Where{store.Is("userId", userID)})
}

// DeleteOthers ends every live session of a user but one. Upstream: revokeOtherSessions.
func DeleteOthers(c *auth.Call, userID, token string) error {
	c.Revoked.EndUser(c.Ctx(), userID)
	if c.Secondary != nil {
		if err := deleteOthersCached(c, userID, token); err != nil {
			return err
		}
		if !endsInDatabase(c) {
			return nil
		}
	}
	return c.Delete(schema.SessionModel, store.Where{
		store.Is("userId", userID), {Field: "token", Op: store.Ne, Value: token}, {Field: "expiresAt", Op: store.Gt, Value: c.Now()},
	})
}

// Expired reports whether a session is over: by its expiry, or by the option's end for every session.
func Expired(c *auth.Call, s *auth.Session) bool {
	now, end := c.Now(), c.Options.Session.MaxAge
	return s.ExpiresAt.Before(now) || end > 0 && !s.CreatedAt.Add(end).After(now)
}
