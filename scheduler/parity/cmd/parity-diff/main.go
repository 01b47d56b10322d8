// Command parity-diff tells in what two answers to the same case part, first things first.
//
//	parity-diff [--ignore PLUGIN,...] [--all] WANT.json GOT.json
//
// It exits with 1 when they differ and with 2 when one cannot be read.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"towtank.dev/towtank/scheduler/parity/compare"
)

func main() {
	ignore := flag.String("ignore", "DynamicResources,NodeDeclaredFeatures", "plugins left out, comma-separated")
	all := flag.Bool("all", false, "print every difference of the first cycle that differs, not its first one only")
	choice := flag.Bool("ignore-real-choice", false, "leave realChoice out")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: parity-diff [--ignore PLUGIN,...] [--all] WANT.json GOT.json")
		os.Exit(2)
	}
	os.Exit(run(flag.Arg(0), flag.Arg(1), compare.Options{IgnorePlugins: list(*ignore), All: *all, IgnoreRealChoice: *choice}))
}

func run(want, got string, o compare.Options) int {
	w, err := os.ReadFile(want)
	if err == nil {
		var g []byte
		if g, err = os.ReadFile(got); err == nil {
			var found []compare.Difference
			if found, err = compare.JSON(w, g, o); err == nil {
				for _, d := range found {
					fmt.Println(d)
				}
				return min(len(found), 1)
			}
		}
	}
	fmt.Fprintln(os.Stderr, err)
	return 2
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
