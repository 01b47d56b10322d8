// Command towtank-prices is towtank with one scheduler plugin more.
package main

import (
	"os"

	"towtank.dev/towtank/cmd"
)

func main() { os.Exit(cmd.Main(cmd.WithPlugin(Prices))) }
