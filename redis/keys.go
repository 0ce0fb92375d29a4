package redis

import (
	"context"
	"errors"
	"iter"
	"strings"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// scanCount is about how many keys one step of a walk looks at, and deletes at most.
const scanCount = 1000

// Keys lists the keys of the secondary storage, the counters and the log, without the prefix, from every master of a
// cluster. Of the options it takes the prefix and the timeout, which bounds each step. Upstream: listKeys.
//
// The server is asked in small steps and is not held up. A key that is there all the time is listed, one that comes or goes
// meanwhile may be; while a server's table grows or a cluster's slots move a key may come twice. After an error, which holds
// no key, nothing follows.
func Keys(ctx context.Context, client goredis.UniversalClient, opts Options) iter.Seq2[string, error] {
	w := newWalk(client, opts)
	return func(yield func(string, error) bool) {
		err := w.each(ctx, func(_ goredis.Cmdable, keys []string) error {
			for _, key := range keys {
				if !yield(strings.TrimPrefix(key, w.prefix), nil) {
					return errStopped
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield("", failed("list", err))
		}
	}
}

var (
	errStopped  = errors.New("the caller wants no more keys")
	errNoPrefix = errors.New("redis: without a prefix every key of the database would be deleted; FLUSHDB does that")
)

// Clear deletes every key that [Keys] lists, in small steps, and returns how many there were. It is for maintenance: sessions
// that are nowhere else have ended, codes and links no longer work, limits begin anew, and what is written meanwhile may stay.
// No instance is told, so that copies of sessions in cookies live until they end. When it fails it can be called again.
// Without a prefix it refuses, where upstream deletes what other programs have in the database. Upstream: clear.
func Clear(ctx context.Context, client goredis.UniversalClient, opts Options) (int, error) {
	w := newWalk(client, opts)
	if w.prefix == "" {
		return 0, errNoPrefix
	}
	deleted := 0
	err := w.each(ctx, func(node goredis.Cmdable, keys []string) error {
		n, err := w.remove(ctx, node, keys)
		deleted += n
		return err
	})
	return deleted, failed("clear", err)
}

// walk goes over the keys with a prefix.
type walk struct {
	client  goredis.UniversalClient
	prefix  string
	timeout time.Duration
	noLinks bool // the server has no UNLINK
}

func newWalk(client goredis.UniversalClient, opts Options) *walk {
	opts = opts.withDefaults()
	return &walk{client: client, prefix: opts.KeyPrefix, timeout: opts.Timeout}
}

// each calls fn with some keys after others, and the node that has them.
func (w *walk) each(ctx context.Context, fn func(node goredis.Cmdable, keys []string) error) error {
	nodes, err := w.nodes(ctx)
	if err != nil {
		return err
	}
	for _, node := range nodes {
		for at, done := uint64(0), false; !done; done = at == 0 {
			var keys []string
			if keys, at, err = w.step(ctx, node, at); err != nil {
				return err
			}
			if err = fn(node, keys); err != nil {
				return err
			}
		}
	}
	return nil
}

// nodes are the servers that each have a part of the keys.
func (w *walk) nodes(ctx context.Context) ([]goredis.Cmdable, error) {
	var each func(context.Context, func(context.Context, *goredis.Client) error) error
	switch c := w.client.(type) {
	case *goredis.ClusterClient:
		each = c.ForEachMaster
	case *goredis.Ring:
		each = c.ForEachShard
	default:
		return []goredis.Cmdable{c}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	var mu sync.Mutex
	var nodes []goredis.Cmdable
	err := each(ctx, func(_ context.Context, node *goredis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		nodes = append(nodes, node)
		return nil
	})
	return nodes, err
}

// step reads on, and returns where to go on after it: 0 at the end.
func (w *walk) step(ctx context.Context, node goredis.Cmdable, at uint64) (keys []string, next uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	found, next, err := node.Scan(ctx, at, literal.Replace(w.prefix)+"*", scanCount).Result()
	for _, key := range found {
		if strings.HasPrefix(key, w.prefix) {
			keys = append(keys, key)
		}
	}
	return keys, next, err
}

// literal writes a text as a pattern that nothing else matches.
var literal = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`)

// remove deletes keys in one round trip, each by itself: those of a cluster's node are of many slots.
func (w *walk) remove(ctx context.Context, node goredis.Cmdable, keys []string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	if !w.noLinks {
		n, err := pipeEach(ctx, node, keys, goredis.Pipeliner.Unlink)
		if !unknownCommand(err) {
			return n, err
		}
		w.noLinks = true
	}
	return pipeEach(ctx, node, keys, goredis.Pipeliner.Del)
}

func pipeEach(
	ctx context.Context, node goredis.Cmdable, keys []string, command func(goredis.Pipeliner, context.Context, ...string) *goredis.IntCmd,
) (int, error) {
	if len(keys) == 0 {
		return 0, nil
	}
	results := make([]*goredis.IntCmd, len(keys))
	_, err := node.Pipelined(ctx, func(p goredis.Pipeliner) error {
		for i, key := range keys {
			results[i] = command(p, ctx, key)
		}
		return nil
	})
	n := 0
	for _, r := range results {
		n += int(r.Val())
	}
	return n, err
}
