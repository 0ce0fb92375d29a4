package apikey

import (
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// Model is the logical name of the table of keys. Upstream: API_KEY_TABLE_NAME.
const Model = "apikey"

// tables declares the table of keys. The defaults of the limits are those of the only configuration.
func tables(configs []*config) []schema.Table {
	window, limit := defaultWindow.Milliseconds(), int64(defaultRequests)
	if len(configs) == 1 {
		window, limit = configs[0].window().Milliseconds(), configs[0].RateLimit.MaxRequests.or(defaultRequests)
	}
	on, off := option.On, option.Off
	return []schema.Table{{Model: Model, Fields: schema.Fields{
		{Name: "configId", Type: schema.String, Required: on, Default: defaultConfigID, Input: off, Index: true},
		{Name: "name", Type: schema.String, Required: off, Input: off},
		{Name: "start", Type: schema.String, Required: off, Input: off},
		{Name: "referenceId", Type: schema.String, Required: on, Input: off, Index: true},
		{Name: "prefix", Type: schema.String, Required: off, Input: off},
		{Name: "key", Type: schema.String, Required: on, Input: off, Index: true},
		{Name: "refillInterval", Type: schema.Number, Required: off, Input: off},
		{Name: "refillAmount", Type: schema.Number, Required: off, Input: off},
		{Name: "lastRefillAt", Type: schema.Date, Required: off, Input: off},
		{Name: "enabled", Type: schema.Boolean, Required: off, Input: off, Default: true},
		{Name: "rateLimitEnabled", Type: schema.Boolean, Required: off, Input: off, Default: true},
		{Name: "rateLimitTimeWindow", Type: schema.Number, Required: off, Input: off, Default: window},
		{Name: "rateLimitMax", Type: schema.Number, Required: off, Input: off, Default: limit},
		{Name: "requestCount", Type: schema.Number, Required: off, Input: off, Default: int64(0)},
		{Name: "remaining", Type: schema.Number, Required: off, Input: off},
		{Name: "lastRequest", Type: schema.Date, Required: off, Input: off},
		{Name: "expiresAt", Type: schema.Date, Required: off, Input: off},
		{Name: "createdAt", Type: schema.Date, Required: on, Input: off},
		{Name: "updatedAt", Type: schema.Date, Required: on, Input: off},
		{Name: "permissions", Type: schema.String, Required: off, Input: off},
		{Name: "metadata", Type: schema.String, Required: off, Input: on, TransformIn: encodeMetadata, TransformOut: decodeMetadata},
	}}}
}

func encodeMetadata(v any) (any, error) { return store.EncodeJSON(v) }

// decodeMetadata reads a stored text; what is no JSON stays a text.
func decodeMetadata(v any) (any, error) {
	text, ok := v.(string)
	if !ok || text == "" {
		return nil, nil
	}
	tree, err := store.DecodeJSON(text)
	if err != nil {
		return text, nil //nolint:nilerr // a value that somebody else wrote hides no key
	}
	return withDates(tree), nil
}
