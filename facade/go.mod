module github.com/goauth-dev/goauth/facade

go 1.26.0

require github.com/goauth-dev/goauth/core v0.1.0
