package redis

import (
	"context"
	"errors"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/goauth-dev/goauth/core/store"
)

const (
	// revocationsKey is the stream, behind the prefix. No session token, counter or verification value has such a key.
	revocationsKey = "ended-sessions"
	// newsField and keepField are the fields of an entry.
	newsField, keepField = "ids", "keep"
	// blockFor is how long one read waits for news, and silence how much later its answer may come: together the time after
	// which a connection that says nothing counts as lost.
	blockFor = 400 * time.Millisecond
	silence  = 500 * time.Millisecond
	// readCount is how many entries one read brings.
	readCount = 1000
)

// beginning is the place before the first entry.
var beginning = goredis.XMessage{ID: "0-0"}

// publishNews writes an entry and drops those that need not be kept any longer, all by the server's own clock. It takes the ids
// and the milliseconds to keep them. Every entry has the longest time that any was to be kept, so that one with a short life
// takes no other along. The stream ends once everything in it has.
var publishNews = goredis.NewScript(`
local keep = tonumber(ARGV[2])
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if last and last[2][3] == '` + keepField + `' then keep = math.max(keep, tonumber(last[2][4]) or 0) end
local kept = string.format('%.0f', keep)
redis.call('XADD', KEYS[1], '*', '` + newsField + `', ARGV[1], '` + keepField + `', kept)
local now = redis.call('TIME')
redis.call('XTRIM', KEYS[1], 'MINID', '~', string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000) - keep))
redis.call('PEXPIRE', KEYS[1], kept)
return 1
`)

type revocations struct {
	client  goredis.UniversalClient
	key     string
	timeout time.Duration
}

// NewRevocations returns a log of ended sessions on a client, which the caller keeps and closes; it needs Redis 6.2 or later,
// or Valkey. Of the options it takes the prefix and the timeout.
//
// The log is one stream rather than a channel of pub/sub, which forgets what it says: a follower reads on where it was, so
// that a lost connection, a reconnect or a start in between loses nothing. A follower holds one connection and asks for news
// twice a second at the least; one that gets no answer for 0.9 seconds ends. It starts from the beginning when the entry that
// it heard last is no longer there: the stream was deleted, or goes on at a server that has less of it.
func NewRevocations(client goredis.UniversalClient, opts Options) store.Revocations {
	opts = opts.withDefaults()
	return &revocations{client: client, key: opts.KeyPrefix + revocationsKey, timeout: opts.Timeout}
}

func (r *revocations) Publish(ctx context.Context, ids []string, keep time.Duration) error {
	if len(ids) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	_, err := publishNews.Run(ctx, r.client, []string{r.key}, strings.Join(ids, " "), max(keep.Milliseconds(), 1)).Result()
	return failed("publish", err)
}

func (r *revocations) Follow(ctx context.Context, heard func(ids []string), ready func()) error {
	at, caughtUp := beginning, false
	block := time.Duration(-1) // reads wait only once everything was heard
	for {
		entries, err := r.read(ctx, at.ID, block)
		if err != nil {
			return failed("follow", err)
		}
		for _, e := range entries {
			heard(strings.Fields(idsOf(e)))
		}
		there, err := r.holds(ctx, at)
		switch {
		case err != nil:
			return failed("follow", err)
		case !there:
			at, block = beginning, -1
		case len(entries) > 0:
			at = entries[len(entries)-1]
		case block < 0:
			block = blockFor
			if !caughtUp {
				caughtUp = true
				ready()
			}
		}
	}
}

func idsOf(e goredis.XMessage) string {
	text, _ := e.Values[newsField].(string)
	return text
}

// read returns the entries behind a place, waiting for some. The client may wait longer than a follower can: its call is
// then left to itself.
func (r *revocations) read(ctx context.Context, at string, block time.Duration) ([]goredis.XMessage, error) {
	type answer struct {
		streams []goredis.XStream
		err     error
	}
	limit := silence + max(block, 0)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errSilent)
	defer cancel()
	answered := make(chan answer, 1)
	go func() {
		streams, err := r.client.XRead(ctx, &goredis.XReadArgs{Streams: []string{r.key, at}, Count: readCount, Block: block}).Result()
		answered <- answer{streams, err}
	}()
	select {
	case a := <-answered:
		if errors.Is(a.err, goredis.Nil) || a.err == nil && len(a.streams) == 0 {
			return nil, nil
		}
		if a.err != nil {
			return nil, a.err
		}
		return a.streams[0].Messages, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

var errSilent = errors.New("the server has fallen silent")

// holds reports whether an entry is still in the stream. Where it is not, the stream is another one, or the server that took
// over has less of it: it may have entries that stand before the place and were never heard.
func (r *revocations) holds(ctx context.Context, at goredis.XMessage) (bool, error) {
	if at.ID == beginning.ID {
		return true, nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, silence, errSilent)
	defer cancel()
	found, err := r.client.XRangeN(ctx, r.key, at.ID, at.ID, 1).Result()
	return len(found) == 1 && idsOf(found[0]) == idsOf(at), err
}
