package apikey

import (
	"regexp"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store"
)

// isoDate is what upstream takes for a date when it reads stored JSON.
var isoDate = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?(Z|[+-]\d{2}:\d{2})$`)

// withDates makes dates of the texts that are some, so that they are written in one form. Upstream: parseJSON.
func withDates(tree any) any {
	switch v := tree.(type) {
	case string:
		if isoDate.MatchString(v) {
			if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
				return t.UTC()
			}
		}
		return v
	case []any:
		items := make([]any, len(v))
		for i, item := range v {
			items[i] = withDates(item)
		}
		return items
	case *auth.Object:
		o := option.NewObject()
		for key, item := range v.All() {
			o.Set(key, withDates(item))
		}
		return o
	default:
		return v
	}
}

// metadataOf is a key's metadata as clients see it: an older version of upstream wrote JSON inside of JSON.
func metadataOf(rec store.Record) any {
	text, legacy := rec["metadata"].(string)
	if !legacy {
		return rec["metadata"]
	}
	tree, err := store.DecodeJSON(text)
	if err != nil {
		return nil
	}
	return withDates(tree)
}

// repairMetadata rewrites metadata of the older form in the database, in the background. Upstream: migrateDoubleStringifiedMetadata.
func (p *plugin) repairMetadata(c *auth.Call, rec store.Record, cfg *config) {
	text, legacy := rec["metadata"].(string)
	if !legacy || !cfg.inDatabase() {
		return
	}
	id, repaired := rec["id"], metadataOf(rec)
	old, err := store.EncodeJSON(text)
	if err != nil {
		return
	}
	if _, err := c.Update(Model, store.Where{store.Is("id", id), store.Is("metadata", old)}, store.Record{"metadata": repaired}); err != nil {
		c.Logger.Warn("metadata of an API key in an older form could not be rewritten", "key", id, "error", err)
	}
}
