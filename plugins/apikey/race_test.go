package apikey_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/apikey"
)

const callers = 50

// atOnce lets callers run work at one moment and returns how often it was true.
func atOnce(n int, work func(i int) bool) int64 {
	var ready, done sync.WaitGroup
	var won atomic.Int64
	begin := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-begin
			if work(i) {
				won.Add(1)
			}
		})
	}
	ready.Wait()
	close(begin)
	done.Wait()
	return won.Load()
}

// valid verifies a key in a goroutine of its own.
func (k *kit) valid(key string) bool {
	out, err := apikey.Verify.Call(k.t.Context(), k, apikey.VerifyIn{Key: key})
	if err != nil {
		k.t.Errorf("verify: %v", err)
		return false
	}
	return out.Valid
}

func TestUP114_NoMoreUsesSucceedThanAKeyHas(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		key := k.create(apikey.CreateIn{Remaining: ptr(int64(5))})
		if n := atOnce(callers, func(int) bool { return k.valid(key.Secret) }); n != 5 {
			t.Errorf("%d of %d uses at once succeeded, want 5", n, callers)
		}
	})
}

func TestRACE012_AWindowHasNoMoreUsesThanItsLimit(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		key := k.create(apikey.CreateIn{RateLimitMax: ptr(int64(7)), RateLimitTimeWindow: ptr(int64(60_000))})
		for range 3 {
			if n := atOnce(callers, func(int) bool { return k.valid(key.Secret) }); n != 7 {
				t.Errorf("%d of %d uses at once succeeded, want 7", n, callers)
			}
			k.Clock.Advance(61 * time.Second)
		}
	})
}

func TestRACE012_ARefillIsGivenOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		key := k.create(apikey.CreateIn{Remaining: ptr(int64(1)), RefillAmount: ptr(int64(3)), RefillInterval: ptr(int64(60_000))})
		k.want("", key.Secret)
		for range 3 {
			k.Clock.Advance(61 * time.Second)
			if n := atOnce(callers, func(int) bool { return k.valid(key.Secret) }); n != 3 {
				t.Errorf("%d of %d uses at once succeeded, want 3", n, callers)
			}
		}
	})
}

func TestRACE012_AKeyThatIsDisabledAmidUsesStaysSo(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		key := k.create(apikey.CreateIn{})
		atOnce(callers, func(i int) bool {
			if i == callers/2 {
				_, err := apikey.Update.Call(t.Context(), k, apikey.UpdateIn{KeyID: key.ID, UserID: &k.user, Enabled: ptr(false)})
				return err == nil
			}
			return k.valid(key.Secret)
		})
		k.want("KEY_DISABLED", key.Secret)
	})
}

func TestUP114_AKeyThatIsDeletedAmidUsesStaysSo(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		key := k.create(apikey.CreateIn{})
		atOnce(callers, func(i int) bool {
			if i == callers/2 {
				_, err := apikey.Delete.Call(t.Context(), k, apikey.DeleteIn{KeyID: key.ID}, asAda(k))
				return err == nil
			}
			return k.valid(key.Secret)
		})
		k.want("INVALID_API_KEY", key.Secret)
	})
}

// A use that began with an older reading of the key writes nothing of it back.
func TestUP114_AUseChangesTheCountersOnly(t *testing.T) {
	k := start(t, false, nil)
	key := k.create(apikey.CreateIn{Name: "before", Remaining: ptr(int64(9))})
	k.Change(apikey.Model, store.Record{"name": "by another server"}, store.Is("id", key.ID))
	k.want("", key.Secret)
	if row := k.Row(apikey.Model); row["name"] != "by another server" || row["remaining"] != int64(8) {
		t.Errorf("row %v", row)
	}
}

func TestKeysOfAnOwnerThatAreMadeAtOnceAreAllListed(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		made := atOnce(callers, func(int) bool {
			_, err := apikey.Create.Call(t.Context(), k, apikey.CreateIn{UserID: &k.user})
			return err == nil
		})
		if res := k.ada.Get("/api-key/list").Object(t); res["total"] != float64(made) || made != callers {
			t.Errorf("%d made, %v listed", made, res["total"])
		}
	})
}
