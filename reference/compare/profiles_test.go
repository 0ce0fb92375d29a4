package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/cli/plugin"
)

func TestOnlyPluginsThatAreNotBuiltAreLeftOutOfTheFullProfile(t *testing.T) {
	data, err := os.ReadFile("../profiles/full.json")
	if err != nil {
		t.Fatal(err)
	}
	var profile struct {
		Plugins []struct{ ID string }
	}
	if err := json.Unmarshal(data, &profile); err != nil {
		t.Fatal(err)
	}
	var missing []string
	for _, p := range profile.Plugins {
		_, err := plugin.Build([]plugin.Entry{{ID: p.ID}}, &plugin.Env{})
		if err != nil && strings.Contains(err.Error(), "is no plugin") {
			missing = append(missing, p.ID)
		}
	}
	if !slices.Equal(missing, unbuilt) {
		t.Errorf("there are no packages for %v, but %v are left out", missing, unbuilt)
	}
}

func TestTheFullProfilePlaysTheScenariosOfItsParts(t *testing.T) {
	for _, tt := range []struct {
		on   []string
		want bool
	}{
		{nil, true},
		{[]string{"organization"}, true},
		{[]string{"captcha"}, false},
		{[]string{"rate-limited", "secondary-storage"}, false},
		{[]string{"verification", "api-key"}, true},
	} {
		if got := (Scenario{On: tt.on}).runsOn(fullProfile); got != tt.want {
			t.Errorf("a scenario on %v runs on full: %v, want %v", tt.on, got, tt.want)
		}
	}
}
