package admin

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// SetRoleIn is the input of [SetRole].
type SetRoleIn struct {
	UserID string     `body:"userId" is:"coerced" doc:"The user's id"`
	Role   auth.Texts `body:"role" doc:"One role or several"`
}

// SetRole gives a user roles in place of the old ones. Upstream: setRole.
var SetRole = auth.Endpoint[SetRoleIn, *UserOut]{
	Key: "setRole", OperationID: "setUserRole", Method: auth.POST, Path: "/admin/set-role", Doc: "Set the role of a user", NeedsHeader: true, Use: admins,
}

func (p *plugin) setRole(c *auth.Call, in SetRoleIn) (*UserOut, error) {
	if err := p.need(c, "user", "set-role", NotAllowedToChangeRole); err != nil {
		return nil, err
	}
	if err := p.checkRoles(in.Role); err != nil {
		return nil, err
	}
	u, err := account.UpdateUser(c, in.UserID, store.Record{"role": strings.Join(in.Role, ",")})
	return &UserOut{c.VisibleUser(u)}, err
}

// checkRoles refuses a role that is none of the configured ones.
func (p *plugin) checkRoles(roles []string) error {
	for _, name := range roles {
		if _, known := p.Roles[name]; p.Roles != nil && !known {
			return auth.Fail(http.StatusBadRequest, NonExistentRole)
		}
	}
	return nil
}

// GetUserIn is the input of [GetUser].
type GetUserIn struct {
	ID string `query:"id" doc:"The user's id"`
}

// GetUser returns a user. Upstream: getUser.
var GetUser = auth.Endpoint[GetUserIn, *auth.User]{
	Key: "getUser", OperationID: "getUser", Method: auth.GET, Path: "/admin/get-user", Doc: "Get a user", Use: admins,
}

func (p *plugin) getUser(c *auth.Call, in GetUserIn) (*auth.User, error) {
	if err := p.need(c, "user", "get", NotAllowedToGet); err != nil {
		return nil, err
	}
	u, err := account.FindUserByID(c, in.ID)
	if u == nil && err == nil {
		err = auth.Fail(http.StatusNotFound, auth.UserNotFound)
	}
	return c.VisibleUser(u), err
}

// CreateUserIn is the input of [CreateUser].
type CreateUserIn struct {
	Email    string     `body:"email" doc:"The address"`
	Password string     `body:"password,optional" doc:"The password; none without"`
	Name     string     `body:"name" doc:"The name"`
	Role     auth.Texts `body:"role,optional" doc:"One role or several"`
	// Data are further fields of the user.
	Data *auth.Object `body:"data,optional" is:"record" doc:"Further fields"`
}

// CreateUser adds a user. Go code without request headers may always. Upstream: createUser.
var CreateUser = auth.Endpoint[CreateUserIn, *UserOut]{
	Key: "createUser", OperationID: "createUser", Method: auth.POST, Path: "/admin/create-user", Doc: "Create a user",
}

func (p *plugin) createUser(c *auth.Call, in CreateUserIn) (*UserOut, error) {
	if err := p.mayCreate(c); err != nil {
		return nil, err
	}
	email := account.LowerASCII(in.Email)
	if !auth.IsEmail(email) {
		return nil, auth.Fail(http.StatusBadRequest, auth.InvalidEmail)
	}
	data, err := p.dataOfNew(c, &in)
	if err != nil {
		return nil, err
	}
	data["email"], data["name"] = email, in.Name
	u, err := addUser(c, data, in.Password)
	return &UserOut{c.VisibleUser(u)}, err
}

// mayCreate refuses a client who must not create users. The server itself may.
func (p *plugin) mayCreate(c *auth.Call) error {
	s, err := session.Confirmed(c)
	switch {
	case err != nil:
		return err
	case s != nil:
		c.Session = s
		return p.need(c, "user", "create", NotAllowedToCreate)
	case c.Header != nil:
		return auth.FailStatus(http.StatusUnauthorized)
	default:
		return nil
	}
}

// dataOfNew is the fields of a new user but for name and address. What needs more than the permission to create is asked for
// too (UP-059).
func (p *plugin) dataOfNew(c *auth.Call, in *CreateUserIn) (store.Record, error) {
	data, err := p.fieldsFrom(c, in.Data)
	if err != nil {
		return nil, err
	}
	delete(data, "name")
	delete(data, "email")
	if len(in.Role) > 0 {
		if c.Session != nil {
			if err := p.need(c, "user", "set-role", NotAllowedToChangeRole); err != nil {
				return nil, err
			}
		}
		if err := p.checkRoles(in.Role); err != nil {
			return nil, err
		}
		if _, also := data["role"]; !also {
			data["role"] = strings.Join(in.Role, ",")
		}
	}
	return data, nil
}

// addUser stores a user, and the password when there is one. The password is looked at before the transaction: what a plugin
// asks about it may take long.
func addUser(c *auth.Call, data store.Record, password string) (u *auth.User, err error) {
	email, _ := data["email"].(string)
	if found, err := account.FindUserByEmail(c, email); found != nil || err != nil {
		if err == nil {
			err = auth.Fail(http.StatusBadRequest, auth.UserAlreadyExistsUseAnotherEmail)
		}
		return nil, err
	}
	hash := ""
	if password != "" {
		if hash, err = c.HashPassword(password); err != nil {
			return nil, err
		}
	}
	err = c.InTx(func() error {
		u, err = storeUser(c, data, hash)
		return err
	})
	return u, err
}

func storeUser(c *auth.Call, data store.Record, hash string) (*auth.User, error) {
	now := c.Now()
	data["createdAt"], data["updatedAt"] = now, now
	u, err := account.CreateUser(c, data)
	switch {
	case errors.Is(err, store.ErrDuplicate):
		return nil, auth.Fail(http.StatusBadRequest, auth.UserAlreadyExistsUseAnotherEmail)
	case errors.Is(err, auth.ErrAbort):
		return nil, auth.Fail(http.StatusInternalServerError, auth.FailedToCreateUser)
	case err != nil || hash == "":
		return u, err
	}
	return u, account.LinkPassword(c, u.ID, hash)
}

// UpdateUserIn is the input of [UpdateUser].
type UpdateUserIn struct {
	UserID string       `body:"userId" is:"coerced" doc:"The user's id"`
	Data   *auth.Object `body:"data" is:"record" doc:"The fields to change"`
}

// UpdateUser changes fields of a user and returns the user, or nil when there is none. Upstream: adminUpdateUser.
var UpdateUser = auth.Endpoint[UpdateUserIn, *auth.User]{
	Key: "adminUpdateUser", OperationID: "adminUpdateUser", Method: auth.POST, Path: "/admin/update-user", Doc: "Change a user", Use: admins,
}

func (p *plugin) updateUser(c *auth.Call, in UpdateUserIn) (*auth.User, error) {
	if err := p.need(c, "user", "update", NotAllowedToUpdate); err != nil {
		return nil, err
	}
	if in.Data.Len() == 0 {
		return nil, auth.Fail(http.StatusBadRequest, NoDataToUpdate)
	}
	set, err := p.fieldsFrom(c, in.Data)
	if err != nil {
		return nil, err
	}
	if email, changed := set["email"].(string); changed {
		if set["email"], err = freeEmail(c, in.UserID, email); err != nil {
			return nil, err
		}
	}
	var u *auth.User
	switch {
	case set["banned"] != true:
		u, err = account.UpdateUser(c, in.UserID, set)
	case in.UserID == c.Session.User.ID:
		return nil, auth.Fail(http.StatusBadRequest, CannotBanYourself)
	default:
		u, err = changeAndEnd(c, in.UserID, set)
	}
	if errors.Is(err, store.ErrDuplicate) {
		return nil, auth.Fail(http.StatusBadRequest, auth.UserAlreadyExistsUseAnotherEmail)
	}
	return c.VisibleUser(u), err
}

// freeEmail is an address in the form that is stored, unless it is none or somebody else's.
func freeEmail(c *auth.Call, userID, email string) (string, error) {
	email = account.LowerASCII(email)
	if !auth.IsEmail(email) {
		return "", auth.Fail(http.StatusBadRequest, auth.InvalidEmail)
	}
	found, err := account.FindUserByEmail(c, email)
	if err == nil && found != nil && found.ID != userID {
		err = auth.Fail(http.StatusBadRequest, auth.UserAlreadyExistsUseAnotherEmail)
	}
	return email, err
}

// fieldsFrom takes the fields of a user out of a body, in their stored types; keys that are no fields are left out. Roles,
// bans and addresses need permissions of their own, and passwords are not set so (UP-059).
func (p *plugin) fieldsFrom(c *auth.Call, body *auth.Object) (store.Record, error) {
	set := store.Record{}
	for name, v := range body.All() {
		if name == "password" {
			return nil, auth.Fail(http.StatusBadRequest, auth.FieldNotAllowed.With("password is not allowed to be set"))
		}
		field := c.Field(schema.UserModel, name)
		if field == nil {
			continue
		}
		if err := p.mayWrite(c, name); err != nil {
			return nil, err
		}
		var err error
		if name == "role" {
			set[name], err = p.roleFrom(v)
		} else {
			set[name], err = auth.StoredValue(field, v)
		}
		if err != nil {
			return nil, err
		}
	}
	return set, nil
}

// mayWrite refuses fields that need more than the permission to create or change users. The server itself may.
func (p *plugin) mayWrite(c *auth.Call, field string) error {
	switch {
	case c.Session == nil:
		return nil
	case field == "role":
		return p.need(c, "user", "set-role", NotAllowedToChangeRole)
	case slices.Contains([]string{"banned", "banReason", "banExpires"}, field):
		return p.need(c, "user", "ban", NotAllowedToBan)
	case field == "email" || field == "emailVerified":
		return p.need(c, "user", "set-email", NotAllowedToUpdate)
	default:
		return nil
	}
}

// roleFrom is one role, or a list of them, as it is stored.
func (p *plugin) roleFrom(v any) (any, error) {
	items, list := v.([]any)
	if !list {
		items = []any{v}
	}
	roles := make([]string, len(items))
	for i, item := range items {
		var ok bool
		if roles[i], ok = item.(string); !ok {
			return nil, auth.Fail(http.StatusBadRequest, InvalidRoleType)
		}
	}
	return strings.Join(roles, ","), p.checkRoles(roles)
}

// SuccessOut says that an operation was done.
type SuccessOut struct {
	Success bool `json:"success"`
}

// RemoveUser deletes a user with all sessions and accounts. Upstream: removeUser.
var RemoveUser = auth.Endpoint[UserIn, *SuccessOut]{
	Key: "removeUser", OperationID: "removeUser", Method: auth.POST, Path: "/admin/remove-user", Doc: "Delete a user with all sessions and accounts", Use: admins,
}

func (p *plugin) removeUser(c *auth.Call, in UserIn) (*SuccessOut, error) {
	if err := p.need(c, "user", "delete", NotAllowedToDelete); err != nil {
		return nil, err
	}
	if in.UserID == c.Session.User.ID {
		return nil, auth.Fail(http.StatusBadRequest, CannotRemoveYourself)
	}
	u, err := account.FindUserByID(c, in.UserID)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return nil, auth.Fail(http.StatusNotFound, auth.UserNotFound)
	}
	if err := account.DeleteUser(c, u.ID); err != nil {
		return nil, err
	}
	return &SuccessOut{Success: true}, nil
}

// SetUserPasswordIn is the input of [SetUserPassword].
type SetUserPasswordIn struct {
	NewPassword string `body:"newPassword" is:"nonempty" message:"newPassword cannot be empty" doc:"The new password"`
	UserID      string `body:"userId" is:"coerced nonempty" message:"userId cannot be empty" doc:"The user's id"`
}

// StatusOut says that an operation was done.
type StatusOut struct {
	Status bool `json:"status"`
}

// SetUserPassword changes the password of a user who has one. Upstream: setUserPassword.
var SetUserPassword = auth.Endpoint[SetUserPasswordIn, *StatusOut]{
	Key: "setUserPassword", OperationID: "setUserPassword", Method: auth.POST, Path: "/admin/set-user-password", Doc: "Set the password of a user", Use: admins,
}

func (p *plugin) setUserPassword(c *auth.Call, in SetUserPasswordIn) (*StatusOut, error) {
	if err := p.need(c, "user", "set-password", NotAllowedToSetPassword); err != nil {
		return nil, err
	}
	if err := account.CheckPasswordLength(c, in.NewPassword); err != nil {
		return nil, err
	}
	hash, err := c.HashPassword(in.NewPassword)
	if err != nil {
		return nil, err
	}
	_, err = c.Update(schema.AccountModel, store.Where{
		store.Is("userId", in.UserID), store.Is("providerId", account.CredentialProvider),
	}, store.Record{"password": hash})
	return &StatusOut{Status: true}, err
}
