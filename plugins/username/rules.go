package username

import (
	"context"
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

const signUpPath, updatePath = "/sign-up/email", "/update-user"

func signsUp(c *auth.Call) bool { return c.Path == signUpPath }

func takesName(c *auth.Call) bool { return signsUp(c) || c.Path == updatePath }

// checkName refuses a name that is too short, too long or against the rule, with status.
func (o *Options) checkName(ctx context.Context, name string, status int) error {
	switch n := auth.TextLength(name); {
	case n < o.minLength():
		return auth.Fail(status, UsernameTooShort)
	case n > o.maxLength():
		return auth.Fail(status, UsernameTooLong)
	}
	ok, err := o.validate(ctx, name)
	if err == nil && !ok {
		err = auth.Fail(status, InvalidUsername)
	}
	return err
}

// checkNew is checkName for a name that is about to be stored, in the form that the options say.
func (o *Options) checkNew(ctx context.Context, name string) error {
	if o.ValidationOrder.Username == postNormalization {
		name = o.normalize(name)
	}
	return o.checkName(ctx, name, http.StatusBadRequest)
}

func (o *Options) checkDisplay(ctx context.Context, name string) error {
	if o.DisplayUsernameValidator == nil {
		return nil
	}
	if o.ValidationOrder.DisplayUsername == postNormalization {
		name = o.normalizeDisplay(name)
	}
	ok, err := o.DisplayUsernameValidator(ctx, name)
	if err == nil && !ok {
		err = auth.Fail(http.StatusBadRequest, InvalidDisplayUsername)
	}
	return err
}

// find returns the user with a name, in its stored form, or nil.
func (o *Options) find(c *auth.Call, name string) (*auth.User, error) {
	row, err := c.FindOne(store.Query{Model: schema.UserModel, Where: store.Where{store.Is("username", name)}})
	if kept, _ := row["username"].(string); kept != name { // a database may compare more loosely (GAP-006)
		return nil, err
	}
	return auth.UserFromRecord(row), err
}

// checkRequest checks the names in a body before anything else is, as upstream does.
func (o *Options) checkRequest(c *auth.Call) error {
	body, _ := c.Body.(*auth.Object)
	if name, given := textOf(body, "username"); given {
		if err := o.checkNew(c.Ctx(), name); err != nil {
			return err
		}
		if err := o.checkFree(c, o.normalize(name)); err != nil {
			return err
		}
	}
	if name, given := textOf(body, "displayUsername"); given {
		return o.checkDisplay(c.Ctx(), name)
	}
	return nil
}

func textOf(body *auth.Object, key string) (string, bool) {
	v, _ := body.Get(key)
	s, ok := v.(string)
	return s, ok
}

// checkFree refuses a name that another user has.
func (o *Options) checkFree(c *auth.Call, name string) error {
	owner, err := o.find(c, name)
	if owner == nil || err != nil {
		return err
	}
	if c.Path == updatePath {
		if s := session.Current(c, session.LookupOptions{}); s != nil && s.User.ID == owner.ID {
			return nil
		}
	}
	return auth.Fail(http.StatusBadRequest, UsernameIsAlreadyTaken)
}

// nameBoth takes one of the two names for the other when only one is given. A display name that cannot be a name stays
// what it is (UP-124).
func (o *Options) nameBoth(c *auth.Call) error {
	body, _ := c.Body.(*auth.Object)
	name, _ := textOf(body, "username")
	display, _ := textOf(body, "displayUsername")
	switch {
	case name != "" && display == "":
		body.Set("displayUsername", name)
	case name == "" && display != "":
		err := o.checkNew(c.Ctx(), display)
		if err == nil {
			body.Set("username", display)
		}
		if _, refused := errors.AsType[*auth.Error](err); !refused {
			return err
		}
	}
	return nil
}

// beforeCreate holds every way to create a user against the rules, not only the routes that upstream checks (UP-124).
func (o *Options) beforeCreate(ctx context.Context, c *auth.Call, data store.Record) (store.Record, error) {
	changed, err := o.beforeUpdate(ctx, c, data)
	if name, ok := changed["username"].(string); ok && err == nil {
		owner, err := o.find(c, name)
		if err != nil {
			return nil, err
		}
		if owner != nil {
			return nil, auth.Fail(http.StatusBadRequest, UsernameIsAlreadyTaken)
		}
	}
	return changed, err
}

// beforeUpdate checks and normalizes the names in a write.
func (o *Options) beforeUpdate(ctx context.Context, _ *auth.Call, data store.Record) (store.Record, error) {
	changed := store.Record{}
	if name, _ := data["username"].(string); name != "" {
		if err := o.checkNew(ctx, name); err != nil {
			return nil, err
		}
		changed["username"] = o.normalize(name)
	}
	if name, _ := data["displayUsername"].(string); name != "" {
		if err := o.checkDisplay(ctx, name); err != nil {
			return nil, err
		}
		changed["displayUsername"] = o.normalizeDisplay(name)
	}
	return changed, nil
}
