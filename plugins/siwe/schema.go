package siwe

import (
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
)

const model = "walletAddress"

var tables = []schema.Table{{Model: model, Fields: schema.Fields{
	{Name: "userId", Type: schema.String, Required: option.On, Input: option.On, Index: true, References: &schema.Reference{Model: schema.UserModel, Field: "id"}},
	{Name: "address", Type: schema.String, Required: option.On, Input: option.On},
	{Name: "chainId", Type: schema.Number, Required: option.On, Input: option.On},
	{Name: "isPrimary", Type: schema.Boolean, Default: false, Input: option.On},
	{Name: "createdAt", Type: schema.Date, Required: option.On, Input: option.On},
}}}
