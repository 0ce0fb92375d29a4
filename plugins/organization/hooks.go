package organization

import (
	"context"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
)

// Event is what a hook is told: the fields that its kind of change has, the others nil.
type Event struct {
	// Data is what is about to be stored or changed, in the hooks before a creation or an update.
	Data         store.Record
	Organization *Organization
	// Member is whom it is about, and in BeforeUpdateOrganization and AfterUpdateOrganization who does it.
	Member     *Member
	Invitation *Invitation
	Team       *Team
	TeamMember *TeamMember
	// User is whom it is about: the creator, the member, the invited one, or for invitations that are made or cancelled
	// and for teams who does it. It is nil for teams in a call of the server.
	User *auth.User
	// NewRole and PreviousRole are the roles around an update of a member's role.
	NewRole, PreviousRole string
}

// BeforeHook runs before a change: its error is the answer, and the record it returns is merged into the data. It may run in
// the transaction of the change, which c carries: its own writes go through c.
type BeforeHook func(ctx context.Context, c *auth.Call, e Event) (store.Record, error)

// AfterHook runs after the change is committed: its error is the answer, but the change stays.
type AfterHook func(ctx context.Context, c *auth.Call, e Event) error

// Hooks run around what happens to organizations. Upstream: organizationHooks.
type Hooks struct {
	BeforeCreateOrganization BeforeHook
	AfterCreateOrganization  AfterHook
	BeforeUpdateOrganization BeforeHook
	AfterUpdateOrganization  AfterHook
	BeforeDeleteOrganization BeforeHook
	AfterDeleteOrganization  AfterHook

	BeforeAddMember        BeforeHook
	AfterAddMember         AfterHook
	BeforeRemoveMember     BeforeHook
	AfterRemoveMember      AfterHook
	BeforeUpdateMemberRole BeforeHook
	AfterUpdateMemberRole  AfterHook

	BeforeCreateInvitation BeforeHook
	AfterCreateInvitation  AfterHook
	BeforeAcceptInvitation BeforeHook
	AfterAcceptInvitation  AfterHook
	BeforeRejectInvitation BeforeHook
	AfterRejectInvitation  AfterHook
	BeforeCancelInvitation BeforeHook
	AfterCancelInvitation  AfterHook

	BeforeCreateTeam       BeforeHook
	AfterCreateTeam        AfterHook
	BeforeUpdateTeam       BeforeHook
	AfterUpdateTeam        AfterHook
	BeforeDeleteTeam       BeforeHook
	AfterDeleteTeam        AfterHook
	BeforeAddTeamMember    BeforeHook
	AfterAddTeamMember     AfterHook
	BeforeRemoveTeamMember BeforeHook
	AfterRemoveTeamMember  AfterHook
}

// before runs a hook, if there is one, and returns the data as it leaves them.
func (h BeforeHook) before(c *auth.Call, e Event) (store.Record, error) {
	if h == nil {
		return e.Data, nil
	}
	changed, err := h(c.Ctx(), c, e)
	if err != nil {
		return nil, err
	}
	return merged(e.Data, changed), nil
}

// replaced is [BeforeHook.before] for a hook whose record replaces the data.
func (h BeforeHook) replaced(c *auth.Call, e Event) (store.Record, error) {
	if h == nil {
		return e.Data, nil
	}
	changed, err := h(c.Ctx(), c, e)
	if changed == nil {
		changed = e.Data
	}
	return changed, err
}

func (h AfterHook) after(c *auth.Call, e Event) error {
	if h == nil {
		return nil
	}
	return h(c.Ctx(), c, e)
}

func merged(data, changed store.Record) store.Record {
	all := make(store.Record, len(data)+len(changed))
	for name, v := range data {
		all[name] = v
	}
	for name, v := range changed {
		all[name] = v
	}
	return all
}
