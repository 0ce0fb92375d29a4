package plugin

import (
	"context"
	"fmt"
	"slices"

	"github.com/goauth-dev/goauth/cli/mail"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/plugins/organization"
)

// organizations makes the plugin; invitations go to the server's mailer.
func organizations(o organization.Options, env *Env) auth.Plugin {
	if o.AC == nil {
		o.Roles = nil // roles are of an access control's making, as upstream's are
	}
	if !slices.Contains(env.Without, mail.OrganizationInvitation) {
		o.SendInvitationEmail = func(ctx context.Context, m organization.InvitationMail) error {
			return env.Mailer.Send(ctx, invitationMessage(&m, env.AppName))
		}
	}
	return organization.New(o)
}

func invitationMessage(m *organization.InvitationMail, app string) mail.Message {
	return mail.Message{
		Kind: mail.OrganizationInvitation, To: m.Email,
		Details: map[string]any{
			"id": m.ID, "role": m.Role, "organizationId": m.Organization.ID, "organizationName": m.Organization.Name,
			"inviterEmail": m.InviterUser.Email,
		},
		Subject: fmt.Sprintf("Join %s on %s", m.Organization.Name, app),
		Text: fmt.Sprintf("%s (%s) invites you to join %s on %s.\n\nSign in with this address to see the invitation; its number is %s.\n",
			m.InviterUser.Name, m.InviterUser.Email, m.Organization.Name, app, m.ID),
	}
}
