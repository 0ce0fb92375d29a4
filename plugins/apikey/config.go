package apikey

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
)

// config is a configuration with its defaults filled in, and where its keys are kept.
type config struct {
	Configuration
	keys keyStore
}

func newConfig(o Configuration) *config {
	if len(o.Headers) == 0 {
		o.Headers = Headers{defaultHeader}
	}
	o.DefaultKeyLength = cmp.Or(o.DefaultKeyLength, defaultKeyLength)
	o.Storage = cmp.Or(o.Storage, databaseStorage)
	o.References = cmp.Or(o.References, ownedByUser)
	return &config{Configuration: o}
}

// check refuses values that mean nothing.
func (c *config) check() error {
	switch c.Storage {
	case databaseStorage, secondaryStorage:
	default:
		return fmt.Errorf("option storage: %q is neither %q nor %q", c.Storage, databaseStorage, secondaryStorage)
	}
	switch c.References {
	case ownedByUser, ownedByOrganization:
		return nil
	default:
		return fmt.Errorf("option references: %q is neither %q nor %q", c.References, ownedByUser, ownedByOrganization)
	}
}

// open chooses where the keys are kept.
func (c *config) open(x *auth.Context) error {
	kv := c.CustomStorage
	if kv == nil {
		kv = x.Secondary
	}
	switch {
	case c.Storage == databaseStorage:
		c.keys = database{}
	case kv == nil:
		return errors.New(`option storage "secondary-storage": the server has no secondary storage; set it, or customStorage`)
	case c.FallbackToDatabase:
		c.keys = fallback{cache: secondary{kv: kv, cacheOnly: true}}
	default:
		c.keys = secondary{kv: kv}
	}
	return nil
}

// inDatabase reports whether the keys have rows.
func (c *config) inDatabase() bool { return c.Storage == databaseStorage || c.FallbackToDatabase }

// where names the place of the keys, so that one that several configurations share is read once.
func (c *config) where() string {
	switch {
	case c.Storage == databaseStorage:
		return databaseStorage
	case c.CustomStorage != nil:
		return "custom:" + c.id()
	case c.FallbackToDatabase:
		return "secondary-storage-with-fallback"
	default:
		return secondaryStorage
	}
}

func (c *config) id() string { return cmp.Or(c.ID, defaultConfigID) }

func (c *config) isDefault() bool { return isDefaultID(c.ID) }

func (c *config) limits() bool { return c.RateLimit.Enabled.Or(true) }

func (c *config) window() time.Duration {
	if c.RateLimit.TimeWindow == 0 {
		return defaultWindow
	}
	return max(c.RateLimit.TimeWindow, 0)
}

// isDefaultID reports whether an id of a configuration means the default one; keys from before there were several have none.
func isDefaultID(id string) bool { return id == "" || id == defaultConfigID }

// has reports whether a key is of the configuration.
func (c *config) has(rec store.Record) bool {
	id, _ := rec["configId"].(string)
	return c.ID == id || c.isDefault() && isDefaultID(id)
}

// configs are all configurations of the plugin.
type configs []*config

// checkIDs refuses ids that do not tell the configurations apart.
func (cs configs) checkIDs() error {
	seen := map[string]bool{}
	for i, c := range cs {
		if len(cs) > 1 && c.ID == "" {
			return fmt.Errorf("configuration %d: configId is required for each API key configuration", i)
		}
		if seen[c.ID] {
			return fmt.Errorf("configuration %d: configId must be unique; %q is used twice", i, c.ID)
		}
		seen[c.ID] = true
		if err := c.check(); err != nil {
			return fmt.Errorf("configuration %d: %w", i, err)
		}
	}
	return nil
}

// resolve returns the configuration with an id, or else the default one. It fails when there is no default one.
// Upstream: resolveConfiguration.
func (cs configs) resolve(c *auth.Call, id string) (*config, error) {
	for _, cfg := range cs {
		if id != "" && cfg.ID == id {
			return cfg, nil
		}
	}
	for _, cfg := range cs {
		if cfg.isDefault() {
			return cfg, nil
		}
	}
	c.Logger.Error("there is no default API key configuration; give one the configId default, or none")
	return nil, auth.Fail(http.StatusBadRequest, NoDefaultConfigurationFound)
}

// of returns the configuration of a key.
func (cs configs) of(c *auth.Call, rec store.Record) (*config, error) {
	id, _ := rec["configId"].(string)
	return cs.resolve(c, id)
}
