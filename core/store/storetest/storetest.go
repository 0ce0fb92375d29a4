// Package storetest is the one suite that every storage adapter passes. It needs nothing but the standard library.
//
//	func TestConformance(t *testing.T) {
//		storetest.Exercise(t, func(t *testing.T, s *schema.Schema) store.Adapter {
//			return openFreshDatabase(t, s)
//		}, nil)
//	}
package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// Open returns an adapter on an empty database that has the tables of s. It registers its own clean-up.
type Open func(t *testing.T, s *schema.Schema) store.Adapter

// Capability is something that not every database can do.
type Capability string

// The capabilities.
const (
	// DatabaseIDs: the database makes text ids.
	DatabaseIDs Capability = "text ids made by the database"
	// NULText: a text may hold the character NUL.
	NULText Capability = "NUL in texts"
	// Fractions: a number column keeps fractions.
	Fractions Capability = "fractions in number columns"
	// FarDates: dates of the years 1 to 9999.
	FarDates Capability = "dates far from now"
	// JSONOrder: an object in a JSON field keeps the order of its keys.
	JSONOrder Capability = "the order of keys in JSON"
	// DeepJSON: JSON may nest deeper than 30.
	DeepJSON Capability = "deeply nested JSON"
	// LongTexts: a text that can be sorted may have more than 255 characters.
	LongTexts Capability = "long texts in columns that can be sorted"
)

// Lacking names the capabilities that an adapter lacks, each with the reason. Their tests are skipped with that reason.
type Lacking map[Capability]string

// Exercise runs the suite, a subtest an area. Every area opens databases of its own.
func Exercise(t *testing.T, open Open, lacking Lacking) {
	t.Helper()
	s := &suite{open: open, lacking: lacking}
	areas := []struct {
		name string
		run  func(t *testing.T, s *suite)
	}{
		{"operators", testOperators},
		{"groups of conditions", testGroups},
		{"conditions that cannot be", testBadConditions},
		{"sorting", testSorting},
		{"limit and offset", testPaging},
		{"join", testJoin},
		{"field types", testFieldTypes},
		{"values of the wrong type", testWrongTypes},
		{"dates", testDates},
		{"large numbers", testNumbers},
		{"hostile and unusual texts", testTexts},
		{"GAP-006 texts compare by bytes", testBytes},
		{"renamed tables and columns", testRenamed},
		{"serial ids", testSerialIDs},
		{"uuid ids", testUUIDs},
		{"ids made by the database", testDatabaseIDs},
		{"insert", testInsert},
		{"records are copies", testCopies},
		{"duplicates", testDuplicates},
		{"foreign keys", testForeignKeys},
		{"update", testUpdate},
		{"UP-127 a guard that fails changes nothing", testGuard},
		{"GO-010 the same value counts as matched", testSameValue},
		{"increment", testIncrement},
		{"delete", testDelete},
		{"writes need a condition", testNoCondition},
		{"consume", testConsume},
		{"consume has one winner", testConsumeRace},
		{"increments add up", testIncrementRace},
		{"reserve has one winner", testReserveRace},
		{"transactions", testTransactions},
		{"nested transactions", testNested},
		{"transactions end with their context", testTxContext},
		{"cancelled contexts", testCancelled},
		{"unknown models and fields", testUnknown},
		{"GO-011 names from outside never reach the database", testHostileNames},
		{"ping", testPing},
	}
	for _, a := range areas {
		t.Run(a.name, func(t *testing.T) { a.run(t, s) })
	}
}

type suite struct {
	open    Open
	lacking Lacking
}

// need skips the test aloud when the adapter lacks a capability.
func (s *suite) need(t *testing.T, c Capability) {
	t.Helper()
	if why, lacks := s.lacking[c]; lacks {
		t.Skipf("this adapter lacks %s: %s", c, why)
	}
}

func (s *suite) has(c Capability) bool {
	_, lacks := s.lacking[c]
	return !lacks
}

// fresh opens a database with the suite's standard tables.
func (s *suite) fresh(t *testing.T) *bundle {
	t.Helper()
	return s.with(t, schema.TextID, tables())
}

func (s *suite) with(t *testing.T, ids schema.IDKind, tables []*schema.Table) *bundle {
	t.Helper()
	sch, err := schema.New(ids, tables)
	if err != nil {
		t.Fatal(err)
	}
	return &bundle{t: t, a: s.open(t, sch), ctx: t.Context()}
}

// bundle is an adapter with helpers that fail the test.
type bundle struct {
	t   *testing.T
	a   store.Adapter
	ctx context.Context
}

func (b *bundle) insert(model string, rec store.Record) store.Record {
	b.t.Helper()
	out, err := b.a.Insert(b.ctx, model, rec)
	if err != nil {
		b.t.Fatalf("insert into %s: %v", model, err)
	}
	return out
}

func (b *bundle) findOne(model string, where ...store.Cond) store.Record {
	b.t.Helper()
	rec, err := b.a.FindOne(b.ctx, store.Query{Model: model, Where: where})
	if err != nil {
		b.t.Fatalf("find one %s: %v", model, err)
	}
	return rec
}

func (b *bundle) find(q store.Query) []store.Record {
	b.t.Helper()
	recs, err := b.a.Find(b.ctx, q)
	if err != nil {
		b.t.Fatalf("find %s: %v", q.Model, err)
	}
	return recs
}

func (b *bundle) count(model string, where ...store.Cond) int64 {
	b.t.Helper()
	n, err := b.a.Count(b.ctx, model, where)
	if err != nil {
		b.t.Fatalf("count %s: %v", model, err)
	}
	return n
}

// ids returns the ids of records in their order.
func ids(recs []store.Record) []string {
	out := make([]string, 0, len(recs))
	for _, r := range recs {
		id, _ := r["id"].(string)
		out = append(out, id)
	}
	return out
}

// sortedIDs returns the ids of records in alphabetical order.
func sortedIDs(recs []store.Record) []string {
	out := ids(recs)
	slices.Sort(out)
	return out
}

// tables returns the suite's standard tables: users, their sessions, and things with a field of every type.
func tables() []*schema.Table {
	return []*schema.Table{userTable(), sessionTable(), thingTable()}
}

func userTable() *schema.Table {
	return &schema.Table{Model: "user", Name: "user", Order: 1, Fields: []schema.Field{
		{Name: "name", Type: schema.String, Required: option.On, Sortable: true},
		{Name: "email", Type: schema.String, Required: option.On, Unique: true, Sortable: true},
		{Name: "emailVerified", Type: schema.Boolean, Required: option.On},
		{Name: "image", Type: schema.String, Required: option.Off},
		{Name: "createdAt", Type: schema.Date, Required: option.On},
	}}
}

func sessionTable() *schema.Table {
	return &schema.Table{Model: "session", Name: "session", Order: 2, Fields: []schema.Field{
		{Name: "expiresAt", Type: schema.Date, Required: option.On},
		{Name: "token", Type: schema.String, Required: option.On, Unique: true},
		{Name: "userId", Type: schema.String, Required: option.On, Index: true,
			References: &schema.Reference{Model: "user", Field: "id"}},
		{Name: "guestOf", Type: schema.String, Required: option.Off},
	}}
}

func thingTable() *schema.Table {
	return &schema.Table{Model: "thing", Name: "thing", Fields: []schema.Field{
		{Name: "text", Type: schema.String, Required: option.Off, Sortable: true},
		{Name: "code", Type: schema.String, Required: option.Off, Unique: true},
		{Name: "kind", Type: schema.String, Enum: []string{"big", "small"}, Required: option.Off},
		{Name: "number", Type: schema.Number, Required: option.Off},
		{Name: "big", Type: schema.Number, BigInt: true, Required: option.Off},
		{Name: "flag", Type: schema.Boolean, Required: option.Off},
		{Name: "at", Type: schema.Date, Required: option.Off},
		{Name: "tree", Type: schema.JSON, Required: option.Off},
		{Name: "strings", Type: schema.Strings, Required: option.Off},
		{Name: "numbers", Type: schema.Numbers, Required: option.Off},
	}}
}

// user inserts a user with the id.
func (b *bundle) user(id string) store.Record {
	b.t.Helper()
	return b.insert("user", store.Record{"id": id, "name": "User " + id, "email": id + "@example.com", "emailVerified": false, "createdAt": day(1)})
}

// session inserts a session of the user with the id and token.
func (b *bundle) session(id, user string) {
	b.t.Helper()
	b.insert("session", store.Record{"id": id, "token": "token-" + id, "userId": user, "expiresAt": day(2)})
}
