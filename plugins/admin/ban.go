package admin

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// BanUserIn is the input of [BanUser].
type BanUserIn struct {
	UserID    string `body:"userId" is:"coerced" doc:"The user's id"`
	BanReason string `body:"banReason,optional" doc:"Why"`
	// BanExpiresIn is for how many seconds; nil or 0: as the options say.
	BanExpiresIn *float64 `body:"banExpiresIn,optional" doc:"For how many seconds"`
}

// UserOut answers a user; null where there is none.
type UserOut struct {
	User *auth.User `json:"user"`
}

// BanUser bans a user and ends the user's sessions. Upstream: banUser.
var BanUser = auth.Endpoint[BanUserIn, *UserOut]{
	Key: "banUser", OperationID: "banUser", Method: auth.POST, Path: "/admin/ban-user", Doc: "Ban a user", Use: admins,
}

// longestBan is the most seconds of a ban that can be told as a date (GO-013).
const longestBan = 100 * 365 * 24 * 60 * 60

func (p *plugin) banUser(c *auth.Call, in BanUserIn) (*UserOut, error) {
	if err := p.need(c, "user", "ban", NotAllowedToBan); err != nil {
		return nil, err
	}
	found, err := account.FindUserByID(c, in.UserID)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, auth.Fail(http.StatusNotFound, auth.UserNotFound)
	}
	if found.ID == c.Session.User.ID {
		return nil, auth.Fail(http.StatusBadRequest, CannotBanYourself)
	}
	end, err := p.endOfBan(c, in.BanExpiresIn)
	if err != nil {
		return nil, err
	}
	reason := in.BanReason
	if reason == "" {
		reason = p.DefaultBanReason
	}
	u, err := changeAndEnd(c, found.ID, store.Record{"banned": true, "banReason": reason, "banExpires": end})
	return &UserOut{c.VisibleUser(u)}, err
}

// endOfBan is when a ban ends, or nil. An older ban's end does not stay.
func (p *plugin) endOfBan(c *auth.Call, seconds *float64) (any, error) {
	switch {
	case seconds == nil || *seconds == 0:
		if p.DefaultBanExpiresIn > 0 {
			return c.Now().Add(p.DefaultBanExpiresIn), nil
		}
		return nil, nil
	case *seconds > longestBan || *seconds < -longestBan:
		return nil, auth.Fail(http.StatusBadRequest, auth.ValidationError.With("[body.banExpiresIn] "+auth.InvalidInput))
	default:
		return c.Now().Add(time.Duration(*seconds*1000) * time.Millisecond), nil
	}
}

// changeAndEnd changes a user and ends all sessions of the user in one transaction, and once more behind it: a sign-in that
// ran beside it either saw the change, or its session is found now (RACE-021).
func changeAndEnd(c *auth.Call, userID string, set store.Record) (u *auth.User, err error) {
	err = c.InTx(func() error {
		if u, err = account.UpdateUser(c, userID, set); u == nil || err != nil {
			return err
		}
		return session.DeleteAll(c, userID)
	})
	if u == nil || err != nil {
		return nil, err
	}
	return u, session.DeleteAll(c, userID)
}

// UserIn names a user.
type UserIn struct {
	UserID string `body:"userId" is:"coerced" doc:"The user's id"`
}

// UnbanUser lifts a ban. Upstream: unbanUser.
var UnbanUser = auth.Endpoint[UserIn, *UserOut]{
	Key: "unbanUser", OperationID: "unbanUser", Method: auth.POST, Path: "/admin/unban-user", Doc: "Lift the ban of a user", Use: admins,
}

func (p *plugin) unbanUser(c *auth.Call, in UserIn) (*UserOut, error) {
	if err := p.need(c, "user", "ban", NotAllowedToBan); err != nil {
		return nil, err
	}
	u, err := account.UpdateUser(c, in.UserID, noBan())
	return &UserOut{c.VisibleUser(u)}, err
}

func noBan() store.Record {
	return store.Record{"banned": false, "banReason": nil, "banExpires": nil}
}

// banned reports whether a ban holds, and whether it is over but not lifted.
func banned(now time.Time, u *auth.User) (holds, over bool) {
	if u.Extra["banned"] != true {
		return false, false
	}
	end, ends := u.Extra["banExpires"].(time.Time)
	over = ends && end.Before(now)
	return !over, over
}

// checkUser refuses banned users at every use of a session, a key or a token (PEER-037).
func (p *plugin) checkUser(c *auth.Call, u *auth.User) error {
	if holds, _ := banned(c.Now(), u); holds {
		return p.refusal()
	}
	return nil
}

func (p *plugin) refusal() *auth.Error {
	return auth.Fail(http.StatusForbidden, BannedUser.With(p.BannedUserMessage))
}

// refuseBanned keeps banned users from starting a session, on every path, and lifts a ban that is over.
func (p *plugin) refuseBanned(_ context.Context, c *auth.Call, data store.Record) (store.Record, error) {
	id, _ := data["userId"].(string)
	u, err := account.FindUserByID(c, id)
	if u == nil || err != nil {
		return nil, err
	}
	holds, over := banned(c.Now(), u)
	switch {
	case over:
		_, err := account.UpdateUser(c, id, noBan())
		return nil, err
	case !holds:
		return nil, nil
	case strings.HasPrefix(c.Path, "/callback") || strings.HasPrefix(c.Path, "/oauth2/callback"):
		page := c.Options.OnAPIError.ErrorURL
		if page == "" {
			page = c.BaseURL + "/error"
		}
		return nil, auth.Redirect(page + "?error=banned&error_description=" + url.PathEscape(p.BannedUserMessage))
	default:
		return nil, p.refusal()
	}
}

// endIfBanned ends a session that began while its user was banned: its copy in secondary storage may be older than the ban.
func (p *plugin) endIfBanned(_ context.Context, c *auth.Call, row store.Record) error {
	if c.Secondary == nil {
		return nil
	}
	s := auth.SessionFromRecord(row)
	u, err := account.FindUserByID(c, s.UserID)
	if u == nil || err != nil {
		return err
	}
	if holds, _ := banned(c.Now(), u); holds {
		return session.Delete(c, s.Token)
	}
	return nil
}

// giveRole gives new users the default role.
func (p *plugin) giveRole(_ context.Context, _ *auth.Call, data store.Record) (store.Record, error) {
	if _, given := data["role"]; given {
		return nil, nil
	}
	return store.Record{"role": p.DefaultRole}, nil
}
