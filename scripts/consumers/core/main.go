// Command consumer imports the framework alone, to write a plugin or an adapter and nothing else.
package main

import _ "github.com/goauth-dev/goauth/core"

func main() {}
