package plugin

import "github.com/goauth-dev/goauth/plugins/bearer"

// factories holds every plugin that a configuration file can name.
var factories = map[string]factory{
	"bearer": from(bearer.New),
}
