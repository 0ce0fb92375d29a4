package organization

import "github.com/goauth-dev/goauth/core/auth"

// The codes of the plugin's answers. Upstream: ORGANIZATION_ERROR_CODES.
var (
	YouAreNotAllowedToCreateANewOrganization                      = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION", Message: "You are not allowed to create a new organization"}
	YouHaveReachedTheMaximumNumberOfOrganizations                 = auth.Code{ID: "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS", Message: "You have reached the maximum number of organizations"}
	OrganizationAlreadyExists                                     = auth.Code{ID: "ORGANIZATION_ALREADY_EXISTS", Message: "Organization already exists"}
	OrganizationSlugAlreadyTaken                                  = auth.Code{ID: "ORGANIZATION_SLUG_ALREADY_TAKEN", Message: "Organization slug already taken"}
	OrganizationNotFound                                          = auth.Code{ID: "ORGANIZATION_NOT_FOUND", Message: "Organization not found"}
	UserIsNotAMemberOfTheOrganization                             = auth.Code{ID: "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION", Message: "User is not a member of the organization"}
	YouAreNotAllowedToUpdateThisOrganization                      = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION", Message: "You are not allowed to update this organization"}
	YouAreNotAllowedToDeleteThisOrganization                      = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION", Message: "You are not allowed to delete this organization"}
	NoActiveOrganization                                          = auth.Code{ID: "NO_ACTIVE_ORGANIZATION", Message: "No active organization"}
	UserIsAlreadyAMemberOfThisOrganization                        = auth.Code{ID: "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION", Message: "User is already a member of this organization"}
	MemberNotFound                                                = auth.Code{ID: "MEMBER_NOT_FOUND", Message: "Member not found"}
	RoleNotFound                                                  = auth.Code{ID: "ROLE_NOT_FOUND", Message: "Role not found"}
	YouAreNotAllowedToCreateANewTeam                              = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM", Message: "You are not allowed to create a new team"}
	TeamAlreadyExists                                             = auth.Code{ID: "TEAM_ALREADY_EXISTS", Message: "Team already exists"}
	TeamNotFound                                                  = auth.Code{ID: "TEAM_NOT_FOUND", Message: "Team not found"}
	YouCannotLeaveTheOrganizationAsTheOnlyOwner                   = auth.Code{ID: "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER", Message: "You cannot leave the organization as the only owner"}
	YouCannotLeaveTheOrganizationWithoutAnOwner                   = auth.Code{ID: "YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER", Message: "You cannot leave the organization without an owner"}
	YouAreNotAllowedToDeleteThisMember                            = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER", Message: "You are not allowed to delete this member"}
	YouAreNotAllowedToInviteUsersToThisOrganization               = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION", Message: "You are not allowed to invite users to this organization"}
	UserIsAlreadyInvitedToThisOrganization                        = auth.Code{ID: "USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION", Message: "User is already invited to this organization"}
	InvitationNotFound                                            = auth.Code{ID: "INVITATION_NOT_FOUND", Message: "Invitation not found"}
	YouAreNotTheRecipientOfTheInvitation                          = auth.Code{ID: "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION", Message: "You are not the recipient of the invitation"}
	EmailVerificationRequiredBeforeAcceptingOrRejectingInvitation = auth.Code{ID: "EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION", Message: "Email verification required before accepting or rejecting invitation"}
	YouAreNotAllowedToCancelThisInvitation                        = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION", Message: "You are not allowed to cancel this invitation"}
	InviterIsNoLongerAMemberOfTheOrganization                     = auth.Code{ID: "INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION", Message: "Inviter is no longer a member of the organization"}
	YouAreNotAllowedToInviteUserWithThisRole                      = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE", Message: "You are not allowed to invite a user with this role"}
	FailedToRetrieveInvitation                                    = auth.Code{ID: "FAILED_TO_RETRIEVE_INVITATION", Message: "Failed to retrieve invitation"}
	YouHaveReachedTheMaximumNumberOfTeams                         = auth.Code{ID: "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_TEAMS", Message: "You have reached the maximum number of teams"}
	UnableToRemoveLastTeam                                        = auth.Code{ID: "UNABLE_TO_REMOVE_LAST_TEAM", Message: "Unable to remove last team"}
	YouAreNotAllowedToUpdateThisMember                            = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER", Message: "You are not allowed to update this member"}
	OrganizationMembershipLimitReached                            = auth.Code{ID: "ORGANIZATION_MEMBERSHIP_LIMIT_REACHED", Message: "Organization membership limit reached"}
	YouAreNotAllowedToCreateTeamsInThisOrganization               = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_CREATE_TEAMS_IN_THIS_ORGANIZATION", Message: "You are not allowed to create teams in this organization"}
	YouAreNotAllowedToDeleteTeamsInThisOrganization               = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_DELETE_TEAMS_IN_THIS_ORGANIZATION", Message: "You are not allowed to delete teams in this organization"}
	YouAreNotAllowedToUpdateThisTeam                              = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_TEAM", Message: "You are not allowed to update this team"}
	YouAreNotAllowedToDeleteThisTeam                              = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM", Message: "You are not allowed to delete this team"}
	InvitationLimitReached                                        = auth.Code{ID: "INVITATION_LIMIT_REACHED", Message: "Invitation limit reached"}
	TeamMemberLimitReached                                        = auth.Code{ID: "TEAM_MEMBER_LIMIT_REACHED", Message: "Team member limit reached"}
	UserIsNotAMemberOfTheTeam                                     = auth.Code{ID: "USER_IS_NOT_A_MEMBER_OF_THE_TEAM", Message: "User is not a member of the team"}
	YouCanNotAccessTheMembersOfThisTeam                           = auth.Code{ID: "YOU_CAN_NOT_ACCESS_THE_MEMBERS_OF_THIS_TEAM", Message: "You are not allowed to list the members of this team"}
	YouDoNotHaveAnActiveTeam                                      = auth.Code{ID: "YOU_DO_NOT_HAVE_AN_ACTIVE_TEAM", Message: "You do not have an active team"}
	YouAreNotAllowedToCreateANewTeamMember                        = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM_MEMBER", Message: "You are not allowed to create a new member"}
	YouAreNotAllowedToRemoveATeamMember                           = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_REMOVE_A_TEAM_MEMBER", Message: "You are not allowed to remove a team member"}
	YouAreNotAllowedToAccessThisOrganization                      = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION", Message: "You are not allowed to access this organization as an owner"}
	YouAreNotAMemberOfThisOrganization                            = auth.Code{ID: "YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION", Message: "You are not a member of this organization"}
	MissingACInstance                                             = auth.Code{ID: "MISSING_AC_INSTANCE", Message: "Dynamic Access Control requires a pre-defined ac instance on the server auth plugin. Read server logs for more information"}
	YouMustBeInAnOrganizationToCreateARole                        = auth.Code{ID: "YOU_MUST_BE_IN_AN_ORGANIZATION_TO_CREATE_A_ROLE", Message: "You must be in an organization to create a role"}
	YouAreNotAllowedToCreateARole                                 = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE", Message: "You are not allowed to create a role"}
	YouAreNotAllowedToUpdateARole                                 = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE", Message: "You are not allowed to update a role"}
	YouAreNotAllowedToDeleteARole                                 = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_DELETE_A_ROLE", Message: "You are not allowed to delete a role"}
	YouAreNotAllowedToReadARole                                   = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_READ_A_ROLE", Message: "You are not allowed to read a role"}
	YouAreNotAllowedToListARole                                   = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_LIST_A_ROLE", Message: "You are not allowed to list a role"}
	YouAreNotAllowedToGetARole                                    = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_GET_A_ROLE", Message: "You are not allowed to get a role"}
	TooManyRoles                                                  = auth.Code{ID: "TOO_MANY_ROLES", Message: "This organization has too many roles"}
	InvalidResource                                               = auth.Code{ID: "INVALID_RESOURCE", Message: "The provided permission includes an invalid resource"}
	RoleNameIsAlreadyTaken                                        = auth.Code{ID: "ROLE_NAME_IS_ALREADY_TAKEN", Message: "That role name is already taken"}
	CannotDeleteAPreDefinedRole                                   = auth.Code{ID: "CANNOT_DELETE_A_PRE_DEFINED_ROLE", Message: "Cannot delete a pre-defined role"}
	RoleIsAssignedToMembers                                       = auth.Code{ID: "ROLE_IS_ASSIGNED_TO_MEMBERS", Message: "Cannot delete a role that is assigned to members. Please reassign the members to a different role first"}
	OrganizationDeletionDisabled                                  = auth.Code{ID: "ORGANIZATION_DELETION_DISABLED", Message: "Organization deletion is disabled"}
	// InvalidTeamID refuses a team whose id cannot stand in a list of ids (UP-110).
	InvalidTeamID = auth.Code{ID: "INVALID_TEAM_ID", Message: "Invalid team id"}
)

func codes() []auth.Code {
	return []auth.Code{
		YouAreNotAllowedToCreateANewOrganization, YouHaveReachedTheMaximumNumberOfOrganizations,
		OrganizationAlreadyExists, OrganizationSlugAlreadyTaken,
		OrganizationNotFound, UserIsNotAMemberOfTheOrganization,
		YouAreNotAllowedToUpdateThisOrganization, YouAreNotAllowedToDeleteThisOrganization,
		NoActiveOrganization, UserIsAlreadyAMemberOfThisOrganization,
		MemberNotFound, RoleNotFound,
		YouAreNotAllowedToCreateANewTeam, TeamAlreadyExists,
		TeamNotFound, YouCannotLeaveTheOrganizationAsTheOnlyOwner,
		YouCannotLeaveTheOrganizationWithoutAnOwner, YouAreNotAllowedToDeleteThisMember,
		YouAreNotAllowedToInviteUsersToThisOrganization, UserIsAlreadyInvitedToThisOrganization,
		InvitationNotFound, YouAreNotTheRecipientOfTheInvitation,
		EmailVerificationRequiredBeforeAcceptingOrRejectingInvitation, YouAreNotAllowedToCancelThisInvitation,
		InviterIsNoLongerAMemberOfTheOrganization, YouAreNotAllowedToInviteUserWithThisRole,
		FailedToRetrieveInvitation, YouHaveReachedTheMaximumNumberOfTeams,
		UnableToRemoveLastTeam, YouAreNotAllowedToUpdateThisMember,
		OrganizationMembershipLimitReached, YouAreNotAllowedToCreateTeamsInThisOrganization,
		YouAreNotAllowedToDeleteTeamsInThisOrganization, YouAreNotAllowedToUpdateThisTeam,
		YouAreNotAllowedToDeleteThisTeam, InvitationLimitReached,
		TeamMemberLimitReached, UserIsNotAMemberOfTheTeam,
		YouCanNotAccessTheMembersOfThisTeam, YouDoNotHaveAnActiveTeam,
		YouAreNotAllowedToCreateANewTeamMember, YouAreNotAllowedToRemoveATeamMember,
		YouAreNotAllowedToAccessThisOrganization, YouAreNotAMemberOfThisOrganization,
		MissingACInstance, YouMustBeInAnOrganizationToCreateARole,
		YouAreNotAllowedToCreateARole, YouAreNotAllowedToUpdateARole,
		YouAreNotAllowedToDeleteARole, YouAreNotAllowedToReadARole,
		YouAreNotAllowedToListARole, YouAreNotAllowedToGetARole,
		TooManyRoles, InvalidResource,
		RoleNameIsAlreadyTaken, CannotDeleteAPreDefinedRole,
		RoleIsAssignedToMembers,
		InvalidTeamID,
	}
}
