// Package page is the page that a server shows in development: one signs up, reads the mails that the server sends, and
// manages the account, all through the official Better Auth client.
package page

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/cli/mail"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/plugins/openapi"
)

//go:embed *.html *.css *.js icon.svg vendor/better-auth-client.js
var files embed.FS

// Options is what the page shows.
type Options struct {
	// Auth is the instance.
	Auth *auth.Context
	// Recent are the mails to list.
	Recent *mail.Recent
	// BaseURL is the page's own address, whose cookies the browser has.
	BaseURL string
}

// assets are the files that browsers load.
var assets = []string{
	"app.css", "icon.svg", "app.js", "client.js", "ui.js", "doors.js", "cards.js", "mailbox.js", "vendor/better-auth-client.js",
}

// prefix is where everything but the page itself is.
const prefix = "/goauth/"

// Serves reports whether a path is one of the page's.
func Serves(path string) bool { return path == "/" || strings.HasPrefix(path, prefix) }

// New returns the handler of the paths that [Serves] names. It answers at the base URL's host only and sends browsers
// that come by another name there, so that no foreign site can read the mails by renaming itself (DNS rebinding).
func New(o Options) http.Handler {
	p := &handler{Options: o, assets: map[string]asset{}}
	if u, err := url.Parse(o.BaseURL); err == nil {
		p.host = u.Host
		p.home = u.Scheme + "://" + u.Host + "/"
	}
	for _, name := range assets {
		p.assets[prefix+path.Base(name)] = readAsset(name)
	}
	p.index = p.render()
	return p
}

type handler struct {
	Options
	host   string
	home   string
	index  []byte
	assets map[string]asset
}

type asset struct {
	kind string
	data []byte
}

func readAsset(name string) asset {
	data, _ := files.ReadFile(name) // embedded: it is there, or this did not compile
	kinds := map[string]string{".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
	return asset{kinds[path.Ext(name)] + "; charset=utf-8", data}
}

// policy lets the page load its own files and talk to its own server, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// ServeHTTP implements http.Handler.
func (p *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "use GET", http.StatusMethodNotAllowed)
		return
	}
	if p.host != "" && !sameHost(r.Host, p.host) {
		http.Redirect(w, r, p.home, http.StatusFound)
		return
	}
	switch file, ok := p.assets[r.URL.Path]; {
	case ok:
		send(w, file.kind, file.data)
	case r.URL.Path == "/":
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		send(w, "text/html; charset=utf-8", p.index)
	case r.URL.Path == prefix+"mails":
		p.mails(w, r)
	default:
		http.Error(w, "not found", http.StatusNotFound)
	}
}

// sameHost compares hosts of http URLs, in which the port 80 may be left out.
func sameHost(a, b string) bool {
	return strings.EqualFold(withPort(a), withPort(b))
}

func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err != nil {
		return host + ":80"
	}
	return host
}

func send(w http.ResponseWriter, kind string, data []byte) {
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(data)
}

// mailView is a mail as the page lists it.
type mailView struct {
	ID      int       `json:"id"`
	Kind    mail.Kind `json:"kind"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	URL     string    `json:"url,omitempty"`
	At      time.Time `json:"at"`
}

// mails lists the recent mails to this page, and to no other site's.
func (p *handler) mails(w http.ResponseWriter, r *http.Request) {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		http.Error(w, "only the page itself may read the mails", http.StatusForbidden)
		return
	}
	views := []mailView{}
	for _, m := range p.Recent.List() {
		views = append(views, mailView{m.ID, m.Kind, m.To, m.Subject, m.Text, m.URL, m.At})
	}
	data, err := json.Marshal(views)
	if err != nil {
		http.Error(w, "the mails cannot be shown", http.StatusInternalServerError)
		return
	}
	send(w, "application/json", data)
}

// settings are what the page must know of the instance.
type settings struct {
	AppName        string
	BasePath       string
	MinPassword    int
	MaxPassword    int
	SignUp         bool
	Password       bool
	ChangeEmail    bool
	DeleteUser     bool
	ConfirmDeletes bool
	// Providers are the parties that people sign in with.
	Providers []provider
	// Plugins are the ids of those that are on, separated by spaces.
	Plugins string
	// Reference is where the plugin open-api has its page, if it is on.
	Reference string
}

// Has reports whether a plugin is on.
func (s *settings) Has(plugin string) bool { return slices.Contains(strings.Fields(s.Plugins), plugin) }

// Doors reports whether there is a way in beside the password.
func (s *settings) Doors() bool {
	return len(s.Providers) > 0 || slices.ContainsFunc([]string{"magic-link", "email-otp", "phone-number", "anonymous"}, s.Has)
}

// provider is a button.
type provider struct{ ID, Name string }

func (p *handler) render() []byte {
	o := &p.Auth.Options
	s := &settings{
		AppName: o.AppName, BasePath: o.BasePath,
		MinPassword: o.EmailAndPassword.MinPasswordLength, MaxPassword: o.EmailAndPassword.MaxPasswordLength,
		Password: o.EmailAndPassword.Enabled, SignUp: o.EmailAndPassword.Enabled && !o.EmailAndPassword.DisableSignUp,
		ChangeEmail: o.User.ChangeEmail.Enabled, DeleteUser: o.User.DeleteUser.Enabled,
		ConfirmDeletes: o.User.DeleteUser.SendDeleteAccountVerification != nil,
	}
	var ids []string
	for i := range o.Plugins {
		ids = append(ids, o.Plugins[i].ID)
		s.Reference += reference(o.BasePath, &o.Plugins[i])
	}
	s.Plugins = strings.Join(ids, " ")
	for _, known := range p.Auth.Providers() {
		s.Providers = append(s.Providers, provider{known.ID, known.Name})
	}
	var b bytes.Buffer
	if err := index.ExecuteTemplate(&b, "index.html", s); err != nil {
		return fmt.Appendf(nil, "the page cannot be shown: %v", err)
	}
	return b.Bytes()
}

// reference is where a plugin has the page of the API, or "".
func reference(basePath string, p *auth.Plugin) string {
	for _, e := range p.Endpoints {
		if r, err := e.Route(); err == nil && r.Key == openapi.ReferenceKey {
			return basePath + r.Path
		}
	}
	return ""
}

var index = template.Must(template.ParseFS(files, "*.html"))
