package memory_test

import (
	"testing"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
	"github.com/goauth-dev/goauth/core/store/storetest"
)

func TestMemoryPassesTheStorageSuite(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *schema.Schema) store.Adapter {
		a, err := memory.New().Bind(s)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}, nil)
}
