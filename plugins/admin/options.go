package admin

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/plugins/access"
)

// Options configures the plugin. Upstream: AdminOptions.
type Options struct {
	// DefaultRole is the role of new users. Default: "user".
	DefaultRole string `option:"defaultRole"`
	// AdminRoles are the roles whose holders are not impersonated without a permission for that. Default: "admin".
	AdminRoles Names `option:"adminRoles"`
	// AdminUserIDs may do everything, whatever their roles.
	AdminUserIDs []string `option:"adminUserIds"`
	// DefaultBanReason is the reason of a ban without one. Default: "No reason".
	DefaultBanReason string `option:"defaultBanReason"`
	// DefaultBanExpiresIn is how long a ban holds that says nothing else; 0: for good.
	DefaultBanExpiresIn time.Duration `option:"defaultBanExpiresIn"`
	// BannedUserMessage is what banned users are told.
	BannedUserMessage string `option:"bannedUserMessage"`
	// ImpersonationSessionDuration is the life of an impersonation. Default: one hour.
	ImpersonationSessionDuration time.Duration `option:"impersonationSessionDuration"`
	// AllowImpersonatingAdmins lets whoever may impersonate do so with admins too. Upstream deprecates it for the permission
	// impersonate-admins. Default: off.
	AllowImpersonatingAdmins bool `option:"allowImpersonatingAdmins"`
	// AC lists what there is to allow; Roles must keep to it. Nil: no check. Upstream: ac.
	AC access.Statements `option:"ac"`
	// Roles are the roles by name; only these can be given. Nil: [DefaultRoles], and any name can be given.
	Roles access.Roles `option:"roles"`
	// Schema gives the plugin's columns other names.
	Schema schema.Renames `option:"schema"`
}

// Names is a list of names; a configuration file may give it as one text with commas.
type Names []string

// DecodeOption implements [option.Decoder].
func (n *Names) DecodeOption(v any) error {
	if text, ok := v.(string); ok {
		*n = strings.Split(text, ",")
		return nil
	}
	return option.Decode(v, (*[]string)(n))
}

// Statements are the plugin's resources and their actions. set-email is not upstream's: changing an address is more than
// changing a name (UP-059). Upstream: defaultStatements.
var Statements = access.Statements{
	"user": {
		"create", "list", "set-role", "ban", "impersonate", "impersonate-admins", "delete", "set-password", "set-email", "get", "update",
	},
	"session": {"list", "revoke", "delete"},
}

// DefaultRoles are the roles without the option: admin, who may everything but impersonate admins, and user, who may nothing.
var DefaultRoles = access.Roles{
	"admin": {
		"user":    {"create", "list", "set-role", "ban", "impersonate", "delete", "set-password", "set-email", "get", "update"},
		"session": {"list", "revoke", "delete"},
	},
	"user": {"user": {}, "session": {}},
}

// The defaults.
const (
	defaultRole          = "user"
	defaultAdminRole     = "admin"
	defaultBanReason     = "No reason"
	defaultBanned        = "You have been banned from this application. Please contact support if you believe this is an error."
	defaultImpersonation = time.Hour
)

func (o *Options) setDefaults() {
	if o.DefaultRole == "" {
		o.DefaultRole = defaultRole
	}
	if o.AdminRoles == nil {
		o.AdminRoles = Names{defaultAdminRole}
	}
	if o.DefaultBanReason == "" {
		o.DefaultBanReason = defaultBanReason
	}
	if o.BannedUserMessage == "" {
		o.BannedUserMessage = defaultBanned
	}
	if o.ImpersonationSessionDuration == 0 {
		o.ImpersonationSessionDuration = defaultImpersonation
	}
}

// check refuses roles that do not fit together. given says that the option adminRoles was set.
func (o *Options) check(given bool) error {
	var errs []error
	known := map[string]bool{}
	for name := range o.roles() {
		known[strings.ToLower(name)] = true
	}
	for _, name := range o.AdminRoles {
		if given && !known[strings.ToLower(name)] {
			errs = append(errs, fmt.Errorf("option adminRoles: %q is none of the roles; add it to the option roles", name))
		}
	}
	for name, role := range o.Roles {
		if o.AC == nil {
			break
		}
		if err := o.AC.Check(role); err != nil {
			errs = append(errs, fmt.Errorf("option roles.%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

func (o *Options) roles() access.Roles {
	if o.Roles != nil {
		return o.Roles
	}
	return DefaultRoles
}

// allows reports whether a user with an id and roles may do something. Upstream: hasPermission.
func (o *Options) allows(userID, roles string, need access.Permissions) bool {
	if userID != "" && slices.Contains(o.AdminUserIDs, userID) {
		return true
	}
	if roles == "" {
		roles = o.DefaultRole
	}
	return o.roles().Allow(roles, need)
}
