package redis

import (
	"context"
	"errors"
	"slices"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

const (
	// replicasParameter is the parameter of a URL that is ours rather than go-redis's.
	replicasParameter = "wait_replicas"
	// replicaTimeout is how long replicas may take.
	replicaTimeout = 500 * time.Millisecond
)

var errNotReplicated = errors.New("too few replicas have it in time")

// written are the commands whose effect must not be forgotten.
var written = []string{"set", "setex", "del", "getdel", "evalsha", "eval"}

// replicaHook lets a write of a server count only once some replicas have it too, so that none that was answered is forgotten
// when one of them takes over. Counters of requests need not be that safe.
type replicaHook struct {
	server   *goredis.Client
	replicas int
}

func (h replicaHook) DialHook(next goredis.DialHook) goredis.DialHook { return next }

func (h replicaHook) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return next
}

func (h replicaHook) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		if !slices.Contains(written, cmd.Name()) || isCount(cmd) {
			return next(ctx, cmd)
		}
		return h.write(ctx, cmd)
	}
}

func isCount(cmd goredis.Cmder) bool {
	args := cmd.Args()
	return len(args) > 1 && args[1] == consume.Hash()
}

// write sends a command and asks, on the same connection, how many replicas have it: the server answers for what that
// connection wrote.
func (h replicaHook) write(ctx context.Context, cmd goredis.Cmder) error {
	pipe := h.server.Pipeline()
	_ = pipe.Process(ctx, cmd)
	waited := pipe.Do(ctx, "wait", h.replicas, replicaTimeout.Milliseconds())
	_, _ = pipe.Exec(ctx) // each command has its own error
	if err := cmd.Err(); err != nil {
		return err
	}
	n, err := waited.Int()
	if err == nil && n < h.replicas {
		err = errNotReplicated
	}
	return err
}
