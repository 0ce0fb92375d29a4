package anonymous

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

const signInPath = "/sign-in/anonymous"

// SignInOut is the output of signInAnonymous.
type SignInOut struct {
	Token string     `json:"token"`
	User  *auth.User `json:"user"`
}

// SignIn is the operation signInAnonymous, as an application calls it. It fails with
// ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY, INVALID_EMAIL_FORMAT, FAILED_TO_CREATE_USER or
// COULD_NOT_CREATE_SESSION.
var SignIn = signIn(&Options{})

func signIn(o *Options) auth.Endpoint[struct{}, *SignInOut] {
	return auth.Endpoint[struct{}, *SignInOut]{
		Key: "signInAnonymous", Method: auth.POST, Path: signInPath, Doc: "Sign in anonymously", Use: []auth.Guard{auth.FormCSRF},
		Handle: func(c *auth.Call, _ struct{}) (*SignInOut, error) { return o.signIn(c) },
	}
}

func (o *Options) signIn(c *auth.Call) (*SignInOut, error) {
	if s := session.Current(c, session.LookupOptions{NoRefresh: true}); s != nil && isAnonymous(s.User) {
		return nil, auth.Fail(http.StatusBadRequest, CannotSignInAgainAnonymously)
	}
	data, err := o.newUser(c)
	if err != nil {
		return nil, err
	}
	var user *auth.User
	var started *auth.Session
	err = c.InTx(func() (err error) {
		user, err = account.CreateUser(c, data)
		if errors.Is(err, auth.ErrAbort) {
			return auth.Fail(http.StatusInternalServerError, FailedToCreateUser).Because(err)
		}
		if err != nil {
			return err
		}
		started, err = session.Create(c, user.ID, false, nil)
		if errors.Is(err, auth.ErrAbort) {
			return auth.Fail(http.StatusBadRequest, CouldNotCreateSession).Because(err)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := session.SetCookie(c, &auth.SignedIn{Session: started, User: user}, option.Unset); err != nil {
		return nil, err
	}
	return &SignInOut{started.Token, c.VisibleUser(user)}, nil
}

func (o *Options) newUser(c *auth.Call) (store.Record, error) {
	email, err := o.email(c)
	if err != nil {
		return nil, err
	}
	name := ""
	if o.GenerateName != nil {
		if name, err = o.GenerateName(c); err != nil {
			return nil, err
		}
	}
	now := c.Now()
	return store.Record{
		"email": email, "emailVerified": false, "isAnonymous": true, "name": cmp.Or(name, "Anonymous"), "createdAt": now, "updatedAt": now,
	}, nil
}

// email makes the address of a new user.
func (o *Options) email(c *auth.Call) (string, error) {
	if o.GenerateRandomEmail != nil {
		custom, err := o.GenerateRandomEmail(c.Ctx())
		if err != nil {
			return "", err
		}
		if custom != "" {
			if !auth.IsEmail(custom) {
				return "", auth.Fail(http.StatusBadRequest, InvalidEmailFormat)
			}
			return custom, nil
		}
	}
	id, err := c.RandomID(idLength)
	if err != nil {
		return "", err
	}
	if o.EmailDomainName != "" {
		return "temp-" + id + "@" + o.EmailDomainName, nil
	}
	return "temp@" + id + ".com", nil
}

const idLength = 32

// DeleteOut is the output of deleteAnonymousUser.
type DeleteOut struct {
	Success bool `json:"success"`
}

// DeleteUser is the operation deleteAnonymousUser, as an application calls it: it deletes the caller, with every session.
// It fails with DELETE_ANONYMOUS_USER_DISABLED, USER_IS_NOT_ANONYMOUS or FAILED_TO_DELETE_ANONYMOUS_USER.
var DeleteUser = deleteUser(&Options{})

func deleteUser(o *Options) auth.Endpoint[struct{}, *DeleteOut] {
	return auth.Endpoint[struct{}, *DeleteOut]{
		Key: "deleteAnonymousUser", Method: auth.POST, Path: "/delete-anonymous-user", Doc: "Delete an anonymous user",
		Use: []auth.Guard{session.Sensitive}, Handle: func(c *auth.Call, _ struct{}) (*DeleteOut, error) { return o.deleteUser(c) },
	}
}

func (o *Options) deleteUser(c *auth.Call) (*DeleteOut, error) {
	switch {
	case o.DisableDeleteAnonymousUser:
		return nil, auth.Fail(http.StatusBadRequest, DeletingAnonymousUsersDisabled)
	case !isAnonymous(c.Session.User):
		return nil, auth.Fail(http.StatusForbidden, UserIsNotAnonymous)
	}
	if err := account.DeleteUser(c, c.Session.User.ID); err != nil {
		c.Logger.Error("failed to delete an anonymous user", "error", err)
		return nil, auth.Fail(http.StatusInternalServerError, FailedToDeleteAnonymousUser).Because(err)
	}
	return &DeleteOut{true}, session.DeleteCookie(c)
}

func isAnonymous(u *auth.User) bool {
	anonymous, _ := u.Extra["isAnonymous"].(bool)
	return anonymous
}

// signInPaths begin the paths that sign somebody in.
var signInPaths = []string{
	"/sign-in", "/sign-up", "/callback", "/oauth2/callback", "/magic-link/verify", "/email-otp/verify-email", "/one-tap/callback",
	"/passkey/verify-authentication", "/phone-number/verify",
}

func signsIn(c *auth.Call) bool {
	for _, prefix := range signInPaths {
		if strings.HasPrefix(c.Path, prefix) {
			return true
		}
	}
	return false
}

// link runs after an operation that gave the client another session than the anonymous one that it came with: the
// application may move what belongs to the anonymous user, who is then deleted.
func (o *Options) link(c *auth.Call) error {
	started := c.NewSession
	if started == nil || c.Header == nil {
		return nil
	}
	before := before(c)
	if before == nil || !isAnonymous(before.User) {
		return nil
	}
	if o.OnLinkAccount != nil {
		if err := o.OnLinkAccount(c, Link{before, started}); err != nil {
			return err
		}
	}
	if o.DisableDeleteAnonymousUser || started.User.ID == before.User.ID || isAnonymous(started.User) {
		return nil
	}
	return account.DeleteUser(c, before.User.ID)
}

// before returns the session that the client came with.
func before(c *auth.Call) *auth.SignedIn {
	s := session.Current(c, session.LookupOptions{NoRefresh: true})
	if s == nil || s.Session.Token == c.NewSession.Session.Token {
		return nil
	}
	return s
}
