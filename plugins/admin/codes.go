package admin

import "github.com/goauth-dev/goauth/core/auth"

// The error codes of the plugin, with upstream's texts. Upstream: ADMIN_ERROR_CODES.
var (
	CannotBanYourself        = auth.Code{ID: "YOU_CANNOT_BAN_YOURSELF", Message: "You cannot ban yourself"}
	NotAllowedToChangeRole   = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE", Message: "You are not allowed to change users role"}
	NotAllowedToCreate       = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS", Message: "You are not allowed to create users"}
	NotAllowedToList         = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS", Message: "You are not allowed to list users"}
	NotAllowedToListSessions = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS", Message: "You are not allowed to list users sessions"}
	NotAllowedToBan          = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS", Message: "You are not allowed to ban users"}
	NotAllowedToImpersonate  = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS", Message: "You are not allowed to impersonate users"}
	NotAllowedToRevoke       = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS", Message: "You are not allowed to revoke users sessions"}
	NotAllowedToDelete       = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS", Message: "You are not allowed to delete users"}
	NotAllowedToSetPassword  = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD", Message: "You are not allowed to set users password"}
	BannedUser               = auth.Code{ID: "BANNED_USER", Message: "You have been banned from this application"}
	NotAllowedToGet          = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_GET_USER", Message: "You are not allowed to get user"}
	NoDataToUpdate           = auth.Code{ID: "NO_DATA_TO_UPDATE", Message: "No data to update"}
	NotAllowedToUpdate       = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS", Message: "You are not allowed to update users"}
	CannotRemoveYourself     = auth.Code{ID: "YOU_CANNOT_REMOVE_YOURSELF", Message: "You cannot remove yourself"}
	NonExistentRole          = auth.Code{ID: "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE", Message: "You are not allowed to set a non-existent role value"}
	CannotImpersonateAdmins  = auth.Code{ID: "YOU_CANNOT_IMPERSONATE_ADMINS", Message: "You cannot impersonate admins"}
	InvalidRoleType          = auth.Code{ID: "INVALID_ROLE_TYPE", Message: "Invalid role type"}
)

var codes = []auth.Code{
	auth.FailedToCreateUser, auth.UserAlreadyExists, auth.UserAlreadyExistsUseAnotherEmail, CannotBanYourself, NotAllowedToChangeRole,
	NotAllowedToCreate, NotAllowedToList, NotAllowedToListSessions, NotAllowedToBan, NotAllowedToImpersonate, NotAllowedToRevoke,
	NotAllowedToDelete, NotAllowedToSetPassword, BannedUser, NotAllowedToGet, NoDataToUpdate, NotAllowedToUpdate,
	CannotRemoveYourself, NonExistentRole, CannotImpersonateAdmins, InvalidRoleType,
}
