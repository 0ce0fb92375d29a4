package admin

import (
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
)

// tables declares the fields that the plugin adds. None can be written by the generic routes (UP-062, GAP-013).
var tables = []schema.Table{
	{Model: schema.UserModel, Fields: schema.Fields{
		{Name: "role", Type: schema.String, Required: option.Off, Input: option.Off},
		{Name: "banned", Type: schema.Boolean, Required: option.Off, Input: option.Off, Default: false},
		{Name: "banReason", Type: schema.String, Required: option.Off, Input: option.Off},
		{Name: "banExpires", Type: schema.Date, Required: option.Off, Input: option.Off},
	}},
	{Model: schema.SessionModel, Fields: schema.Fields{
		{Name: "impersonatedBy", Type: schema.String, Required: option.Off, Input: option.Off},
	}},
}
