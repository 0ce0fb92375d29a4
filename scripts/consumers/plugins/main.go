// Command consumer imports one plugin and nothing else.
package main

import _ "github.com/goauth-dev/goauth/plugins/bearer"

func main() {}
