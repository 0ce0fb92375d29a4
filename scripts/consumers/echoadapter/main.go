// Command consumer imports the Echo glue and nothing else.
package main

import _ "github.com/goauth-dev/goauth/echoadapter"

func main() {}
