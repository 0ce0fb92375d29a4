package tests

import (
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// twoWrites has two operations that write a user and an account: one does it in a transaction, the other as nobody should.
var twoWrites = auth.Plugin{ID: "two-writes", Endpoints: []auth.AnyEndpoint{
	auth.Endpoint[struct{}, bool]{Key: "writeTogether", Method: auth.POST, Path: "/write-together", Handle: func(c *auth.Call, _ struct{}) (bool, error) {
		return true, c.InTx(func() error { return writeTwo(c) })
	}},
	auth.Endpoint[struct{}, bool]{Key: "writeApart", Method: auth.POST, Path: "/write-apart", Handle: func(c *auth.Call, _ struct{}) (bool, error) {
		return true, writeTwo(c)
	}},
}}

func writeTwo(c *auth.Call) error {
	row := user("torn")
	if _, err := c.Insert(schema.UserModel, row); err != nil {
		return err
	}
	_, err := c.Insert(schema.AccountModel, store.Record{
		"id": "torn", "userId": "torn", "accountId": "torn", "providerId": "credential", "createdAt": now, "updatedAt": now,
	})
	return err
}

var (
	togetherFlow = writeFlow{"two writes in a transaction", func(*faulty) {}, request("POST", "/write-together", map[string]any{})}
	apartFlow    = writeFlow{"two writes without one", func(*faulty) {}, request("POST", "/write-apart", map[string]any{})}
)

// TestACutLineIsSeenToTearWhatIsNotInATransaction: what FAULT-001 tests with finds an operation that writes by halves, and
// finds nothing in the same operation done well.
func TestACutLineIsSeenToTearWhatIsNotInATransaction(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, s server) {
		f := startFaulty(t, s)
		expectTorn(t, f, func(flow writeFlow) (int, []string) { return f.cutEverywhere(flow, every, map[int]int{}) })
	})
}

// expectTorn fails unless a harness tells the two flows apart.
func expectTorn(t *testing.T, f *faulty, disturb func(flow writeFlow) (points int, problems []string)) {
	t.Helper()
	patient := f.patience
	f.patience = 50 * time.Millisecond // a torn state stays, however long one waits
	points, problems := disturb(apartFlow)
	f.patience = patient
	torn := 0
	for _, problem := range problems {
		if strings.Contains(problem, neither) {
			torn++
		}
	}
	if torn == 0 {
		t.Errorf("%d points, and no torn state was seen: %q", points, problems)
	}
	t.Logf("without a transaction %d of %d points leave a torn state", torn, points)
	if points, problems := disturb(togetherFlow); points == 0 || len(problems) != 0 {
		t.Errorf("with a transaction: %d points, %q", points, problems)
	}
}
