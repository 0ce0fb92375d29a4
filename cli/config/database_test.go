package config

import (
	"net/url"
	"testing"
	"time"
)

func TestMakingAConnectionIsBounded(t *testing.T) {
	t.Setenv("PGCONNECT_TIMEOUT", "")
	for text, want := range map[string]time.Duration{
		"postgres://u@h/x":                    5 * time.Second,
		"postgres://u@h/x?connect_timeout=7":  7 * time.Second,
		"postgres://u@h/x?connect_timeout=0":  0,
		"mysql://u@h/x":                       5 * time.Second,
		"mariadb://u@h/x?timeout=7s&tls=true": 7 * time.Second,
		"mysql://u@h/x?timeout=0s":            0,
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		var got time.Duration
		if u.Scheme == "postgres" {
			c, err := postgresConfig(u)
			if err != nil {
				t.Fatal(err)
			}
			got = c.ConnConfig.ConnectTimeout
		} else {
			c, err := mysqlConfig(u)
			if err != nil {
				t.Fatal(err)
			}
			got = c.Timeout
		}
		if got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
