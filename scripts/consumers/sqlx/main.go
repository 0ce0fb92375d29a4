// Command consumer imports SQL storage, and picks no driver and nothing else.
package main

import _ "github.com/goauth-dev/goauth/sqlx"

func main() {}
