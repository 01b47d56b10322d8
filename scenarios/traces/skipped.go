package traces

import (
	"fmt"
	"path/filepath"

	"towtank.dev/towtank/sim/record"
)

// skipped counts the rows that cannot be used, by reason, with the line of the first of each.
type skipped struct {
	file    string
	reasons []reason
}

type reason struct {
	text  string
	line  int
	count int64
}

func (s *skipped) add(line int, text string) {
	for i := range s.reasons {
		if s.reasons[i].text == text {
			s.reasons[i].count++
			return
		}
	}
	s.reasons = append(s.reasons, reason{text, line, 1})
}

// notes words the counts for the record, in order of first occurrence.
func (s *skipped) notes() []record.Note {
	notes := make([]record.Note, len(s.reasons))
	for i, r := range s.reasons {
		notes[i] = record.Note{
			Text:  fmt.Sprintf("rows of %s left out: %s (first at line %d)", filepath.Base(s.file), r.text, r.line),
			Count: r.count,
		}
	}
	return notes
}
