// Command towtank simulates a Kubernetes cluster: see towtank --help.
package main

import (
	"os"

	"towtank.dev/towtank/cmd"
)

func main() { os.Exit(cmd.Main()) }
