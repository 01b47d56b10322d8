package render

import (
	"strings"
	"unicode/utf8"

	"towtank.dev/towtank/reports"
)

// leastWide is the least space a column of running text gets.
const leastWide = 40

// tableCells writes every cell for people, with running text wrapped to the space that is left.
func tableCells(t *reports.Table) [][]string {
	cells := make([][]string, len(t.Rows))
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		if !t.Headless {
			widths[i] = width(c.Head)
		}
	}
	for i, row := range t.Rows {
		cells[i] = make([]string, len(row))
		for j, v := range row {
			if !t.Columns[j].Once || i == 0 || t.Rows[i-1][j] != v {
				cells[i][j] = plain(v.String())
			}
			widths[j] = max(widths[j], width(cells[i][j]))
		}
	}
	space := lineWidth
	for i, c := range t.Columns {
		if !c.Wide {
			space -= widths[i] + gap
		}
	}
	for i, c := range t.Columns {
		if c.Wide {
			for _, row := range cells {
				row[i] = strings.Join(wrap(row[i], max(space, leastWide)), "\n")
			}
		}
	}
	return cells
}

// numeric says whether a column holds numbers: it does when no cell is text.
func numeric(t *reports.Table, column int) bool {
	for _, row := range t.Rows {
		if row[column].IsText() {
			return false
		}
	}
	return true
}

// plain takes out what would break a line or move a cursor: what a message says is somebody else's.
func plain(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, s)
}

// wrap breaks a text at spaces into lines of at most that width. A word that is longer stands alone.
func wrap(s string, space int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case width(line)+1+width(word) > space:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

// width is how many columns of a terminal a text takes. Names in Kubernetes are ASCII, and so is what
// we write but for a sign or two of one column each.
func width(s string) int { return utf8.RuneCountInString(s) }

// forPeople leaves out what people need not see: a rare thing that did not happen, a name nobody gave.
func forPeople(parts []reports.Part) []reports.Part {
	shown := make([]reports.Part, 0, len(parts))
	for _, p := range parts {
		if p.Rare && (p.Value.IsZero() || p.Value.IsAbsent()) || p.Value.IsText() && p.Value.Raw() == "" {
			continue
		}
		shown = append(shown, p)
	}
	return shown
}

// partTexts writes parts for people.
func partTexts(parts []reports.Part) []string {
	texts := make([]string, 0, len(parts)+1)
	for _, p := range forPeople(parts) {
		texts = append(texts, p.Before+plain(p.Value.String())+p.After)
	}
	return texts
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{plain(s)}
}
