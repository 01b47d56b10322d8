package render

import (
	"bytes"
	"strings"

	"towtank.dev/towtank/reports"
)

// Markdown renders a document as Markdown with tables as GitHub has them.
func Markdown(d *reports.Doc) ([]byte, error) {
	var b bytes.Buffer
	title := d.Title
	if title == "" {
		title = d.Report
	}
	b.WriteString("## " + escape(title) + "\n\n")
	b.WriteString(escape(strings.Join(append(partTexts(d.Facts), partTexts(d.Origin)...), " · ")) + "\n")
	for _, alert := range d.Alerts {
		b.WriteString("\n> **" + escape(alert) + "**\n")
	}
	for i := range d.Sections {
		s := &d.Sections[i]
		markdownFigures(&b, s.Figures)
		if s.Table == nil || len(s.Table.Rows) == 0 {
			continue
		}
		b.WriteByte('\n')
		if s.Title != "" {
			b.WriteString("### " + escape(heading(s.Title)) + "\n\n")
		}
		markdownTable(&b, s.Table)
		if s.Table.More != "" {
			b.WriteString("\n" + escape(s.Table.More) + "\n")
		}
	}
	return b.Bytes(), nil
}

// markdownFigures is a table of two columns.
func markdownFigures(b *bytes.Buffer, figures []reports.Figure) {
	figures = shown(figures)
	if len(figures) > 0 {
		b.WriteString("\n| | |\n|---|---|\n")
	}
	for i := range figures {
		f := &figures[i]
		text := strings.ReplaceAll(figureLines(f, 1<<30)[0], strings.Repeat(" ", gap), " · ")
		b.WriteString("| **" + escape(heading(f.Label)) + "** | " + escape(text) + " |\n")
	}
}

func markdownTable(b *bytes.Buffer, t *reports.Table) {
	b.WriteByte('|')
	for _, c := range t.Columns {
		b.WriteString(" " + escape(heading(c.Head)) + " |")
	}
	b.WriteString("\n|")
	for i := range t.Columns {
		if numeric(t, i) {
			b.WriteString("---:|")
		} else {
			b.WriteString("---|")
		}
	}
	b.WriteByte('\n')
	for _, row := range t.Rows {
		b.WriteByte('|')
		for _, v := range row {
			b.WriteString(" " + escape(plain(v.String())) + " |")
		}
		b.WriteByte('\n')
	}
}

// heading turns the capitals of the terminal into a heading: LONGEST PENDING is Longest pending. A
// name that is not all capitals stays.
func heading(s string) string {
	if s == "" || s != strings.ToUpper(s) || s == "CPU" {
		return s
	}
	return s[:1] + strings.ToLower(s[1:])
}

var escaper = strings.NewReplacer("|", "\\|", "<", "&lt;", "*", "\\*", "_", "\\_", "`", "\\`")

// escape keeps a text from being taken for Markdown.
func escape(s string) string { return escaper.Replace(s) }
