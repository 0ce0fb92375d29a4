module github.com/goauth-dev/goauth/facade

go 1.26.0
