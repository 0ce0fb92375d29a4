module github.com/goauth-dev/goauth/echoadapter

go 1.26.0
