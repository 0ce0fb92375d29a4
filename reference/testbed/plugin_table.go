package main

import (
	"github.com/goauth-dev/goauth/plugins/bearer"
	"github.com/goauth-dev/goauth/plugins/username"
)

// factories holds the plugins by the names of upstream's factory functions. A plugin with options that are functions has a
// file of its own, which connects them.
var factories = map[string]factory{
	"bearer":   plugin(bearer.New, nil),
	"username": plugin(username.New, connectUsername),
}
