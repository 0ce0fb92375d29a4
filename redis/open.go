package redis

import (
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// ioTimeout bounds one dial, one read and one write.
const ioTimeout = time.Second

// Open returns a client for a URL: redis://user:password@host:port/db, rediss:// for TLS, unix://path. It does not
// connect yet.
//
// The client speaks RESP2, which every server knows, says nothing about itself, and gives up after a second where go-redis
// would after five and then try again: a request must not hang when Redis does, and a command whose answer was lost must
// not run twice. Query parameters that go-redis knows (read_timeout, pool_size, …) win over that. The caller closes it.
func Open(url string) (goredis.UniversalClient, error) {
	o, err := goredis.ParseURL(url)
	if err != nil {
		// The cause repeats the URL, and with it the password.
		return nil, fmt.Errorf("redis: the URL is not valid; it looks like redis://user:password@host:6379/0")
	}
	o.Protocol = 2
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	o.ContextTimeoutEnabled = true
	o.DialerRetries = 1
	for _, timeout := range []*time.Duration{&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.PoolTimeout} {
		if *timeout == 0 {
			*timeout = ioTimeout
		}
	}
	if o.MaxRetries == 0 {
		o.MaxRetries = -1
	}
	return goredis.NewClient(o), nil
}
