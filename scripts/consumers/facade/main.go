// Command consumer imports what an application imports first and nothing else.
package main

import _ "github.com/goauth-dev/goauth/facade"

func main() {}
