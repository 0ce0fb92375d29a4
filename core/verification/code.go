package verification

import (
	"strconv"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// CodeState is what became of an attempt at a one-time code.
type CodeState uint8

// The states.
const (
	CodeRight   CodeState = iota // the code was right
	CodeMissing                  // there is none
	CodeExpired                  // there was one; it is gone now
	CodeSpent                    // too many wrong attempts came before; it is gone now
	CodeWrong                    // the attempt was counted
)

// CodeValue is how a new one-time code is kept: as it is stored, a colon, and the wrong attempts so far.
func CodeValue(stored string) string { return stored + ":0" }

// SplitCode takes a kept code apart. A value without a count has had no attempt.
func SplitCode(value string) (stored string, attempts int) {
	i := strings.LastIndexByte(value, ':')
	if i < 0 {
		return value, 0
	}
	attempts, _ = strconv.Atoi(value[i+1:])
	return value[:i], attempts
}

// UseCode tries a one-time code that is kept under an identifier. right says whether what the caller gave belongs to what
// is stored. A wrong attempt is counted; after allowed of them the code is gone. A right one uses the code up.
//
// An outcome counts only if nobody else changed the value since it was read: of any number of concurrent callers at most
// allowed hear that they were wrong, and one that it was right (UP-023, UP-031, UP-032).
func UseCode(c *auth.Call, identifier string, allowed int, right func(stored string) (bool, error)) (CodeState, error) {
	return tryCode(c, identifier, allowed, right, false)
}

// CheckCode is [UseCode] that leaves a right code in place.
func CheckCode(c *auth.Call, identifier string, allowed int, right func(stored string) (bool, error)) (CodeState, error) {
	return tryCode(c, identifier, allowed, right, true)
}

func tryCode(c *auth.Call, identifier string, allowed int, right func(stored string) (bool, error), keep bool) (CodeState, error) {
	for range attempts {
		h, err := hold(c, identifier)
		if h == nil || err != nil {
			return CodeMissing, err
		}
		state, next, err := judge(c, h.Verification, allowed, right, keep)
		if err != nil {
			return CodeWrong, err
		}
		done, err := h.replace(c, next)
		if done || err != nil || state == CodeExpired { // an expired one may have been cleaned up meanwhile
			return state, err
		}
	}
	return CodeWrong, errContended
}

// judge returns the outcome of an attempt and the value to keep, nil for none.
func judge(c *auth.Call, v *auth.Verification, allowed int, right func(stored string) (bool, error), keep bool) (CodeState, *string, error) {
	if !v.ExpiresAt.After(c.Now()) {
		return CodeExpired, nil, nil
	}
	stored, failed := SplitCode(v.Value)
	if failed >= allowed {
		return CodeSpent, nil, nil
	}
	ok, err := right(stored)
	switch {
	case err != nil:
		return CodeWrong, nil, err
	case ok && keep:
		return CodeRight, &v.Value, nil
	case ok:
		return CodeRight, nil, nil
	default:
		value := stored + ":" + strconv.Itoa(failed+1)
		return CodeWrong, &value, nil
	}
}

// held is a value as it was read, to be replaced only if it still is.
type held struct {
	*auth.Verification
	name string // as stored
	text string // in secondary storage, where the value is there alone
}

// hold reads the newest value of an identifier where it is decided who changes it: in the database, or in secondary
// storage when values are there alone.
func hold(c *auth.Call, identifier string) (*held, error) {
	names := lookupNames(c, identifier)
	if inDatabase(c) {
		v, err := findRow(c, names)
		if v == nil || err != nil {
			return nil, err
		}
		cleanUp(c)
		return &held{Verification: v, name: v.Identifier}, nil
	}
	for _, name := range names {
		text, ok, err := c.Secondary.Get(c.Ctx(), cacheKey(name))
		if err != nil {
			return nil, err
		}
		if v := fromCache(c, text); ok && v != nil {
			return &held{v, name, text}, nil
		}
	}
	return nil, nil
}

// inDatabase reports whether values have rows in the database.
func inDatabase(c *auth.Call) bool {
	return c.Secondary == nil || c.Options.Verification.StoreInDatabase
}

// replace stores another value, or none, and reports whether nobody else did meanwhile. Older values of the identifier go
// with the last one.
func (h *held) replace(c *auth.Call, value *string) (bool, error) {
	switch {
	case !inDatabase(c):
		return h.swap(c, value)
	case value == nil:
		return h.remove(c)
	default:
		return h.update(c, *value)
	}
}

func (h *held) guard() store.Where {
	return store.Where{store.Is("id", h.ID), store.Is("value", h.Value)}
}

func (h *held) remove(c *auth.Call) (done bool, err error) {
	err = c.InTx(func() error {
		row, err := c.Consume(schema.VerificationModel, h.guard(), nil)
		if row == nil || err != nil {
			return err
		}
		done = true
		if c.Secondary != nil {
			if err := c.Secondary.Delete(c.Ctx(), cacheKey(h.name)); err != nil {
				return err
			}
		}
		return c.Delete(schema.VerificationModel, store.Where{store.Is("identifier", h.name)})
	})
	return done, err
}

func (h *held) update(c *auth.Call, value string) (bool, error) {
	row, err := c.Update(schema.VerificationModel, h.guard(), store.Record{"value": value})
	if row == nil || err != nil {
		return false, err
	}
	if c.Secondary == nil {
		return true, nil
	}
	return true, setCached(c, h.name, row)
}

// swap changes the text in secondary storage.
func (h *held) swap(c *auth.Call, value *string) (bool, error) {
	if value == nil {
		return c.Secondary.Swap(c.Ctx(), cacheKey(h.name), &h.text, nil, 0)
	}
	return h.swapMember(c, "value", *value, h.ExpiresAt)
}

func (h *held) swapMember(c *auth.Call, name string, value any, until time.Time) (bool, error) {
	tree, err := js.Parse([]byte(h.text))
	if err != nil {
		return false, err
	}
	tree.(*js.Object).Set(name, value)
	text, err := js.Marshal(tree)
	if err != nil {
		return false, err
	}
	after := string(text)
	return c.Secondary.Swap(c.Ctx(), cacheKey(h.name), &h.text, &after, until.Sub(c.Now()).Truncate(time.Second))
}

// Extend moves the end of the newest value of an identifier, and reports whether it still is the value that was read.
// Upstream: updateVerificationByIdentifier.
func Extend(c *auth.Call, identifier, value string, until time.Time) (bool, error) {
	h, err := hold(c, identifier)
	if h == nil || err != nil || h.Value != value {
		return false, err
	}
	if !inDatabase(c) {
		return h.swapMember(c, "expiresAt", until, until)
	}
	row, err := c.Update(schema.VerificationModel, h.guard(), store.Record{"expiresAt": until})
	if row == nil || err != nil || c.Secondary == nil {
		return row != nil, err
	}
	return true, setCached(c, h.name, row)
}
