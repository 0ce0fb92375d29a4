// Package redis is a secondary storage on Redis, in the layout of Better Auth's own Redis adapter, so that a Node server
// can share it; a store of rate limits that decides in one round trip; and a log by which instances learn of ended sessions.
//
// Single use and counters hold for any number of processes on Redis 2.6 or later, Valkey, and whatever else runs Lua
// scripts or WATCH. Every operation touches one key, so a cluster works; [Open] takes a cluster and a sentinel group as it
// takes one server.
package redis
