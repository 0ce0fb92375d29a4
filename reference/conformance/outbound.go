package main

import (
	"fmt"
	"net/http"
	"net/url"
)

// detour sends every request to another party to one address instead, with the meant address in a header.
type detour struct{ to *url.URL }

// newDetour is the HTTP client for OUTBOUND.
func newDetour(address string) (*http.Client, error) {
	to, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("OUTBOUND: %w", err)
	}
	return &http.Client{Transport: detour{to}}, nil
}

// RoundTrip implements [http.RoundTripper].
func (d detour) RoundTrip(r *http.Request) (*http.Response, error) {
	own := r.Clone(r.Context())
	own.Header.Set("X-Outbound-Url", r.URL.String())
	own.URL, own.Host = d.to, ""
	return http.DefaultTransport.RoundTrip(own)
}
