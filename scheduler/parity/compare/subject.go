package compare

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"towtank.dev/towtank/scheduler/parity/answer"
	"towtank.dev/towtank/scheduler/parity/generate"
)

// Subject is a scheduler under comparison.
type Subject interface {
	// Answer answers a case. An error is the subject's refusal of it.
	Answer(text generate.Text) (*answer.Document, error)
}

// Command is a subject that is a program: its words, with {} for the folder of the case, or the
// folder as the last word. Its answer is what it prints.
type Command []string

// Answer writes the case to a folder of its own and runs the program on it.
func (c Command) Answer(text generate.Text) (*answer.Document, error) {
	dir, err := os.MkdirTemp("", "parity")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := text.Write(dir); err != nil {
		return nil, err
	}
	out, err := c.place(dir)
	if err != nil {
		return nil, err
	}
	return decode(out)
}

// place runs the program. An exit code other than 0 is an error that holds what it said.
func (c Command) place(dir string) ([]byte, error) {
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
