package session

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// attempts bounds the rounds of a compare-and-swap loop; each lost round means that another caller won one.
const attempts = 200

// errContended reports a key that others changed in every round.
var errContended = errors.New("session: secondary storage changed under every attempt")

// active is one entry of a user's list of sessions, as upstream writes it.
type active struct {
	Token     string `json:"token"`
	ExpiresAt int64  `json:"expiresAt"`
}

func listKey(userID string) string { return "active-sessions-" + userID }

// ttl is the remaining life in whole seconds.
func ttl(c *auth.Call, until time.Time) time.Duration {
	return max(until.Sub(c.Now()), 0).Truncate(time.Second)
}

// storeCached writes a new session and then adds it to its user's list: the other way round, a revocation between the two
// would empty the list and leave a session that no later one finds (GAP-017).
func storeCached(c *auth.Call, s *auth.Session) error {
	user, err := c.FindOne(store.Query{Model: schema.UserModel, Where: store.Where{store.Is("id", s.UserID)}})
	if err != nil {
		return err
	}
	text, err := js.Marshal(auth.SignedIn{Session: s, User: auth.UserFromRecord(user)})
	if err != nil || ttl(c, s.ExpiresAt) == 0 {
		return err
	}
	if err := c.Secondary.Set(c.Ctx(), s.Token, string(text), ttl(c, s.ExpiresAt)); err != nil {
		return err
	}
	return changeList(c, s.UserID, func(list []active) []active {
		return append(list, active{s.Token, s.ExpiresAt.UnixMilli()})
	})
}

// changeList applies change to a user's list of live sessions in one atomic step (GAP-017).
func changeList(c *auth.Call, userID string, change func([]active) []active) error {
	return swap(c, listKey(userID), func(old string) (string, time.Duration, error) {
		list := change(parseList(c, old))
		if len(list) == 0 {
			return "", 0, nil
		}
		slices.SortStableFunc(list, func(a, b active) int { return cmp.Compare(a.ExpiresAt, b.ExpiresAt) })
		text, err := js.Marshal(list)
		return string(text), ttl(c, time.UnixMilli(list[len(list)-1].ExpiresAt)), err
	})
}

// swap replaces a key's value by what change makes of it, however many others do so at once. An empty result deletes the
// key.
func swap(c *auth.Call, key string, change func(old string) (string, time.Duration, error)) error {
	for range attempts {
		old, found, err := c.Secondary.Get(c.Ctx(), key)
		if err != nil {
			return err
		}
		value, life, err := change(old)
		if err != nil {
			return err
		}
		before, after := &old, &value
		if !found {
			before = nil
		}
		if value == "" || life <= 0 {
			after = nil
		}
		if before == nil && after == nil {
			return nil
		}
		done, err := c.Secondary.Swap(c.Ctx(), key, before, after, life)
		if done || err != nil {
			return err
		}
	}
	return errContended
}

// parseList reads a list and drops what has expired or stands there twice.
func parseList(c *auth.Call, text string) []active {
	if text == "" {
		return nil
	}
	tree, err := js.Parse([]byte(text))
	if err != nil {
		c.Logger.Error("list of sessions in secondary storage cannot be read", "error", err)
		return nil
	}
	items, _ := tree.([]any)
	var list []active
	seen := map[string]bool{}
	for _, item := range items {
		obj, _ := item.(*js.Object)
		token, _ := first(obj.Get("token")).(string)
		number, _ := first(obj.Get("expiresAt")).(js.Number)
		expires, _ := number.Int()
		if token == "" || seen[token] || expires <= c.Now().UnixMilli() {
			continue
		}
		seen[token] = true
		list = append(list, active{token, expires})
	}
	return list
}

func first(v any, _ bool) any { return v }

// parseCached reads a session record; a broken one counts as missing.
func parseCached(c *auth.Call, text string) *auth.SignedIn {
	tree, err := js.Parse([]byte(text))
	if err != nil {
		c.Logger.Error("session in secondary storage cannot be read", "error", err)
		return nil
	}
	obj, _ := tree.(*js.Object)
	return fromTrees(c, first(obj.Get("session")), first(obj.Get("user")))
}

// fromTrees reads a session and its user from JSON.
func fromTrees(c *auth.Call, session, user any) *auth.SignedIn {
	s, ok := c.RecordFromTree(schema.SessionModel, session)
	if !ok {
		return nil
	}
	u, ok := c.RecordFromTree(schema.UserModel, user)
	if !ok {
		return nil
	}
	return &auth.SignedIn{Session: auth.SessionFromRecord(s), User: auth.UserFromRecord(u)}
}

func findCached(c *auth.Call, token string) (*auth.SignedIn, error) {
	text, ok, err := c.Secondary.Get(c.Ctx(), token)
	if !ok || err != nil {
		return nil, err
	}
	return parseCached(c, text), nil
}

func listCached(c *auth.Call, userID string) ([]*auth.Session, error) {
	text, _, err := c.Secondary.Get(c.Ctx(), listKey(userID))
	if err != nil {
		return nil, err
	}
	sessions := []*auth.Session{}
	for _, entry := range parseList(c, text) {
		found, err := findCached(c, entry.Token)
		if err != nil {
			return nil, err
		}
		if found != nil && !Expired(c, found.Session) {
			sessions = append(sessions, c.VisibleSession(found.Session))
		}
	}
	return sessions, nil
}

// updateCached changes a record only while it is there, and returns it, or nil when the session has ended.
func updateCached(c *auth.Call, token string, set store.Record) (store.Record, error) {
	var updated *auth.Session
	err := swap(c, token, func(old string) (string, time.Duration, error) {
		updated = nil
		current := parseCached(c, old)
		if old == "" || current == nil {
			return "", 0, nil
		}
		rec := current.Session.Record()
		maps.Copy(rec, set)
		updated = c.VisibleSession(auth.SessionFromRecord(rec))
		text, err := js.Marshal(auth.SignedIn{Session: updated, User: current.User})
		return string(text), ttl(c, updated.ExpiresAt), err
	})
	if updated == nil || err != nil {
		return nil, err
	}
	err = changeList(c, updated.UserID, func(list []active) []active {
		list = slices.DeleteFunc(list, func(a active) bool { return a.Token == token })
		return append(list, active{token, updated.ExpiresAt.UnixMilli()})
	})
	return updated.Record(), err
}

// deleteCached ends a session and reports whether this call did.
func deleteCached(c *auth.Call, token string) (bool, error) {
	text, ok, err := c.Secondary.Take(c.Ctx(), token)
	if !ok || err != nil {
		return false, err
	}
	ended := parseCached(c, text)
	if ended == nil {
		return true, nil
	}
	return true, changeList(c, ended.Session.UserID, func(list []active) []active {
		return slices.DeleteFunc(list, func(a active) bool { return a.Token == token })
	})
}

func deleteAllCached(c *auth.Call, userID string) error {
	return swap(c, listKey(userID), func(list string) (string, time.Duration, error) {
		for _, entry := range parseList(c, list) {
			if err := c.Secondary.Delete(c.Ctx(), entry.Token); err != nil {
				return "", 0, err
			}
		}
		return "", 0, nil
	})
}

func deleteOthersCached(c *auth.Call, userID, token string) error {
	others, err := listCached(c, userID)
	if err != nil {
		return err
	}
	for _, s := range others {
		if s.Token == token {
			continue
		}
		if _, err := deleteCached(c, s.Token); err != nil {
			return err
		}
	}
	return nil
}

// RefreshUser rewrites the user's copy in every live session, after the user has changed. Upstream: refreshUserSessions.
func RefreshUser(c *auth.Call, u *auth.User) error {
	if c.Secondary == nil || u == nil {
		return nil
	}
	text, _, err := c.Secondary.Get(c.Ctx(), listKey(u.ID))
	if err != nil {
		return err
	}
	for _, entry := range parseList(c, text) {
		err := swap(c, entry.Token, func(old string) (string, time.Duration, error) {
			current := parseCached(c, old)
			if old == "" || current == nil {
				return "", 0, nil
			}
			text, err := js.Marshal(auth.SignedIn{Session: current.Session, User: u})
			return string(text), ttl(c, current.Session.ExpiresAt), err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
