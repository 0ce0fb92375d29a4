package plugin

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/plugins/genericoauth"
)

// genericOptions are the options of generic-oauth in a file, where upstream's helpers are named by "preset".
type genericOptions struct {
	Config []genericProvider `option:"config"`
}

func newGenericOAuth(o genericOptions, _ *Env) auth.Plugin {
	var out genericoauth.Options
	for _, p := range o.Config {
		out.Config = append(out.Config, p.Provider)
	}
	return genericoauth.New(out)
}

// genericProvider is one provider of a file: its addresses, or {"preset": …} with what that preset takes.
type genericProvider struct{ genericoauth.Provider }

// DecodeOption implements [option.Decoder].
func (p *genericProvider) DecodeOption(v any) error {
	entries, ok := option.Entries(v)
	if !ok {
		return errors.New("must be an object")
	}
	var name any
	rest := option.NewObject()
	for key, value := range entries {
		if key == "preset" {
			name = value
			continue
		}
		rest.Set(key, value)
	}
	if name == nil {
		return option.Decode(v, &p.Provider)
	}
	text, _ := name.(string)
	preset, known := presets[text]
	if !known {
		return option.In("preset", fmt.Errorf("%v is no preset; there are %s", name, strings.Join(slices.Sorted(maps.Keys(presets)), ", ")))
	}
	var o presetOptions
	if err := option.Decode(rest, &o); err != nil {
		return err
	}
	if err := preset.check(text, &o); err != nil {
		return err
	}
	p.Provider = preset.build(&o)
	return nil
}

// presetOptions is what presets take: the usual options, and one that says where the server is.
type presetOptions struct {
	genericoauth.Base
	Domain     string `option:"domain"`
	Issuer     string `option:"issuer"`
	TenantID   string `option:"tenantId"`
	ProviderID string `option:"providerId"`
}

// preset is a helper of the plugin by its name.
type preset struct {
	// takes is the option of its own; needed says that it must be there.
	takes  string
	needed bool
	build  func(o *presetOptions) genericoauth.Provider
}

var presets = map[string]preset{
	"auth0":    {"domain", true, func(o *presetOptions) genericoauth.Provider { return genericoauth.Auth0(o.Domain, o.Base) }},
	"okta":     {"issuer", true, func(o *presetOptions) genericoauth.Provider { return genericoauth.Okta(o.Issuer, o.Base) }},
	"keycloak": {"issuer", true, func(o *presetOptions) genericoauth.Provider { return genericoauth.Keycloak(o.Issuer, o.Base) }},
	"microsoft-entra-id": {"tenantId", true, func(o *presetOptions) genericoauth.Provider {
		return genericoauth.MicrosoftEntraID(o.TenantID, o.Base)
	}},
	"line":    {"providerId", false, func(o *presetOptions) genericoauth.Provider { return genericoauth.Line(o.ProviderID, o.Base) }},
	"slack":   {build: func(o *presetOptions) genericoauth.Provider { return genericoauth.Slack(o.Base) }},
	"gumroad": {build: func(o *presetOptions) genericoauth.Provider { return genericoauth.Gumroad(o.Base) }},
	"hubspot": {build: func(o *presetOptions) genericoauth.Provider { return genericoauth.HubSpot(o.Base) }},
	"patreon": {build: func(o *presetOptions) genericoauth.Provider { return genericoauth.Patreon(o.Base) }},
}

// check refuses an option that the preset does not read, and wants its own.
func (p preset) check(name string, o *presetOptions) error {
	own := map[string]string{"domain": o.Domain, "issuer": o.Issuer, "tenantId": o.TenantID, "providerId": o.ProviderID}
	if p.needed && own[p.takes] == "" {
		return option.In(p.takes, fmt.Errorf("is needed by the preset %s", name))
	}
	for _, other := range slices.Sorted(maps.Keys(own)) {
		if other != p.takes && own[other] != "" {
			return option.In(other, fmt.Errorf("is not read by the preset %s", name))
		}
	}
	return nil
}
