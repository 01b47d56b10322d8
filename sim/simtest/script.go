package simtest

import (
	"fmt"
	"strings"
)

// block is some commands and what they are expected to print.
type block struct {
	remarks  []string // lines before the commands, kept when rewriting
	commands []string
	expected []string
}

const separator = "----"

// parse reads a script.
func parse(text string) ([]block, error) {
	var blocks []block
	var b block
	inOutput := false
	for i, line := range strings.Split(text, "\n") {
		switch {
		case inOutput && line != "":
			b.expected = append(b.expected, line)
		case inOutput:
			blocks, b, inOutput = append(blocks, b), block{}, false
		case line == separator:
			if len(b.commands) == 0 {
				return nil, fmt.Errorf("line %d: no command before %s", i+1, separator)
			}
			inOutput = true
		case line == "" || strings.HasPrefix(line, "#"):
			b.remarks = append(b.remarks, line)
		default:
			b.commands = append(b.commands, line)
		}
	}
	if inOutput {
		blocks, b = append(blocks, b), block{}
	}
	if len(b.commands) > 0 {
		return nil, fmt.Errorf("the commands at the end have no %s", separator)
	}
	return blocks, nil
}

// format writes a script anew.
func format(blocks []block) string {
	var out strings.Builder
	for i, b := range blocks {
		if i > 0 {
			out.WriteString("\n")
		}
		for _, list := range [][]string{b.remarks, b.commands, {separator}, b.expected} {
			for _, line := range list {
				out.WriteString(line + "\n")
			}
		}
	}
	return out.String()
}

// Play runs a script and returns it with the outputs as they are; it equals the text when the cluster
// did as expected.
func Play(text string) (string, error) {
	blocks, err := parse(text)
	if err != nil {
		return "", err
	}
	c := new(cluster)
	for i := range blocks {
		var out strings.Builder
		for _, line := range blocks[i].commands {
			if err := c.command(&out, strings.Fields(line)); err != nil {
				fmt.Fprintf(&out, "error: %v\n", err)
			}
		}
		blocks[i].expected = nil
		if text := strings.TrimRight(out.String(), "\n"); text != "" {
			blocks[i].expected = strings.Split(text, "\n")
		}
	}
	if c.session != nil {
		if _, err := c.session.Close(); err != nil {
			return "", err
		}
	}
	return format(blocks), nil
}
