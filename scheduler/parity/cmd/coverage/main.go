// Command coverage tells what the answers in case folders reached, and which of upstream's
// reasons they did not.
//
//	coverage DIR...   counts expected.json of each folder
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"towtank.dev/towtank/scheduler/parity/answer"
	"towtank.dev/towtank/scheduler/parity/coverage"
)

const version = "v1.37.2"

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: coverage DIR...")
		os.Exit(2)
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dirs []string) error {
	c := coverage.New()
	for _, dir := range dirs {
		text, err := os.ReadFile(filepath.Join(dir, "expected.json"))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return err
		}
		d := &answer.Document{}
		if err := json.Unmarshal(text, d); err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		c.Add(d)
	}
	source, err := coverage.Source(version)
	if err != nil {
		return err
	}
	reasons, err := coverage.Reasons(source)
	if err != nil {
		return err
	}
	_, err = c.Write(os.Stdout, reasons)
	return err
}
