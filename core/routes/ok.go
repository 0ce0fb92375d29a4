package routes

import "github.com/goauth-dev/goauth/core/auth"

// OKOut is the output of [OK].
type OKOut struct {
	OK bool `json:"ok"`
}

// OK answers that the routes are served.
var OK = auth.Endpoint[struct{}, *OKOut]{
	Key: "ok", Method: auth.GET, Path: "/ok", Doc: "Check if the API is working",
	Handle: func(*auth.Call, struct{}) (*OKOut, error) { return &OKOut{true}, nil },
}
