// Command oracle prints what the real kube-scheduler decides on case folders.
//
//	oracle DIR...          the answers as JSON, one after the other
//	oracle --write DIR...  the same into expected.json of each folder
//	oracle --check DIR...  only what differs from expected.json; exit code 1 if anything does
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"towtank.dev/towtank/scheduler/parity/answer"
	"towtank.dev/towtank/scheduler/parity/compare"
	"towtank.dev/towtank/scheduler/parity/oracle"
)

func main() {
	check := flag.Bool("check", false, "compare with expected.json of each folder")
	write := flag.Bool("write", false, "write expected.json into each folder")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: oracle [--check | --write] DIR...")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	code := 0
	for _, dir := range flag.Args() {
		if err := run(dir, *check, *write); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", dir, err)
			code = 1
		}
	}
	os.Exit(code)
}

func run(dir string, check, write bool) error {
	d, err := oracle.Place(dir)
	if err != nil {
		return err
	}
	got, err := answer.Marshal(d)
	if err != nil {
		return err
	}
	expected := filepath.Join(dir, "expected.json")
	switch {
	case write:
		return os.WriteFile(expected, got, 0o644)
	case !check:
		_, err := os.Stdout.Write(got)
		return err
	}
	want, err := os.ReadFile(expected)
	if err != nil {
		return err
	}
	differences, err := compare.JSON(want, got, compare.Options{All: true})
	if err != nil {
		return err
	}
	for _, x := range differences {
		fmt.Printf("%s: %s\n", dir, x)
	}
	if len(differences) > 0 {
		return fmt.Errorf("differs from expected.json")
	}
	return nil
}
