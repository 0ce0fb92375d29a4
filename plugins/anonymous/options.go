package anonymous

import (
	"context"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
)

// Options configures the plugin.
type Options struct {
	// EmailDomainName is the domain of made-up addresses: temp-ID@DOMAIN. Default: each user has a domain of its own,
	// temp@ID.com.
	EmailDomainName string `option:"emailDomainName"`
	// DisableDeleteAnonymousUser keeps an anonymous user whose owner has signed in otherwise, and refuses
	// /delete-anonymous-user.
	DisableDeleteAnonymousUser bool `option:"disableDeleteAnonymousUser"`
	// OnLinkAccount runs when an anonymous user has signed in otherwise, before the anonymous user is deleted: here the
	// application moves what belongs to it. An error fails the sign-in.
	OnLinkAccount func(c *auth.Call, link Link) error `option:"-"`
	// GenerateName makes the name of a new user. Default: "Anonymous".
	GenerateName func(c *auth.Call) (string, error) `option:"-"`
	// GenerateRandomEmail makes the address of a new user; "" takes the default.
	GenerateRandomEmail func(ctx context.Context) (string, error) `option:"-"`
	// Schema renames the columns of the table user.
	Schema schema.Renames `option:"schema"`
}

// Link is an anonymous user who has signed in otherwise.
type Link struct {
	Anonymous, New *auth.SignedIn
}
