// Command consumer imports secondary storage on Redis and nothing else.
package main

import _ "github.com/goauth-dev/goauth/redis"

func main() {}
