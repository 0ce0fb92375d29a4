// Package deviceauthorization signs devices without a keyboard in: the device shows a code, a person who is signed in
// elsewhere types and approves it, and the device, which polls meanwhile, gets a session (RFC 8628). Upstream:
// device-authorization.
package deviceauthorization

import (
	"net/http"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/origin"
	"github.com/goauth-dev/goauth/core/store"
)

// The keys of the operations, for auth.Caller.Run.
const (
	CodeKey    = "deviceCode"
	TokenKey   = "deviceToken"
	VerifyKey  = "deviceVerify"
	ApproveKey = "deviceApprove"
	DenyKey    = "deviceDeny"
)

// New returns the plugin.
func New(o Options) auth.Plugin {
	o.setDefaults()
	p := &o
	return auth.Plugin{
		ID: "device-authorization",
		Endpoints: []auth.AnyEndpoint{
			auth.Endpoint[CodeIn, *CodeOut]{
				Key: CodeKey, Method: auth.POST, Path: "/device/code", Doc: "Request a device and user code (RFC 8628 section 3.1)", Handle: p.request,
			},
			auth.Endpoint[TokenIn, *TokenOut]{
				Key: TokenKey, Method: auth.POST, Path: "/device/token", Doc: "Exchange a device code for an access token (RFC 8628 section 3.4)",
				Handle: p.poll,
			},
			auth.Endpoint[VerifyIn, *VerifyOut]{
				Key: VerifyKey, Method: auth.GET, Path: "/device", Doc: "Verify user code and get device authorization status", Handle: p.verify,
			},
			auth.Endpoint[DecideIn, *Done]{
				Key: ApproveKey, Method: auth.POST, Path: "/device/approve", Doc: "Approve device authorization", NeedsHeader: true, Handle: p.approve,
			},
			auth.Endpoint[DecideIn, *Done]{
				Key: DenyKey, Method: auth.POST, Path: "/device/deny", Doc: "Deny device authorization", NeedsHeader: true, Handle: p.deny,
			},
		},
		Schema: o.Schema.Apply(tables),
		Codes:  codes,
		Init:   p.check,
	}
}

// CodeIn is the input of deviceCode.
type CodeIn struct {
	ClientID string `body:"client_id" doc:"The client ID of the application"`
	Scope    string `body:"scope,optional" doc:"Space-separated list of scopes"`
	// UserID binds the code to one user from the start: nobody else can claim it (UP-006).
	UserID string `body:"user_id,optional" doc:"The only user who may approve"`
}

// CodeOut is the output of deviceCode (RFC 8628 section 3.2).
type CodeOut struct {
	DeviceCode              string `json:"device_code" doc:"The device verification code"`
	UserCode                string `json:"user_code" doc:"The user code to display"`
	VerificationURI         string `json:"verification_uri" doc:"The URL for user verification"`
	VerificationURIComplete string `json:"verification_uri_complete" doc:"The URL with the user code in it"`
	ExpiresIn               int64  `json:"expires_in" doc:"Lifetime in seconds of the device code"`
	Interval                int64  `json:"interval" doc:"Minimum polling interval in seconds"`
}

func (o *Options) request(c *auth.Call, in CodeIn) (*CodeOut, error) {
	if err := o.validate(c, in.ClientID, "invalid_client"); err != nil {
		return nil, err
	}
	if o.OnDeviceAuthRequest != nil {
		if err := o.OnDeviceAuthRequest(c.Ctx(), in.ClientID, in.Scope); err != nil {
			return nil, err
		}
	}
	row, err := o.create(c, in)
	if err != nil {
		return nil, err
	}
	deviceCode, _ := row["deviceCode"].(string)
	userCode, _ := row["userCode"].(string)
	uri, complete, err := o.verificationURIs(c, userCode)
	if err != nil {
		return nil, err
	}
	c.Reply.Header.Set("Cache-Control", "no-store")
	return &CodeOut{deviceCode, userCode, uri, complete, int64(o.ExpiresIn / time.Second), int64(o.Interval / time.Second)}, nil
}

func (o *Options) validate(c *auth.Call, clientID, kind string) error {
	if o.ValidateClient == nil {
		return nil
	}
	ok, err := o.ValidateClient(c.Ctx(), clientID)
	if err == nil && !ok {
		err = refuse(http.StatusBadRequest, kind, "Invalid client ID")
	}
	return err
}

// maxTries is how often new codes are made before the generator counts as broken (UP-101).
const maxTries = 3

// create stores a code that no other live one equals.
func (o *Options) create(c *auth.Call, in CodeIn) (row store.Record, err error) {
	err = c.InTx(func() error {
		for range maxTries {
			rec, err := o.newCode(c, in)
			if err != nil {
				return err
			}
			taken, err := o.taken(c, rec)
			if err != nil {
				return err
			}
			if !taken {
				row, err = c.Create(model, rec)
				return err
			}
		}
		return broken(InvalidDeviceCode)
	})
	return row, err
}

func (o *Options) newCode(c *auth.Call, in CodeIn) (store.Record, error) {
	deviceCode, err := o.deviceCode(c)
	if err != nil {
		return nil, err
	}
	userCode, err := o.userCode(c)
	if err != nil {
		return nil, err
	}
	rec := store.Record{
		"deviceCode": deviceCode, "userCode": userCode, "expiresAt": c.Now().Add(o.ExpiresIn), "status": pending,
		"pollingInterval": o.Interval.Milliseconds(), "clientId": in.ClientID,
	}
	if in.Scope != "" {
		rec["scope"] = in.Scope
	}
	if in.UserID != "" {
		rec["userId"] = in.UserID
	}
	return rec, nil
}

// taken reports whether a live code has one of these values. Codes that are over make way.
func (o *Options) taken(c *auth.Call, rec store.Record) (bool, error) {
	for _, name := range []string{"userCode", "deviceCode"} {
		same := store.Is(name, rec[name])
		if err := c.Delete(model, store.Where{same, {Field: "expiresAt", Op: store.Lt, Value: c.Now()}}); err != nil {
			return false, err
		}
		row, err := c.FindOne(store.Query{Model: model, Where: store.Where{same}})
		if row != nil || err != nil {
			return true, err
		}
	}
	return false, nil
}

// verificationURIs returns the page's URL, and the one with the code in it.
func (o *Options) verificationURIs(c *auth.Call, userCode string) (uri, complete string, err error) {
	u, err := origin.ParseURL(o.VerificationURI)
	if err != nil {
		if u, err = origin.ResolveURL(o.VerificationURI, c.BaseURL); err != nil {
			return "", "", err
		}
	}
	uri = u.Href()
	u.SetParam("user_code", userCode)
	return uri, u.Href(), nil
}

// clean is a user code as it is stored.
func (o *Options) clean(userCode string) string {
	userCode = strings.ReplaceAll(userCode, "-", "")
	if o.GenerateUserCode != nil {
		return userCode
	}
	return strings.ToUpper(strings.ReplaceAll(userCode, " ", ""))
}
