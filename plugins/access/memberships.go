package access

import "github.com/goauth-dev/goauth/core/auth"

// Standing is what somebody is in an organization, as far as some permissions go.
type Standing uint8

// The standings.
const (
	// Stranger is no member.
	Stranger Standing = iota
	// Member is a member without the permissions.
	Member
	// Permitted is a member who holds them.
	Permitted
)

// Memberships says what a user is in an organization. It is a service (see [auth.Service]) that the organization plugin
// offers; whoever created an organization holds every permission in it. Upstream: hasPermission of organization, with
// allowCreatorAllPermissions.
type Memberships func(c *auth.Call, userID, organizationID string, need Permissions) (Standing, error)
