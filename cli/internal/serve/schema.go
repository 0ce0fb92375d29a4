package serve

import (
	"context"
	"errors"
	"io"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/schema"
)

// Schema returns the tables that a configuration needs, and the database it names, or nil. Neither it nor anything else
// that the configuration names is touched. The caller calls end.
func Schema(o *Options) (s *schema.Schema, database config.Storage, end func() error, err error) {
	c := o.Config
	a := &app{logger: newLogger(c, io.Discard), now: o.Now}
	defer func() {
		if err != nil {
			_ = a.close()
		}
	}()
	c.Options.Logger, c.Options.Getenv, c.Options.Clock = a.logger, o.Getenv, o.Now
	if database, err = a.open(c, o, io.Discard); err != nil {
		return nil, nil, nil, err
	}
	if a.auth, err = core.New(c.Options); err != nil {
		return nil, nil, nil, err
	}
	return a.auth.Context().Schema, database, func() error { return errors.Join(a.auth.Close(context.Background()), a.close()) }, nil
}
