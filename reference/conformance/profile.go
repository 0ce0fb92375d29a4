package main

import (
	"cmp"
	"fmt"
	"os"

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
	return p, config.Decode(file, options, &p.options)
}

func (p *profile) readHarness(v any) error {
	var harness struct {
		WithoutSenders []string `option:"withoutSenders"`
		Redis          bool     `option:"redis"`
		Identity       bool     `option:"identity"`
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
