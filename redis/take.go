package redis

import (
	"context"
	"errors"

	goredis "github.com/redis/go-redis/v9"
)

// The ways to take a value, best first.
const (
	byGetDel = iota // GETDEL, since Redis 6.2
	byMulti         // MULTI GET DEL EXEC
	byDel           // GET, then DEL, whose answer names the winner
)

func (s *secondary) Take(ctx context.Context, key string) (string, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if s.swap.Load() == byLock {
		unlock, err := s.locks.lock(ctx, key)
		if err != nil {
			return "", false, failed("take", err)
		}
		defer unlock()
	}
	if s.take.Load() == byGetDel {
		value, err := s.client.GetDel(ctx, s.prefix+key).Result()
		if !unknownCommand(err) {
			return found("take", value, err)
		}
		if err := s.probeMulti(ctx, key); err != nil {
			return "", false, failed("take", err)
		}
	}
	if s.take.Load() == byMulti {
		return s.takeMulti(ctx, s.prefix+key)
	}
	return s.takeDel(ctx, s.prefix+key)
}

// probeMulti finds out whether the server has transactions, without a write: where MULTI is refused, the commands after
// it run all the same.
func (s *secondary) probeMulti(ctx context.Context, key string) error {
	_, err := s.client.TxPipelined(ctx, func(p goredis.Pipeliner) error {
		return p.Get(ctx, s.prefix+key).Err()
	})
	switch {
	case err == nil || errors.Is(err, goredis.Nil):
		s.take.CompareAndSwap(byGetDel, byMulti)
	case unknownCommand(err):
		s.take.CompareAndSwap(byGetDel, byDel)
	default:
		return err
	}
	return nil
}

func (s *secondary) takeMulti(ctx context.Context, key string) (string, bool, error) {
	var get *goredis.StringCmd
	_, err := s.client.TxPipelined(ctx, func(p goredis.Pipeliner) error {
		get = p.Get(ctx, key)
		return p.Del(ctx, key).Err()
	})
	if err != nil {
		return found("take", "", err)
	}
	return get.Val(), true, nil
}

func (s *secondary) takeDel(ctx context.Context, key string) (string, bool, error) {
	value, err := s.client.Get(ctx, key).Result()
	if err != nil {
		return found("take", "", err)
	}
	deleted, err := s.client.Del(ctx, key).Result()
	if err != nil {
		return "", false, failed("take", err)
	}
	if deleted == 0 {
		return "", false, nil
	}
	return value, true, nil
}
