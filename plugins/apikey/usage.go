package apikey

import (
	"context"
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/access"
)

// use counts one use of a key, or says why it must not be used. Of any number of uses at once no more succeed than the
// key's limits allow (UP-114): each is one update of the fields it changes, which holds only while the limits do.
// With deferral the update follows the answer.
func (p *plugin) use(c *auth.Call, cfg *config, rec store.Record, need access.Permissions) (store.Record, error) {
	for range attempts {
		if err := p.admit(c, cfg, rec, need); err != nil {
			return nil, err
		}
		step, err := nextUse(cfg, rec, c.Now())
		if err != nil {
			return nil, p.refuse(c, cfg, rec, err)
		}
		if cfg.DeferUpdates {
			p.later(c, "count the use of an API key", func(c *auth.Call) error {
				_, err := cfg.keys.change(c, rec, step.guard, step.set)
				return err
			})
			return step.predict(rec), nil
		}
		used, err := cfg.keys.change(c, rec, step.guard, step.set)
		if used != nil || err != nil {
			return used, err
		}
		if rec, err = cfg.keys.fresh(c, rec); err != nil {
			return nil, err
		}
		if rec == nil { // deleted meanwhile
			return nil, auth.Fail(http.StatusUnauthorized, InvalidAPIKey)
		}
	}
	return nil, errContended
}

// admit refuses a key that is disabled, over, or lacks permissions. One that is over is deleted.
func (p *plugin) admit(c *auth.Call, cfg *config, rec store.Record, need access.Permissions) error {
	if rec["enabled"] == false {
		return auth.Fail(http.StatusUnauthorized, KeyDisabled)
	}
	if expired(c, rec) {
		if err := p.remove(c, cfg, rec, store.Where{store.Is("expiresAt", rec["expiresAt"])}); err != nil {
			return err
		}
		return auth.Fail(http.StatusUnauthorized, KeyExpired)
	}
	if need != nil && !access.Role(permissionsOf(rec)).Allows(need) {
		return auth.Fail(http.StatusUnauthorized, KeyNotFound)
	}
	return nil
}

// refuse deletes a key that will never be good again, and returns the refusal.
func (p *plugin) refuse(c *auth.Call, cfg *config, rec store.Record, refusal error) error {
	if left := number(rec, "remaining"); left != nil && *left <= 0 && rec["refillAmount"] == nil {
		if err := p.remove(c, cfg, rec, store.Where{store.Is("remaining", rec["remaining"])}); err != nil {
			return err
		}
	}
	return refusal
}

func (p *plugin) remove(c *auth.Call, cfg *config, rec store.Record, guard store.Where) error {
	if !cfg.DeferUpdates {
		return cfg.keys.remove(c, rec, guard)
	}
	p.later(c, "delete an API key", func(c *auth.Call) error { return cfg.keys.remove(c, rec, guard) })
	return nil
}

// later does work after the answer.
func (p *plugin) later(c *auth.Call, name string, work func(c *auth.Call) error) {
	c.Send(name, func(ctx context.Context) error { return work(c.NewCall(ctx)) })
}

// step is what one use changes, and what must still hold for it.
type step struct {
	guard store.Where
	set   store.Record
}

// predict is the key as it will be.
func (s *step) predict(rec store.Record) store.Record {
	used := make(store.Record, len(rec))
	for name, v := range rec {
		used[name] = v
	}
	apply(used, s.set)
	return used
}

// nextUse decides on a use by the key as it was read. The refusal is an [*auth.Error].
func nextUse(cfg *config, rec store.Record, now time.Time) (*step, error) {
	s := &step{set: store.Record{"updatedAt": now}, guard: store.Where{store.Is("enabled", rec["enabled"])}}
	if err := s.spend(rec, now); err != nil {
		return nil, err
	}
	if err := s.count(cfg, rec, now); err != nil {
		return nil, err
	}
	return s, nil
}

// spend takes one of the remaining uses, after a refill that is due.
func (s *step) spend(rec store.Record, now time.Time) error {
	remaining := number(rec, "remaining")
	if remaining == nil {
		s.guard = append(s.guard, store.Is("remaining", nil))
		return nil
	}
	amount, interval := number(rec, "refillAmount"), number(rec, "refillInterval")
	if amount != nil && interval != nil && *amount > 0 && *interval != 0 {
		last := date(rec, "lastRefillAt")
		if last == nil {
			last = date(rec, "createdAt")
		}
		if last == nil || now.Sub(*last) > time.Duration(*interval)*time.Millisecond {
			s.guard = append(s.guard, store.Is("lastRefillAt", rec["lastRefillAt"]))
			s.set["remaining"], s.set["lastRefillAt"] = *amount-1, now
			return nil
		}
	}
	if *remaining <= 0 {
		return auth.Fail(http.StatusTooManyRequests, UsageExceeded)
	}
	s.guard = append(s.guard, store.Cond{Field: "remaining", Op: store.Gt, Value: int64(0)})
	s.set["remaining"] = store.Inc(-1)
	return nil
}

// count counts the use in the key's window, which begins again when that has passed since the last use.
func (s *step) count(cfg *config, rec store.Record, now time.Time) error {
	if !cfg.limits() || rec["rateLimitEnabled"] == false {
		s.set["lastRequest"] = now
		return nil
	}
	window, limit := number(rec, "rateLimitTimeWindow"), number(rec, "rateLimitMax")
	if window == nil || limit == nil {
		return nil
	}
	s.set["lastRequest"] = now
	span, last := time.Duration(*window)*time.Millisecond, date(rec, "lastRequest")
	if last == nil || now.Sub(*last) > span {
		s.guard = append(s.guard, store.Is("lastRequest", rec["lastRequest"]))
		s.set["requestCount"] = int64(1)
		return nil
	}
	count := number(rec, "requestCount")
	if count != nil && *count >= *limit {
		return tooOften(span - now.Sub(*last))
	}
	if count == nil {
		s.guard = append(s.guard, store.Is("requestCount", nil))
	} else {
		s.guard = append(s.guard, store.Cond{Field: "requestCount", Op: store.Lt, Value: *limit})
	}
	s.guard = append(s.guard, store.Cond{Field: "lastRequest", Op: store.Gte, Value: now.Add(-span)})
	s.set["requestCount"] = store.Inc(1)
	return nil
}

// limitBody is the answer for a key that was used too often; TryAgainIn is in milliseconds.
type limitBody struct {
	Message string       `json:"message"`
	Code    string       `json:"code"`
	Details limitDetails `json:"details"`
}

type limitDetails struct {
	TryAgainIn int64 `json:"tryAgainIn"`
}

func tooOften(wait time.Duration) error {
	refusal := auth.Fail(http.StatusUnauthorized, RateLimitExceeded.With(RateLimitExceeded.Message))
	refusal.Code.ID = rateLimited
	refusal.Body = limitBody{RateLimitExceeded.Message, rateLimited, limitDetails{wait.Milliseconds()}}
	return refusal
}

// owner returns the user who owns a key, or why nobody may act by it: the user is gone, or a plugin refuses the user
// (PEER-037).
func owner(c *auth.Call, rec store.Record) (*auth.User, error) {
	id, _ := rec["referenceId"].(string)
	u, err := account.FindUserByID(c, id)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return nil, auth.Fail(http.StatusUnauthorized, InvalidReferenceIDFromAPIKey)
	}
	if refusal := c.CheckUser(u); refusal != nil {
		return nil, auth.Fail(http.StatusUnauthorized, UserBanned).Because(refusal)
	}
	return u, nil
}
