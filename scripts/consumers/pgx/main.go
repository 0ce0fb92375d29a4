// Command consumer imports storage on a native pool of pgx and nothing else.
package main

import _ "github.com/goauth-dev/goauth/pgx"

func main() {}
