package main

import "slices"

// fullProfile has many plugins at once. Every scenario of a profile whose options it has too runs on it.
const fullProfile = "full"

// partsOfFull are the profiles that full contains; the others set options that it does not.
var partsOfFull = []string{
	"core", "passwordless", "two-factor", "organization", "admin", "api-key", "tokens", "device",
}

// unbuilt are the plugins of full that there are no packages for; both servers run without them.
var unbuilt = []string{"oauth-provider", "sso", "scim", "passkey", "i18n", "expo"}

// unbuiltGap is what the ledger says about them.
const unbuiltGap = "GAP-plugins-001"

// leftOut are the plugins that a profile is compared without. A profile about one of them cannot be compared at all.
func leftOut(profile string) []string {
	if profile == fullProfile {
		return unbuilt
	}
	return nil
}

// runsOn reports whether a scenario is played on a profile.
func (s Scenario) runsOn(profile string) bool {
	on := s.On
	if len(on) == 0 {
		on = coreProfiles
	}
	if profile == fullProfile {
		return slices.ContainsFunc(on, func(p string) bool { return p == fullProfile || slices.Contains(partsOfFull, p) })
	}
	return slices.Contains(on, profile)
}
