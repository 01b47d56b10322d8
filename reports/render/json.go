package render

import (
	"bytes"
	"encoding/json"

	"towtank.dev/towtank/reports"
)

// JSON renders a document as one object: the facts, then each figure as an object and each table as a
// list of objects, all under their keys and in their order. Numbers are in base units, what is absent
// is null, tables without rows are empty lists.
func JSON(d *reports.Doc) ([]byte, error) {
	o := object{}
	o.text("report", d.Report)
	o.text("name", d.Title)
	o.parts(d.Facts)
	o.parts(d.Origin)
	o.key("alerts")
	o.strings(d.Alerts)
	for i := range d.Sections {
		s := &d.Sections[i]
		for j := range s.Figures {
			inner := object{}
			inner.parts(s.Figures[j].Parts)
			o.key(s.Figures[j].Key)
			o.b = append(o.b, inner.close()...)
		}
		if s.Table != nil {
			o.key(s.Key)
			o.table(s.Table)
		}
	}
	var b bytes.Buffer
	if err := json.Indent(&b, o.close(), "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// object is a JSON object that is being written, with its keys in the order of writing.
type object struct{ b []byte }

func (o *object) key(name string) {
	if len(o.b) == 0 {
		o.b = append(o.b, '{')
	} else {
		o.b = append(o.b, ',')
	}
	o.b = append(reports.AppendJSONString(o.b, name), ':')
}

func (o *object) text(name, value string) {
	o.key(name)
	o.b = reports.AppendJSONString(o.b, value)
}

func (o *object) parts(parts []reports.Part) {
	for i := range parts {
		o.key(parts[i].Key)
		o.b = parts[i].Value.AppendJSON(o.b)
	}
}

func (o *object) strings(list []string) {
	o.b = append(o.b, '[')
	for i, s := range list {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = reports.AppendJSONString(o.b, s)
	}
	o.b = append(o.b, ']')
}

func (o *object) table(t *reports.Table) {
	o.b = append(o.b, '[')
	for i, row := range t.Rows {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		inner := object{}
		for j, v := range row {
			inner.key(t.Columns[j].Key)
			inner.b = v.AppendJSON(inner.b)
		}
		o.b = append(o.b, inner.close()...)
	}
	o.b = append(o.b, ']')
}

func (o *object) close() []byte {
	if len(o.b) == 0 {
		return []byte("{}")
	}
	return append(o.b, '}')
}
