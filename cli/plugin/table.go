package plugin

import (
	"github.com/goauth-dev/goauth/plugins/bearer"
	"github.com/goauth-dev/goauth/plugins/username"
)

// factories holds every plugin that a configuration file can name.
var factories = map[string]factory{
	"bearer":   from(bearer.New),
	"username": from(username.New),
}
