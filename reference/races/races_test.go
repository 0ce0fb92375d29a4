package races

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/cli/config"
)

// roundsEnv says how often each race is run.
const roundsEnv = "GOAUTH_RACE_ROUNDS"

// race is one way in which requests at the same moment could do harm.
type race struct {
	id, name string
	// run makes the requests of a round and says what is wrong with what came of them.
	run func(r *round)
}

// slug names the race in addresses.
func (r *race) slug() string { return r.id + " " + strings.ReplaceAll(r.name, ",", "") }

// races are all of them, by the number of the threat.
var races = slices.Concat(codeRaces, keyRaces, rowRaces, organizationRaces, sessionRaces)

// rounds is few by default: on three databases and Redis a round of everything takes seconds.
func rounds(t *testing.T) int {
	if text := os.Getenv(roundsEnv); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%s: %v", roundsEnv, err)
		}
		return n
	}
	return 1
}

// TestRaces runs every race between two processes on every engine, 50 callers at once. GOAUTH_RACE_ROUNDS=200 is the whole
// of it; the counts are printed.
func TestRaces(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			p := newPair(t, engine.open(t))
			p.engine = engine.name
			for _, one := range races {
				t.Run(one.id+" "+one.name, func(t *testing.T) { p.run(t, &one) })
			}
		})
	}
}

func newPair(t *testing.T, at place) *pair {
	t.Helper()
	mail := &mailbox{last: map[string]string{}}
	a, db, stop, err := newServer(at, mail)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	if _, _, err := config.Migrate(t.Context(), db, a.Context().Schema); err != nil {
		t.Fatal(err)
	}
	return &pair{t: t, here: a, there: startSecond(t, at), mail: mail}
}

func (p *pair) run(t *testing.T, one *race) {
	mine := *p
	mine.t = t
	r := &round{pair: &mine, race: one, answers: map[string]int{}}
	for r.n = range rounds(t) {
		one.run(r)
	}
	text := ""
	for _, outcome := range slices.Sorted(maps.Keys(r.answers)) {
		text += fmt.Sprintf(" %s ×%d", outcome, r.answers[outcome])
	}
	t.Logf("%s: %d rounds, %d wrong:%s", one.slug(), r.n+1, r.wrong, text)
}
