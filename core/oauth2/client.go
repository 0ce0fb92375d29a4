package oauth2

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/origin"
)

// Client makes the requests of an OAuth client. It is safe for concurrent use.
type Client struct {
	// HTTP sends the requests. Redirects are not followed whatever it says.
	HTTP *http.Client
	// Now tells the time.
	Now func() time.Time
	// Logger takes what a person who configures providers wants to know.
	Logger *slog.Logger

	keys keyCache
}

// NewClient returns a client on an HTTP client, a clock and a log.
func NewClient(c *http.Client, now func() time.Time, logger *slog.Logger) *Client {
	own := *c
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if own.Timeout == 0 {
		own.Timeout = defaultTimeout
	}
	return &Client{HTTP: &own, Now: now, Logger: logger, keys: keyCache{entries: map[string]*cachedKeys{}}}
}

const (
	// defaultTimeout bounds a request when the HTTP client has no bound of its own.
	defaultTimeout = 10 * time.Second
	// maxAnswer is the most bytes of an answer that are read.
	maxAnswer = 1 << 20
)

// ErrTooLarge reports an answer of more than a megabyte.
var ErrTooLarge = errors.New("oauth2: the answer is too large")

// StatusError reports an answer that is no success.
type StatusError struct {
	// Status is the HTTP status.
	Status int
	// Body is the answer's JSON, or nil when it has none.
	Body *Object
}

// Error implements error. It names the provider's own error, and nothing else of what it said.
func (e *StatusError) Error() string {
	code, _ := member(e.Body, "error").(string)
	if code == "" {
		return fmt.Sprintf("oauth2: the provider answered %d", e.Status)
	}
	return fmt.Sprintf("oauth2: the provider answered %d %s", e.Status, code)
}

// Request is a request to a provider.
type Request struct {
	// Method is GET without a body, else POST, unless it is set.
	Method string
	URL    string
	// Form is the body of a form; JSON any other.
	Form origin.Params
	JSON []byte
	// Header adds headers.
	Header map[string]string
	// Bearer is sent as the access token (RFC 6750 section 2.1).
	Bearer string
}

// Do sends a request and returns the body of a success: any status from 200 to 299. It fails with a [*StatusError] for
// another status, redirects included.
func (c *Client) Do(ctx context.Context, r Request) ([]byte, error) {
	req, err := r.build(ctx)
	if err != nil {
		return nil, err
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return nil, fmt.Errorf("oauth2: %w", err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("oauth2: read the answer: %w", err)
	}
	if len(data) > maxAnswer {
		return nil, ErrTooLarge
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		tree, _ := js.Parse(data)
		body, _ := tree.(*Object)
		return nil, &StatusError{res.StatusCode, body}
	}
	return data, nil
}

func (r *Request) build(ctx context.Context) (*http.Request, error) {
	method, body := r.Method, io.Reader(nil)
	switch {
	case r.Form != nil:
		body = strings.NewReader(r.Form.Encode())
	case r.JSON != nil:
		body = strings.NewReader(string(r.JSON))
	}
	if method == "" {
		method = http.MethodGet
		if body != nil {
			method = http.MethodPost
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL, body)
	if err != nil {
		return nil, fmt.Errorf("oauth2: %w", err)
	}
	if r.Form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else if r.JSON != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.Bearer != "" {
		req.Header.Set("Authorization", "Bearer "+r.Bearer)
	}
	for name, value := range r.Header {
		req.Header.Set(name, value)
	}
	return req, nil
}

// JSON sends a request and decodes the answer.
func (c *Client) JSON(ctx context.Context, r Request) (any, error) {
	data, err := c.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	tree, err := js.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("oauth2: the answer is not JSON that can be trusted: %w", err)
	}
	return tree, nil
}

// Object is [Client.JSON] for an answer that must be an object.
func (c *Client) Object(ctx context.Context, r Request) (*Object, error) {
	tree, err := c.JSON(ctx, r)
	if err != nil {
		return nil, err
	}
	o, ok := tree.(*Object)
	if !ok {
		return nil, errors.New("oauth2: the answer is not a JSON object")
	}
	return o, nil
}

// BasicAuth is the header of a client that authenticates with its id and secret as they are, without percent-encoding, as
// upstream does (RFC 7617 section 2).
func BasicAuth(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

func member(o *Object, name string) any {
	v, _ := o.Get(name)
	return v
}
