package tests

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestFAULT023_NoStatementOfAFlowReadsAWholeTable runs the operations that clients call, and has the server plan each
// statement that they made. It then drops an index, which must be noticed.
func TestFAULT023_NoStatementOfAFlowReadsAWholeTable(t *testing.T) {
	onServers(t, func(t *testing.T, s server) {
		place := s.place(t)
		statements := hotStatements(t, s, place)
		e := explainers[s.name]
		conn, err := s.pool(t, place).Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		e.prepare(t, conn)
		planned, scans := scansAmong(t, conn, statements, e.plan)
		for _, scan := range scans {
			t.Error(scan)
		}
		t.Logf("%d statements planned", planned)
		if planned < 10 {
			t.Errorf("only %d statements: the flows do not run", planned)
		}
		execute(t, conn, e.dropIndex)
		if _, scans := scansAmong(t, conn, statements, e.plan); len(scans) == 0 {
			t.Errorf("after %s no statement was seen to read a whole table", e.dropIndex)
		}
	})
}

// hotStatements runs what clients do all day and returns the statements that it took.
func hotStatements(t *testing.T, s server, place string) []string {
	t.Helper()
	db := s.open(t, place)
	var mu sync.Mutex
	statements := map[string]bool{}
	db.Observe = func(_ context.Context, text string) {
		mu.Lock()
		defer mu.Unlock()
		statements[text] = true
	}
	mails := &coreMails{}
	o := raceOptions(coreOptions(db))
	o.EmailAndPassword.SendResetPassword = mails.send
	a := startCore(t, o, db)
	c := &coreClient{t, a, map[string]string{}, mails}
	c.ok("POST", "/sign-up/email", person(coreEmail))
	c.another().ok("POST", "/sign-in/email", person(coreEmail))
	for _, path := range []string{"/get-session", "/list-sessions", "/list-accounts", "/ok"} {
		c.do("GET", path, nil)
	}
	c.ok("POST", "/update-user", map[string]any{"name": "Lovelace"})
	c.ok("POST", "/change-password", map[string]any{"currentPassword": corePassword, "newPassword": "another long password", "revokeOtherSessions": true})
	c.ok("POST", "/revoke-other-sessions", map[string]any{})
	c.ok("POST", "/sign-out", map[string]any{})
	c.ok("POST", "/request-password-reset", map[string]any{"email": coreEmail})
	c.do("GET", "/reset-password/none?callbackURL=/", nil)
	c.do("POST", "/reset-password", map[string]any{"token": "none", "newPassword": corePassword})
	mu.Lock()
	defer mu.Unlock()
	return slices.Sorted(maps.Keys(statements))
}

// explainer asks a server how it would execute statements.
type explainer struct {
	// prepare makes a whole scan the worst choice wherever there is another.
	prepare func(t *testing.T, conn *sql.Conn)
	// plan returns a statement's plan, and whether it reads a whole table.
	plan      func(t *testing.T, conn *sql.Conn, text string) (plan string, scans bool)
	dropIndex string
}

var explainers = map[string]explainer{
	postgresServer.name: {preparePostgres, planPostgres, `drop index "session_userId_idx"`},
	nativeServer.name:   {preparePostgres, planPostgres, `drop index "session_userId_idx"`},
	mysqlServer.name:    {prepareMySQL, planMySQL, "drop index `token` on `session`"},
}

// scansAmong plans the statements and returns how many those were, and which of them read a whole table.
func scansAmong(t *testing.T, conn *sql.Conn, statements []string, plan func(*testing.T, *sql.Conn, string) (string, bool)) (planned int, scans []string) {
	t.Helper()
	for _, text := range statements {
		if strings.HasPrefix(text, "insert ") || isPruning(text) {
			continue
		}
		planned++
		if how, scan := plan(t, conn, text); scan {
			scans = append(scans, fmt.Sprintf("reads a whole table: %s\n%s", text, how))
		}
	}
	return planned, scans
}

// isPruning tells the statements that remove what is old, at most once a minute and beside the requests: upstream's tables have
// no index for those.
func isPruning(text string) bool {
	text = strings.ReplaceAll(text, "`", `"`)
	return strings.Contains(text, `where t."lastRequest" <`) || strings.Contains(text, `where t."expiresAt" <`)
}

func execute(t *testing.T, conn *sql.Conn, statement string) {
	t.Helper()
	if _, err := conn.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%v in %s", err, statement)
	}
}

// explain returns the lines that a statement's plan has, their columns in order.
func explain(t *testing.T, conn *sql.Conn, statement string, args ...any) [][]sql.NullString {
	t.Helper()
	rows, err := conn.QueryContext(t.Context(), statement, args...)
	if err != nil {
		t.Fatalf("%v in %s", err, statement)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var lines [][]sql.NullString
	for rows.Next() {
		line, places := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range line {
			places[i] = &line[i]
		}
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil || len(lines) == 0 {
		t.Fatalf("no plan, %v, for %s", err, statement)
	}
	return lines
}

// preparePostgres has sequential scans cost so much that one remains only where no index can serve, and plans made without
// knowing the arguments.
func preparePostgres(t *testing.T, conn *sql.Conn) {
	execute(t, conn, "set enable_seqscan = off")
	execute(t, conn, "set plan_cache_mode = force_generic_plan")
}

func planPostgres(t *testing.T, conn *sql.Conn, text string) (plan string, scans bool) {
	t.Helper()
	execute(t, conn, "prepare hot as "+text)
	for _, line := range explain(t, conn, "explain execute hot"+nulls(text)) {
		plan += line[0].String + "\n"
	}
	execute(t, conn, "deallocate hot")
	return plan, strings.Contains(plan, "Seq Scan")
}

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

// prepareMySQL fills the tables, so that an index is worth while: this server weighs every scan by its rows.
func prepareMySQL(t *testing.T, conn *sql.Conn) {
	for _, statement := range []string{
		"insert into `user` (id, name, email, emailVerified, createdAt, updatedAt) select concat('u', seq), 'Ada', concat('ada', seq, '@example.org'), 0, now(3), now(3) from seq_1_to_2000",
		"insert into `session` (id, token, userId, expiresAt, createdAt, updatedAt) select concat('s', seq), concat('t', seq), concat('u', seq), now(3), now(3), now(3) from seq_1_to_2000",
		"insert into `account` (id, accountId, providerId, userId, createdAt, updatedAt) select concat('a', seq), concat('u', seq), 'credential', concat('u', seq), now(3), now(3) from seq_1_to_2000",
		"insert into `verification` (id, identifier, value, expiresAt, createdAt, updatedAt) select concat('v', seq), concat('i', seq), 'x', now(3), now(3), now(3) from seq_1_to_2000",
		"insert into `rateLimit` (id, `key`, `count`, lastRequest) select concat('r', seq), concat('k', seq), 1, seq from seq_1_to_2000",
		"analyze table `user`, `session`, `account`, `verification`, `rateLimit`",
	} {
		execute(t, conn, statement)
	}
}

// planMySQL plans a statement with arguments that texts and dates can be compared with.
func planMySQL(t *testing.T, conn *sql.Conn, text string) (plan string, scans bool) {
	t.Helper()
	var args []any
	for _, before := range strings.SplitAfter(text, "?") {
		switch {
		case !strings.HasSuffix(before, "?"):
		case strings.HasSuffix(before, "limit ?") || strings.HasSuffix(before, "offset ?"):
			args = append(args, 1)
		default:
			args = append(args, "2020-01-01 00:00:00")
		}
	}
	for _, line := range explain(t, conn, "explain "+text, args...) {
		access := line[3].String // after id, select_type and table; EXPLAIN's "type"
		plan += fmt.Sprint(line, "\n")
		scans = scans || access == "ALL" || access == "index"
	}
	return plan, scans
}
