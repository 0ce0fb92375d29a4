package apikey

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/access"
)

// resource is the name of keys in the roles of organizations, and what can be done with them. Upstream: API_KEY_PERMISSIONS.
const (
	resource     = "apiKey"
	actionCreate = "create"
	actionRead   = "read"
	actionUpdate = "update"
	actionDelete = "delete"
)

// mayInOrganization refuses somebody who must not do this with the keys of an organization. Upstream: checkOrgApiKeyPermission.
func mayInOrganization(c *auth.Call, userID, organizationID, action string) error {
	memberships, ok := auth.Service[access.Memberships](c.Context)
	if !ok {
		return auth.Fail(http.StatusInternalServerError, OrganizationPluginRequired)
	}
	standing, err := memberships(c, userID, organizationID, access.Permissions{resource: {action}})
	switch {
	case err != nil:
		return err
	case standing == access.Stranger:
		return auth.Fail(http.StatusForbidden, UserNotMemberOfOrganization)
	case standing != access.Permitted:
		return auth.Fail(http.StatusForbidden, InsufficientAPIKeyPermissions)
	default:
		return nil
	}
}

// mayTouch refuses somebody who must not do this with a key. Of somebody else's own key it tells nothing.
func mayTouch(c *auth.Call, cfg *config, rec store.Record, userID, action string) error {
	owner, _ := rec["referenceId"].(string)
	if cfg.References == ownedByOrganization {
		return mayInOrganization(c, userID, owner, action)
	}
	if owner != userID {
		return auth.Fail(http.StatusNotFound, KeyNotFound)
	}
	return nil
}
