package redis

import (
	"context"
	"errors"
	"io"
	"net"

	goredis "github.com/redis/go-redis/v9"
)

// nodeHook stands between a cluster's client and the client of one node.
//
// The cluster's client sends a command again when a node redirects or refuses it, which is what it is for, but also when the
// connection breaks before the answer, and then the node may have run it: a value would be taken twice, and the second time
// it is not there. Nor would it ask for the new master of a dead one before a minute is over.
type nodeHook struct{ cluster *goredis.ClusterClient }

func (h nodeHook) DialHook(next goredis.DialHook) goredis.DialHook { return next }

func (h nodeHook) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		err := next(ctx, cmd)
		if cmd.Name() == "cluster" {
			return err // it is the question who is the master
		}
		return h.judge(ctx, err)
	}
}

func (h nodeHook) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error { return h.judge(ctx, next(ctx, cmds)) }
}

// judge makes an error final when the command may have run, and looks for other masters when the node was not there.
func (h nodeHook) judge(ctx context.Context, err error) error {
	if err == nil || isServerError(err) || errors.Is(err, context.Canceled) {
		return err
	}
	h.cluster.ReloadState(ctx) // does not wait, and is done once at a time
	if lostAnswer(err) {
		return finalError(err.Error())
	}
	return err
}

// lostAnswer reports whether a connection that had been made broke, or said nothing in time. Where the time was the
// caller's, nobody tries again anyway.
func lostAnswer(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	_, broken := errors.AsType[net.Error](err)
	return broken || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// finalError is the text of an error that nothing is to be known about, so that nobody tries again.
type finalError string

func (e finalError) Error() string { return string(e) }
