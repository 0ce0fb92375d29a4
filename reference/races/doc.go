// Package races has tests in which two servers with pools of their own share one database and get the same requests at the
// same moment: on SQLite always, on PostgreSQL and MariaDB where GOAUTH_TEST_POSTGRES and GOAUTH_TEST_MYSQL name them.
package races
