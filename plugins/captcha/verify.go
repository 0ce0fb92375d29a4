package captcha

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
)

const (
	// timeout bounds the question: a provider that hangs refuses (UP-081).
	timeout    = 10 * time.Second
	maxAnswer  = 64 << 10
	defaultMin = 0.5
)

// provider is what one service wants.
type provider struct {
	url string
	// json: the question is a JSON document, else a form.
	json bool
	// address is the name of the client's address in it; siteKey says that the site key goes along.
	address string
	siteKey bool
	scores  bool // an answer may have a score
}

var providers = map[string]provider{
	"cloudflare-turnstile": {url: "https://challenges.cloudflare.com/turnstile/v0/siteverify", json: true, address: "remoteip"},
	"google-recaptcha":     {url: "https://www.google.com/recaptcha/api/siteverify", address: "remoteip", scores: true},
	"hcaptcha":             {url: "https://api.hcaptcha.com/siteverify", address: "remoteip", siteKey: true},
	"captchafox":           {url: "https://api.captchafox.com/siteverify", address: "remoteIp", siteKey: true},
}

// verdict is what a service answers.
type verdict struct {
	Success  bool     `json:"success"`
	Score    *float64 `json:"score"`
	Action   string   `json:"action"`
	Hostname string   `json:"hostname"`
}

// verify asks the service about a token. An error means that it could not be asked.
func (o *Options) verify(c *auth.Call, token string) (passed bool, err error) {
	p := providers[o.Provider]
	ctx, cancel := context.WithTimeout(c.Ctx(), timeout)
	defer cancel()
	req, err := o.question(ctx, p, token, c.ClientIP())
	if err != nil {
		return false, err
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return false, fmt.Errorf("answered %d", res.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return false, err
	}
	var v verdict
	if err := json.Unmarshal(text, &v); err != nil {
		return false, fmt.Errorf("answered no JSON: %w", err)
	}
	return o.accepts(p, v), nil
}

// question is the request to the service.
func (o *Options) question(ctx context.Context, p provider, token, address string) (*http.Request, error) {
	fields := [][2]string{{"secret", o.SecretKey}, {"response", token}}
	if p.siteKey && o.SiteKey != "" {
		fields = append(fields, [2]string{"sitekey", o.SiteKey})
	}
	if address != "" {
		fields = append(fields, [2]string{p.address, address})
	}
	body, media, err := encode(p, fields)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, cmp.Or(o.SiteVerifyURLOverride, p.url), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", media)
	return req, nil
}

func encode(p provider, fields [][2]string) (body []byte, media string, err error) {
	if p.json {
		object := map[string]string{}
		for _, f := range fields {
			object[f[0]] = f[1]
		}
		body, err = json.Marshal(object)
		return body, auth.MediaJSON, err
	}
	form := url.Values{}
	for _, f := range fields {
		form.Set(f[0], f[1])
	}
	return []byte(form.Encode()), auth.MediaForm, nil
}

// accepts reports whether a verdict lets the request pass.
func (o *Options) accepts(p provider, v verdict) bool {
	least := defaultMin
	if o.MinScore != nil {
		least = *o.MinScore
	}
	switch {
	case !v.Success, p.scores && v.Score != nil && *v.Score < least:
		return false
	case o.ExpectedAction != "" && v.Action != o.ExpectedAction:
		return false
	default:
		return len(o.AllowedHostnames) == 0 || slices.Contains(o.AllowedHostnames, v.Hostname)
	}
}
