module github.com/goauth-dev/goauth/sqlx

go 1.26.0

require (
	github.com/goauth-dev/goauth/core v0.1.0
	github.com/jmoiron/sqlx v1.4.0
)
