// Package races has tests in which two servers in two processes share one database and get the same requests at the same
// moment: on SQLite always, on PostgreSQL, MariaDB and Redis where GOAUTH_TEST_POSTGRES, GOAUTH_TEST_MYSQL and
// GOAUTH_TEST_REDIS name them. Each race is a row of a table, named by the id of its threat; GOAUTH_RACE_ROUNDS=200 runs each
// 200 times with 50 callers.
package races
