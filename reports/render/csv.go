package render

import (
	"strconv"

	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/sim/record"
)

// CSV renders a document as one table with a row per value: the section (the figure's key or the
// table's; empty for the facts), the row of a table from 1, the key, the value in its base unit and
// the unit.
func CSV(d *reports.Doc) ([]byte, error) {
	b := []byte("section,row,key,value,unit\n")
	row := func(section, at, key string, v reports.Value) {
		for i, field := range []string{section, at, key, v.Raw(), v.Unit()} {
			if i > 0 {
				b = append(b, ',')
			}
			b = record.AppendField(b, field)
		}
		b = append(b, '\n')
	}
	parts := func(section string, parts []reports.Part) {
		for i := range parts {
			row(section, "", parts[i].Key, parts[i].Value)
		}
	}
	row("", "", "report", reports.Text(d.Report))
	row("", "", "name", reports.Text(d.Title))
	parts("", d.Facts)
	parts("", d.Origin)
	for i, alert := range d.Alerts {
		row("alerts", strconv.Itoa(i+1), "text", reports.Text(alert))
	}
	for i := range d.Sections {
		s := &d.Sections[i]
		for j := range s.Figures {
			parts(s.Figures[j].Key, s.Figures[j].Parts)
		}
		if s.Table == nil {
			continue
		}
		for j, values := range s.Table.Rows {
			for k, v := range values {
				row(s.Key, strconv.Itoa(j+1), s.Table.Columns[k].Key, v)
			}
		}
	}
	return b, nil
}
