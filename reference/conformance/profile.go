package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/cli/mail"
	"github.com/goauth-dev/goauth/cli/plugin"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
)

// profile is what a profile file says.
type profile struct {
	options        auth.Options
	plugins        []plugin.Entry
	withoutSenders []string
}

// notYet are the options whose features are not built: they are left out rather than refused, so that the rest of a
// profile can be compared. docs/parity lists them.
var notYet = []string{"socialProviders", "account.accountLinking.enabled", "account.accountLinking.trustedProviders"}

// readProfile reads a profile: Better Auth's own options, the plugins, and what the comparison adds under "x-harness".
func readProfile(file string) (*profile, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	tree, err := option.ParseJSON(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	entries, ok := option.Entries(tree)
	if !ok {
		return nil, fmt.Errorf("%s: must be an object", file)
	}
	p, options := &profile{}, map[string]any{}
	for name, v := range entries {
		switch name {
		case "x-harness":
			if err := p.readHarness(v); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		case "plugins":
			if err := option.Decode(v, &p.plugins); err != nil {
				return nil, fmt.Errorf("%s: plugins%w", file, err)
			}
		default:
			options[name] = v
		}
	}
	return p, config.Decode(file, without(options, ""), &p.options)
}

func (p *profile) readHarness(v any) error {
	var harness struct {
		WithoutSenders []string `option:"withoutSenders"`
		Redis          bool     `option:"redis"`
	}
	if err := option.Decode(v, &harness); err != nil {
		return err
	}
	p.withoutSenders = harness.WithoutSenders
	return nil
}

// env is what the plugins of the profile get.
func (p *profile) env(m mail.Mailer) *plugin.Env {
	env := &plugin.Env{AppName: cmp.Or(p.options.AppName, "Better Auth"), Mailer: m, Own: ownPlugins}
	for _, name := range p.withoutSenders {
		env.Without = append(env.Without, mail.Kind(name))
	}
	return env
}

// without returns a tree without the options that are not built yet.
func without(v any, path string) any {
	entries, ok := option.Entries(v)
	if !ok {
		return v
	}
	kept := option.NewObject()
	for name, child := range entries {
		below := name
		if path != "" {
			below = path + "." + name
		}
		if !slices.Contains(notYet, below) {
			kept.Set(name, without(child, below))
		}
	}
	return kept
}

// removeSenders takes away the senders that the profile says are not configured.
func (p *profile) removeSenders(o *auth.Options) {
	for _, name := range p.withoutSenders {
		switch name {
		case "verification-email":
			o.EmailVerification.SendVerificationEmail = nil
		case "reset-password":
			o.EmailAndPassword.SendResetPassword = nil
		case "existing-user-sign-up":
			o.EmailAndPassword.OnExistingUserSignUp = nil
		case "change-email-confirmation":
			o.User.ChangeEmail.SendChangeEmailConfirmation = nil
		case "delete-account":
			o.User.DeleteUser.SendDeleteAccountVerification = nil
		}
	}
}
