package jwt

import (
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
)

const model = "jwks"

// tables are upstream's: the algorithm is no column, a key says it itself.
var tables = []schema.Table{{Model: model, Fields: schema.Fields{
	{Name: "publicKey", Type: schema.String, Required: option.On, Input: option.On},
	{Name: "privateKey", Type: schema.String, Required: option.On, Input: option.On},
	{Name: "createdAt", Type: schema.Date, Required: option.On, Input: option.On},
	{Name: "expiresAt", Type: schema.Date, Required: option.Off, Input: option.On},
}}}
