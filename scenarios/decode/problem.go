package decode

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Problem is one fault of the input.
type Problem struct {
	File         string
	Line, Column int    // from 1; 0 where there is no place to name
	Path         string // of the field, "" for the document
	Message      string // what is wrong, and what would be right
}

// String is "file:line:column: path: message".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, max(p.Column, 1))
	}
	b.WriteString(": ")
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	return b.String()
}

// Problems collects faults. The zero value is empty.
type Problems struct {
	list []Problem
}

// Add notes a fault at a node; a nil node has no place.
func (p *Problems) Add(file string, n *yaml.Node, path, format string, args ...any) {
	line, column := 0, 0
	if n != nil {
		line, column = n.Line, n.Column
	}
	p.AddAt(file, line, column, path, format, args...)
}

// AddAt notes a fault at a line and column.
func (p *Problems) AddAt(file string, line, column int, path, format string, args ...any) {
	p.list = append(p.list, Problem{file, line, column, path, fmt.Sprintf(format, args...)})
}

// Append takes over what another collection holds.
func (p *Problems) Append(more ...Problem) { p.list = append(p.list, more...) }

// Empty says whether nothing was found.
func (p *Problems) Empty() bool { return len(p.list) == 0 }

// Len is how many there are.
func (p *Problems) Len() int { return len(p.list) }

// All returns the faults in the order of files, as first met, and places; the same fault once.
func (p *Problems) All() []Problem {
	order := map[string]int{}
	for _, one := range p.list {
		if _, ok := order[one.File]; !ok {
			order[one.File] = len(order)
		}
	}
	sorted := slices.Clone(p.list)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(sorted)
}

// Err is nil when there are none, and otherwise an error with a line for each.
func (p *Problems) Err() error {
	if p.Empty() {
		return nil
	}
	return &Error{p.All()}
}

// Error is what is wrong with the input.
type Error struct{ Problems []Problem }

func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}
