package deviceauthorization

import (
	"time"

	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

const model = "deviceCode"

var tables = []schema.Table{{Model: model, Fields: schema.Fields{
	{Name: "deviceCode", Type: schema.String, Required: option.On, Input: option.On},
	{Name: "userCode", Type: schema.String, Required: option.On, Input: option.On},
	{Name: "userId", Type: schema.String, Required: option.Off, Input: option.On},
	{Name: "expiresAt", Type: schema.Date, Required: option.On, Input: option.On},
	{Name: "status", Type: schema.String, Required: option.On, Input: option.On},
	{Name: "lastPolledAt", Type: schema.Date, Required: option.Off, Input: option.On},
	{Name: "pollingInterval", Type: schema.Number, Required: option.Off, Input: option.On},
	{Name: "clientId", Type: schema.String, Required: option.Off, Input: option.On},
	{Name: "scope", Type: schema.String, Required: option.Off, Input: option.On},
}}}

// The states of a code.
const (
	pending  = "pending"
	approved = "approved"
	denied   = "denied"
)

// code is a row.
type code struct {
	id, deviceCode, userID, status, clientID, scope string
	expiresAt, lastPolledAt                         time.Time
	interval                                        time.Duration
}

func codeFromRecord(row store.Record) *code {
	if row == nil {
		return nil
	}
	text := func(name string) string { s, _ := row[name].(string); return s }
	at := func(name string) time.Time { t, _ := row[name].(time.Time); return t }
	var ms int64
	switch n := row["pollingInterval"].(type) {
	case int64:
		ms = n
	case float64:
		ms = int64(n)
	}
	return &code{
		id: text("id"), deviceCode: text("deviceCode"), userID: text("userId"), status: text("status"), clientID: text("clientId"),
		scope: text("scope"), expiresAt: at("expiresAt"), lastPolledAt: at("lastPolledAt"), interval: time.Duration(ms) * time.Millisecond,
	}
}
