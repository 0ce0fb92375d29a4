// Package identity is every party that a server under comparison calls: an OpenID provider, and the servers of the built-in
// providers. It answers what a scenario tells it to, and keeps what it was asked.
package identity

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

const (
	// Issuer is the OpenID provider.
	Issuer = "https://identity.example"
	// asked is the header in which a server names the address that it meant to call.
	asked = "X-Outbound-Url"
	// keyID names the key that signs.
	keyID = "identity-key"
	// maxBody bounds what is read of a request.
	maxBody = 1 << 20
)

// keySets are the addresses at which the signing key is published, as each provider has it.
var keySets = []string{
	Issuer + "/jwks", "https://www.googleapis.com/oauth2/v3/certs", "https://appleid.apple.com/auth/keys",
	"https://login.microsoftonline.com/common/discovery/v2.0/keys", "https://limited.facebook.com/.well-known/oauth/openid/jwks/",
}

// signer is one key for all, so that both servers of a comparison see the same.
var signer = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// Call is one request that came in, but for a key set.
type Call struct {
	Method, URL string
	// Header has what the caller set itself, by lower-case name.
	Header map[string]string
	// Body is a form as an object of texts, or the text.
	Body any
}

// answer is what an address answers.
type answer struct {
	status int
	body   any
}

// Server listens on an address of 127.0.0.1. Callers send every request there, with the meant address in a header.
type Server struct {
	http     *http.Server
	listener net.Listener

	mu      sync.Mutex
	answers map[string]answer
	calls   []Call
}

// Start begins to answer.
func Start() (*Server, error) {
	if _, err := signer(); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the identity provider: %w", err)
	}
	s := &Server{listener: listener}
	s.Reset()
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve)}
	go func() { _ = s.http.Serve(listener) }()
	return s, nil
}

// URL is where callers send their requests.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Close stops answering.
func (s *Server) Close() error { return s.http.Close() }

// Answer sets what an address answers, its query left out. A body is JSON, or a text as it stands.
func (s *Server) Answer(address string, status int, body any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[address] = answer{status, body}
}

// Calls are the requests since the last reset, oldest first.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// Reset forgets what was asked, and answers only for the configuration and the keys.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls, s.answers = nil, map[string]answer{}
	for _, address := range keySets {
		s.answers[address] = answer{http.StatusOK, keySet()}
	}
	s.answers[Issuer+"/.well-known/openid-configuration"] = answer{http.StatusOK, Configuration()}
}

// Configuration is the OpenID provider's own.
func Configuration() map[string]any {
	return map[string]any{
		"issuer": Issuer, "authorization_endpoint": Issuer + "/authorize", "token_endpoint": Issuer + "/token",
		"userinfo_endpoint": Issuer + "/userinfo", "jwks_uri": Issuer + "/jwks",
	}
}

func keySet() map[string]any {
	key, _ := signer() // Start has made it
	return map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "kid": keyID, "use": "sig", "alg": "RS256", "n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes()),
	}}}
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	call, address := read(r)
	s.mu.Lock()
	if !slices.Contains(keySets, address) { // how long keys are kept is nobody's business
		s.calls = append(s.calls, call)
	}
	found, known := s.answers[address]
	s.mu.Unlock()
	if !known {
		found = answer{http.StatusNotFound, map[string]any{"error": "not_found"}}
	}
	if text, ok := found.body.(string); ok {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(found.status)
		_, _ = io.WriteString(w, text)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(found.status)
	_ = json.NewEncoder(w).Encode(found.body)
}

// read takes a request apart, and returns the address without its query as well.
func read(r *http.Request) (call Call, address string) {
	data, _ := io.ReadAll(io.LimitReader(r.Body, maxBody))
	call = Call{Method: r.Method, URL: r.Header.Get(asked), Header: map[string]string{}}
	for name, values := range r.Header {
		if name = strings.ToLower(name); meant(name, values[0]) {
			call.Header[name] = strings.Join(values, ", ")
		}
	}
	address, _, _ = strings.Cut(call.URL, "?")
	if len(data) > 0 {
		call.Body = string(data)
	}
	if form, err := url.ParseQuery(string(data)); err == nil && strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		fields := map[string]any{}
		for name, values := range form {
			fields[name] = strings.Join(values, ", ")
		}
		call.Body = fields
	}
	return call, address
}

// meant reports whether a caller set a header itself; the others are its HTTP client's.
func meant(name, value string) bool {
	switch name {
	case strings.ToLower(asked), "host", "connection", "content-length", "accept-encoding", "accept-language", "sec-fetch-mode", "transfer-encoding":
		return false
	case "accept":
		return value != "*/*"
	case "authorization":
		return value != "Bearer undefined" // what JavaScript writes for no token
	case "user-agent":
		return value != "node" && !strings.HasPrefix(value, "Go-http-client")
	}
	return true
}
