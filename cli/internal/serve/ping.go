package serve

import (
	"context"
	"time"
)

// readyTimeout is how long the database may take to answer.
const readyTimeout = time.Second

type pinger interface {
	Ping(ctx context.Context) error
}

// ping asks the database and gives up when ctx ends, also when its driver does not.
func ping(ctx context.Context, p pinger) error {
	answered := make(chan error, 1)
	go func() { answered <- p.Ping(ctx) }()
	select {
	case err := <-answered:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
