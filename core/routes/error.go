package routes

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"regexp"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/origin"
)

// ErrorPageIn is the input of [ErrorPage].
type ErrorPageIn struct {
	Query *auth.Object `query:"*"`
}

// ErrorPage shows people what went wrong in a redirect. It redirects to onAPIError.errorURL when that is set, and in
// production to / unless the page is customized.
var ErrorPage = auth.Endpoint[ErrorPageIn, *auth.Raw]{
	Key: "error", Method: auth.GET, Path: "/error", Doc: "Displays an error page", Handle: errorPage,
}

//go:embed error.html
var errorHTML string

var (
	errorTemplate = template.Must(template.New("error").Funcs(template.FuncMap{"or2": orElse}).Parse(errorHTML))
	errorCode     = regexp.MustCompile(`^['A-Za-z0-9_-]+$`)
)

// errorPolicy lets the page use its own style and nothing else.
const errorPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func errorPage(c *auth.Call, in ErrorPageIn) (*auth.Raw, error) {
	code, description := firstText(in.Query, "error"), firstText(in.Query, "error_description")
	if !errorCode.MatchString(code) {
		code = "UNKNOWN"
	}
	params := origin.Params{{Name: "error", Value: code}}
	if description != "" {
		params.Append("error_description", description)
	}
	o := &c.Options.OnAPIError
	switch {
	case o.ErrorURL != "":
		separator := "?"
		if strings.Contains(o.ErrorURL, "?") {
			separator = "&"
		}
		return redirectRaw(o.ErrorURL + separator + params.Encode()), nil
	case c.Options.Mode == auth.Production && o.CustomizeDefaultErrorPage == nil:
		return redirectRaw("/?" + params.Encode()), nil
	}
	return renderErrorPage(c, code, description)
}

func redirectRaw(url string) *auth.Raw {
	return &auth.Raw{Status: http.StatusFound, Header: http.Header{"Location": {url}}}
}

func renderErrorPage(c *auth.Call, code, description string) (*auth.Raw, error) {
	look := c.Options.OnAPIError.CustomizeDefaultErrorPage
	if look == nil {
		look = &auth.ErrorPage{}
	}
	var page bytes.Buffer
	err := errorTemplate.Execute(&page, map[string]any{"Code": code, "Description": description, "Look": look, "App": c.Options.AppName})
	if err != nil {
		return nil, err
	}
	return &auth.Raw{Status: http.StatusOK, Body: page.Bytes(), Header: http.Header{
		"Content-Type":            {"text/html"},
		"X-Content-Type-Options":  {"nosniff"},
		"Content-Security-Policy": {errorPolicy},
		"Referrer-Policy":         {"no-referrer"},
	}}, nil
}

// orElse gives a style value its default. The values are the operator's own.
func orElse(value, fallback string) template.CSS {
	if value == "" {
		value = fallback
	}
	return template.CSS(value) //nolint:gosec // configuration, not input
}

// firstText returns the first value of a query parameter.
func firstText(query *auth.Object, name string) string {
	v, _ := query.Get(name)
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	s, _ := v.(string)
	return s
}
