package authtest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// Request is one HTTP request.
type Request struct {
	// Method is POST with a body, else GET, unless it is set.
	Method string
	// Path is below the base path, unless it begins with the base path already.
	Path string
	// Body is sent as it is when it is a string, a []byte or an io.Reader, and as JSON otherwise; nil sends none.
	Body any
	// Type replaces the content type application/json.
	Type   string
	Header http.Header
	Host   string
}

// Answer is what came back; redirects are not followed.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Code returns the error code of the answer, or "".
func (a Answer) Code() string {
	var body struct{ Code string }
	_ = json.Unmarshal([]byte(a.Body), &body)
	return body.Code
}

// Decode reads the answer's JSON into v, a pointer.
func (a Answer) Decode(v any) error { return json.Unmarshal([]byte(a.Body), v) }

// Client is a browser: it keeps cookies, and sends the server's origin unless the request says another.
type Client struct {
	*Server
	HTTP *http.Client
}

// Client returns a browser without cookies.
func (s *Server) Client() *Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &Client{s, &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DisableCompression: true}, Timeout: 20 * time.Second,
	}}
}

// SignedIn returns a browser with the session of a new user of that address.
func (s *Server) SignedIn(email string) *Client {
	s.t.Helper()
	c := s.Client()
	c.SignUp(email)
	return c
}

// Do sends a request.
func (c *Client) Do(r Request) Answer {
	c.t.Helper()
	body, err := r.reader()
	if err != nil {
		c.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(c.t.Context(), r.method(), c.URL+r.path(), body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", r.method(), r.path(), err)
	}
	req.Header.Set("Origin", c.URL)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range r.Header {
		req.Header[name] = values
	}
	if r.Type != "" {
		req.Header.Set("Content-Type", r.Type)
	}
	req.Host = r.Host
	res, err := c.HTTP.Do(req)
	if err != nil {
		c.t.Fatalf("%s %s: %v", req.Method, r.path(), err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", req.Method, r.path(), err)
	}
	return Answer{res.StatusCode, res.Header, string(text)}
}

func (r *Request) method() string {
	switch {
	case r.Method != "":
		return r.Method
	case r.Body != nil:
		return http.MethodPost
	default:
		return http.MethodGet
	}
}

func (r *Request) path() string {
	if strings.HasPrefix(r.Path, BasePath) {
		return r.Path
	}
	return BasePath + r.Path
}

func (r *Request) reader() (io.Reader, error) {
	switch b := r.Body.(type) {
	case nil:
		return nil, nil
	case string:
		return strings.NewReader(b), nil
	case []byte:
		return strings.NewReader(string(b)), nil
	case io.Reader:
		return b, nil
	default:
		text, err := json.Marshal(b)
		return strings.NewReader(string(text)), err
	}
}

// Get sends a GET.
func (c *Client) Get(path string) Answer { c.t.Helper(); return c.Do(Request{Path: path}) }

// Post sends a POST with a JSON body; a nil body sends none.
func (c *Client) Post(path string, body any) Answer {
	c.t.Helper()
	return c.Do(Request{Method: http.MethodPost, Path: path, Body: body})
}

// Cookie returns the value of the browser's cookie with a name, or "".
func (c *Client) Cookie(name string) string {
	u, _ := url.Parse(c.URL)
	for _, ck := range c.HTTP.Jar.Cookies(u) {
		if ck.Name == name {
			return ck.Value
		}
	}
	return ""
}

// SignUp creates a user with [Password], who is signed in unless the options say otherwise.
func (c *Client) SignUp(email string) {
	c.t.Helper()
	res := c.Post("/sign-up/email", map[string]any{"name": "Some Body", "email": email, "password": Password})
	if res.Status != http.StatusOK {
		c.t.Fatalf("sign-up of %s: %d %s", email, res.Status, res.Body)
	}
}

// SignIn signs in with [Password].
func (c *Client) SignIn(email string) {
	c.t.Helper()
	res := c.Post("/sign-in/email", map[string]any{"email": email, "password": Password})
	if res.Status != http.StatusOK {
		c.t.Fatalf("sign-in of %s: %d %s", email, res.Status, res.Body)
	}
}
