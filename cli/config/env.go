package config

import (
	"errors"
	"fmt"
	"strconv"
)

// applyEnv lets the environment win over the file. Better Auth's own variables (BETTER_AUTH_SECRET, _SECRETS, _URL,
// _TRUSTED_ORIGINS and NODE_ENV) are not read here: the server itself reads them, and for them the file wins, as upstream.
// It returns the names of the variables that it used.
func (c *Config) applyEnv(getenv func(string) string) (used []string, err error) {
	s := &c.Mail.SMTP
	for _, v := range []struct {
		name string
		dst  *string
	}{
		{"GOAUTH_ADDR", &c.Server.Addr},
		{"GOAUTH_LOG_FORMAT", &c.Server.LogFormat},
		{"GOAUTH_DATABASE_URL", &c.DB.URL},
		{"GOAUTH_SECONDARY_STORAGE_URL", &c.Cache.URL},
		{"GOAUTH_MAIL_TRANSPORT", &c.Mail.Transport},
		{"GOAUTH_MAIL_FILE", &c.Mail.File},
		{"GOAUTH_MAIL_SMTP_HOST", &s.Host},
		{"GOAUTH_MAIL_SMTP_SECURITY", (*string)(&s.Security)},
		{"GOAUTH_MAIL_SMTP_USERNAME", &s.Username},
		{"GOAUTH_MAIL_SMTP_PASSWORD", &s.Password},
		{"GOAUTH_MAIL_SMTP_FROM", &s.From},
	} {
		if text := getenv(v.name); text != "" {
			*v.dst = text
			used = append(used, v.name)
		}
	}
	const port = "GOAUTH_MAIL_SMTP_PORT"
	if text := getenv(port); text != "" {
		used = append(used, port)
		if s.Port, err = strconv.Atoi(text); err != nil {
			return used, fmt.Errorf("%s: %q is not a number; use 587 or 465", port, text)
		}
	}
	return used, nil
}

// Find returns the configuration file to use: the one named, else GOAUTH_CONFIG, else the only one of goauth.json,
// goauth.yaml, goauth.yml and goauth.toml for which exists says true, else "".
func Find(named string, getenv func(string) string, exists func(file string) bool) (string, error) {
	if named != "" {
		return named, nil
	}
	if file := getenv("GOAUTH_CONFIG"); file != "" {
		return file, nil
	}
	found := ""
	for _, file := range []string{"goauth.json", "goauth.yaml", "goauth.yml", "goauth.toml"} {
		switch {
		case !exists(file):
		case found != "":
			return "", errors.New(found + " and " + file + " are both here; name one with --config")
		default:
			found = file
		}
	}
	return found, nil
}
