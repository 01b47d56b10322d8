package compare

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
)

// Subject is a scheduler under comparison.
type Subject interface {
	// Place answers the case in a folder in the form of package answer.
	Place(dir string) ([]byte, error)
}

// Command is a subject that is a program: its words, with {} for the folder, or the folder
// as the last word. Its answer is what it prints.
type Command []string

// Place runs the program. An exit code other than 0 is an error that holds what it said.
func (c Command) Place(dir string) ([]byte, error) {
	words, given := make([]string, 0, len(c)+1), false
	for _, w := range c {
		given = given || strings.Contains(w, "{}")
		words = append(words, strings.ReplaceAll(w, "{}", dir))
	}
	if !given {
		words = append(words, dir)
	}
	var said bytes.Buffer
	run := exec.Command(words[0], words[1:]...)
	run.Stderr = &said
	out, err := run.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", words[0], err, bytes.TrimSpace(said.Bytes()))
	}
	return out, nil
}
