package option_test

import (
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/option"
)

func TestSpansOfTimeAreReadAsUpstreamReadsThem(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"5s": 5 * time.Second, "30m": 30 * time.Minute, "1 hour": time.Hour, "2.5 days": 60 * time.Hour, "1W": 7 * 24 * time.Hour,
		"1mo": 30 * 24 * time.Hour, "2 Months": 60 * 24 * time.Hour, "1 min": time.Minute, "1y": 8766 * time.Hour,
		"-5m": -5 * time.Minute, " 5 mins": 5 * time.Minute, "+ 5 mins": 5 * time.Minute, "2 hrs ago": -2 * time.Hour, "1 sec from now": time.Second,
	} {
		if got, err := option.ParseSpan(text); got != want || err != nil {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "m", "5 x", "- 5m ago", "5m from", "1e9y", "1h30m", "5ms", "99999y"} {
		if got, err := option.ParseSpan(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestADurationMayBeGivenInUpstreamsWords(t *testing.T) {
	var o struct {
		Life time.Duration `option:"life"`
	}
	if err := option.Decode(map[string]any{"life": "2 hours"}, &o); err != nil || o.Life != 2*time.Hour {
		t.Errorf("%v, %v", o.Life, err)
	}
	if err := option.Decode(map[string]any{"life": "2 hours ago"}, &o); err == nil {
		t.Error("a negative one passes")
	}
}
