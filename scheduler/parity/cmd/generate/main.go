// Command generate writes random case folders.
//
//	generate --seed 7 --features basic --out /tmp/x           one case into /tmp/x
//	generate --seed 1 --count 500 --features all --out /tmp/y 500 cases into /tmp/y/seed-000001 ...
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"towtank.dev/towtank/scheduler/parity/generate"
)

func main() {
	seed := flag.Uint64("seed", 1, "the seed of the first case")
	count := flag.Int("count", 0, "how many cases, each with the next seed in a folder of its own; 0 for one case in --out itself")
	features := flag.String("features", "all", "features and groups, comma-separated: basic, requests, all or names")
	out := flag.String("out", "", "the folder to write to")
	flag.Parse()
	if *out == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*seed, *count, *features, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(seed uint64, count int, features, out string) error {
	names, err := generate.Parse(features)
	if err != nil {
		return err
	}
	if count == 0 {
		return generate.New(seed, names).Write(out)
	}
	for i := range uint64(count) {
		dir := filepath.Join(out, fmt.Sprintf("seed-%06d", seed+i))
		if err := generate.New(seed+i, names).Write(dir); err != nil {
			return err
		}
	}
	return nil
}
