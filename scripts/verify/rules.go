package main

import (
	"slices"
	"strings"
)

// consumer is a program in scripts/consumers that gets one module.
type consumer struct {
	name   string // its folder
	module string // the module's folder
	pkg    string // the package it gets, relative to the module; "" is the module's own
	tool   string // for a module that is installed, not imported: its command, relative to the module

	// thirdParty, when not nil, is all that may be linked besides GoAuth.
	thirdParty []rule
	// forbidden may not be linked, the standard library included.
	forbidden []rule
}

// rule is an import path, standing for itself and all below it, and the reason.
type rule struct{ path, reason string }

func (r rule) covers(importPath string) bool {
	return importPath == r.path || strings.HasPrefix(importPath, r.path+"/")
}

var coreThirdParty = []rule{
	{"github.com/lestrrat-go", "jwx/v2, and its option helper"},
	{"github.com/goccy/go-json", "jwx/v2's JSON"},
	{"github.com/segmentio/asm", "jwx/v2's base64"},
	{"github.com/decred/dcrd/dcrec/secp256k1/v4", "jwx/v2's ES256K"},
	{"golang.org/x/crypto", "scrypt, chacha20poly1305"},
	{"golang.org/x/text", "NFKC of passwords"},
	{"golang.org/x/sys", "x/crypto's processor detection"},
}

var sqlDrivers = []rule{
	{"modernc.org/sqlite", "the application picks its driver"},
	{"github.com/mattn/go-sqlite3", "the application picks its driver"},
	{"github.com/ncruces/go-sqlite3", "the application picks its driver"},
	{"github.com/jackc/pgx", "the application picks its driver"},
	{"github.com/lib/pq", "the application picks its driver"},
	{"github.com/go-sql-driver/mysql", "the application picks its driver"},
	{"github.com/microsoft/go-mssqldb", "the application picks its driver"},
}

// otherDrivers are those that PostgreSQL on pgx has no use for.
var otherDrivers = slices.DeleteFunc(slices.Clone(sqlDrivers), func(r rule) bool { return r.path == "github.com/jackc/pgx" })

var (
	noRedis = []rule{{"github.com/redis", "Redis is for those who import the redis module"}}
	noXML   = []rule{
		{"github.com/russellhaering/goxmldsig", "SAML is for those who import sso/saml"},
		{"github.com/beevik/etree", "SAML is for those who import sso/saml"},
		{"encoding/xml", "an XML parser is attack surface that only SAML needs"},
	}
	noStripe    = []rule{{"github.com/stripe", "Stripe is for those who import plugins/stripe"}}
	noTelemetry = []rule{{"go.opentelemetry.io", "telemetry is for those who import plugins/telemetry"}}
	noEcho      = []rule{{"github.com/labstack", "Echo is for those who import echoadapter"}}
	noTestCode  = []rule{
		{"testing", "test code is not for a server"},
		{"github.com/google/go-cmp", "test code is not for a server"},
	}
)

var consumers = []consumer{
	{name: "core", module: "core", thirdParty: coreThirdParty, forbidden: join(noXML, noTestCode, []rule{{"database/sql", "storage comes by an adapter"}})},
	{name: "facade", module: "facade", thirdParty: coreThirdParty, forbidden: join(sqlDrivers, noRedis, noXML, noStripe, noTelemetry, noEcho, noTestCode)},
	{name: "sqlx", module: "sqlx", forbidden: join(sqlDrivers, noRedis, noXML, noStripe, noTelemetry, noEcho, noTestCode)},
	{name: "pgx", module: "pgx", forbidden: join(otherDrivers, noRedis, noStripe, noTelemetry, noEcho, noTestCode)},
	{name: "redis", module: "redis", forbidden: join(sqlDrivers, noXML, noStripe, noTelemetry, noEcho, noTestCode)},
	{name: "plugins", module: "plugins", pkg: "/bearer", thirdParty: coreThirdParty, forbidden: join(sqlDrivers, noRedis, noXML, noStripe, noTelemetry, noEcho, noTestCode)},
	{name: "echoadapter", module: "echoadapter", forbidden: join(sqlDrivers, noRedis, noStripe, noTelemetry, noTestCode)},
	{name: "cli", module: "cli", tool: "cmd/goauth", forbidden: noTestCode},
}

func join(lists ...[]rule) []rule {
	var all []rule
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}
