package tests

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestFAULT023_NoStatementOfAFlowReadsAWholeTable runs the operations that clients call, and has PostgreSQL plan each
// statement that they made without knowing its arguments. Sequential scans are made so dear that one remains only where no
// index can serve.
func TestFAULT023_NoStatementOfAFlowReadsAWholeTable(t *testing.T) {
	place := postgresPlace(t)
	db := postgresServer.open(t, place)
	var mu sync.Mutex
	statements := map[string]bool{}
	db.Observe = func(_ context.Context, text string) {
		mu.Lock()
		defer mu.Unlock()
		statements[text] = true
	}
	a := startCore(t, raceOptions(coreOptions(db)), db)
	c := &coreClient{t, a, map[string]string{}, &coreMails{}}
	c.ok("POST", "/sign-up/email", person(coreEmail))
	c.another().ok("POST", "/sign-in/email", person(coreEmail))
	for _, path := range []string{"/get-session", "/list-sessions", "/list-accounts", "/ok"} {
		c.do("GET", path, nil)
	}
	c.ok("POST", "/update-user", map[string]any{"name": "Lovelace"})
	c.ok("POST", "/change-password", map[string]any{"currentPassword": corePassword, "newPassword": "another long password", "revokeOtherSessions": true})
	c.ok("POST", "/revoke-other-sessions", map[string]any{})
	c.ok("POST", "/sign-out", map[string]any{})
	conn, err := postgresPool(t, place).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	run := func(statement string) {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%v in %s", err, statement)
		}
	}
	run("set enable_seqscan = off")
	run("set plan_cache_mode = force_generic_plan")
	planned := 0
	for i, text := range slices.Sorted(maps.Keys(statements)) {
		if strings.HasPrefix(text, "insert ") || strings.HasPrefix(text, pruning) {
			continue
		}
		planned++
		run(fmt.Sprintf("prepare hot_%d as %s", i, text))
		rows, err := conn.QueryContext(t.Context(), fmt.Sprintf("explain execute hot_%d%s", i, nulls(text)))
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		var plan []string
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, line)
		}
		rows.Close()
		if all := strings.Join(plan, "\n"); strings.Contains(all, "Seq Scan") || all == "" {
			t.Errorf("reads a whole table: %s\n%s", text, all)
		}
	}
	t.Logf("%d statements planned", planned)
	if planned < 10 {
		t.Errorf("only %d statements: the flows do not run", planned)
	}
}

// pruning removes old counters in the background, now and then; upstream's table has no index for it.
const pruning = `delete from "rateLimit" where "rateLimit"."lastRequest" <`

// nulls are arguments for each place of a statement.
func nulls(text string) string {
	n := 0
	for strings.Contains(text, fmt.Sprintf("$%d", n+1)) {
		n++
	}
	if n == 0 {
		return ""
	}
	return "(null" + strings.Repeat(", null", n-1) + ")"
}
