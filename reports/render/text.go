package render

import (
	"bytes"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"towtank.dev/towtank/reports"
)

// lineWidth is the width that text is laid out for. It is fixed: standard output is the same wherever it goes.
const lineWidth = 110

// gap is between two columns, and between two values of a figure.
const gap = 3

// Text renders a document for a terminal. Tables are by tablewriter, which is known to this file only.
func Text(d *reports.Doc) ([]byte, error) {
	var b bytes.Buffer
	for _, texts := range [][]string{append(nonEmpty(d.Title), partTexts(d.Facts)...), partTexts(d.Origin)} {
		if len(texts) > 0 {
			b.WriteString(strings.Join(texts, "  ") + "\n")
		}
	}
	for _, alert := range d.Alerts {
		b.WriteString("\n! " + strings.Join(wrap(alert, lineWidth-2), "\n  ") + "\n")
	}
	for i := range d.Sections {
		s := &d.Sections[i]
		writeFigures(&b, s.Figures)
		if s.Table == nil || len(s.Table.Rows) == 0 {
			continue
		}
		b.WriteByte('\n')
		if s.Title != "" {
			b.WriteString(s.Title + "\n")
		}
		if err := writeTable(&b, s.Table); err != nil {
			return nil, err
		}
		if s.Table.More != "" {
			b.WriteString(strings.Join(wrap(s.Table.More, lineWidth), "\n") + "\n")
		}
	}
	return bytes.TrimLeft(b.Bytes(), "\n"), nil // without a title the first section begins the text
}

// writeFigures writes a block of figures with their labels in a column of its own.
func writeFigures(b *bytes.Buffer, figures []reports.Figure) {
	figures = shown(figures)
	if len(figures) == 0 {
		return
	}
	b.WriteByte('\n')
	label := 10
	for i := range figures {
		label = max(label, width(figures[i].Label))
	}
	for i := range figures {
		f := &figures[i]
		indent := strings.Repeat(" ", label+gap)
		head := f.Label + strings.Repeat(" ", label+gap-width(f.Label))
		for _, line := range figureLines(f, lineWidth-label-gap) {
			b.WriteString(strings.TrimRight(head+line, " ") + "\n")
			head = indent
		}
	}
}

// shown are the figures that have something to show.
func shown(figures []reports.Figure) []reports.Figure {
	var list []reports.Figure
	for _, f := range figures {
		if len(forPeople(f.Parts)) > 0 {
			list = append(list, f)
		}
	}
	return list
}

// figureLines lays the values of a figure out in lines.
func figureLines(f *reports.Figure, space int) []string {
	parts, texts := forPeople(f.Parts), partTexts(f.Parts)
	if f.Remark != "" {
		texts = append(texts, "("+f.Remark+")")
	}
	var lines []string
	line := ""
	for i, text := range texts {
		separator := strings.Repeat(" ", gap)
		if i > 0 && sentence(&parts[i-1], i, parts) {
			separator = " "
		}
		switch {
		case line == "":
			line = text
		case width(line)+width(separator)+width(text) > space:
			lines = append(lines, line)
			line = text
		default:
			line += separator + text
		}
	}
	return append(lines, line)
}

// sentence says whether a value reads on from the one before: that one ends in words, or this one
// begins with a word that joins.
func sentence(before *reports.Part, i int, parts []reports.Part) bool {
	if before.After != "" {
		return true
	}
	return i < len(parts) && (strings.HasPrefix(parts[i].Before, "of ") || strings.HasPrefix(parts[i].Before, "("))
}

// writeTable writes a table without lines: columns are told apart by space.
func writeTable(b *bytes.Buffer, t *reports.Table) error {
	cells := tableCells(t)
	var raw bytes.Buffer
	table := tablewriter.NewTable(&raw,
		tablewriter.WithEastAsian(tw.Off), // else widths depend on the locale
		tablewriter.WithRenderer(renderer.NewBlueprint(bare())),
		tablewriter.WithConfig(layout(t)),
	)
	if !t.Headless {
		heads := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			heads[i] = c.Head
		}
		table.Header(heads)
	}
	for _, row := range cells {
		if err := table.Append(row); err != nil {
			return err
		}
	}
	if err := table.Render(); err != nil {
		return err
	}
	for line := range strings.Lines(raw.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return nil
}

// bare is a table without borders and lines.
func bare() tw.Rendition {
	return tw.Rendition{
		Borders: tw.BorderNone,
		Settings: tw.Settings{
			Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off, ShowHeader: tw.Off, ShowFooter: tw.Off},
			Lines:      tw.LinesNone,
		},
	}
}

// layout aligns numbers to the right and everything else to the left, and leaves the texts as they are.
func layout(t *reports.Table) tablewriter.Config {
	aligned := make([]tw.Align, len(t.Columns))
	padding := make([]tw.Padding, len(t.Columns))
	for i := range t.Columns {
		aligned[i] = tw.AlignLeft
		if numeric(t, i) {
			aligned[i] = tw.AlignRight
		}
		padding[i] = tw.Padding{Left: tw.Empty, Right: strings.Repeat(" ", gap), Overwrite: true}
	}
	cell := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
		Alignment:  tw.CellAlignment{Global: tw.AlignLeft, PerColumn: aligned},
		Padding:    tw.CellPadding{PerColumn: padding},
	}
	return tablewriter.Config{Header: cell, Row: cell, Behavior: tw.Behavior{TrimSpace: tw.Off}}
}
