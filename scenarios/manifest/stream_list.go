package manifest

import (
	"bytes"
	"strings"

	"towtank.dev/towtank/scenarios/decode"
)

// yamlList reads the items of one large list.
type yamlList struct {
	reader *Reader
	file   string
	t      listType
	index  int

	indent  int // of the dashes, -1 before the first item
	item    []byte
	first   int // line of the item
	after   []byte
	afterAt int // line of what stands behind the items
	ended   bool
	waiting []waiting // items read before the list's kind was
}

// waiting is an item that may not say its kind itself.
type waiting struct {
	text  []byte
	line  int
	index int
}

// newYAMLList begins a list; head is what stands before its items.
func newYAMLList(r *Reader, file string, head []byte, line int) *yamlList {
	l := &yamlList{reader: r, file: file, indent: -1}
	l.frame(head, line)
	return l
}

// frame reads the list's own fields, before or behind the items.
func (l *yamlList) frame(text []byte, line int) {
	for _, n := range l.reader.parse(l.file, text, line, "") {
		l.reader.listHead(l.file, n, "")
		if v := decode.Get(n, "kind"); v != nil {
			l.t.kind = v.Value
		}
		if v := decode.Get(n, "apiVersion"); v != nil {
			l.t.apiVersion = v.Value
		}
	}
}

// push takes the next line.
func (l *yamlList) push(line []byte, number int) {
	if l.ended {
		if len(l.after) < maxDocument {
			l.after = append(l.after, line...)
		}
		return
	}
	text := bytes.TrimLeft(line, " ")
	indent := len(line) - len(text)
	if rest := bytes.TrimSpace(text); len(rest) == 0 || rest[0] == '#' && (l.indent < 0 || indent <= l.indent) {
		l.item = append(l.item, line...)
		return
	}
	dash := text[0] == '-' && (len(text) == 1 || bytes.IndexByte([]byte(" \t\r\n"), text[1]) >= 0)
	switch {
	case l.indent < 0 && dash:
		l.indent, l.first, l.item = indent, number, nil
		l.append(line, indent)
	case l.indent >= 0 && dash && indent == l.indent:
		l.take()
		l.first = number
		l.append(line, indent)
	case indent <= l.indent || l.indent < 0:
		l.take()
		l.ended, l.after, l.afterAt = true, append([]byte(nil), line...), number
	case len(l.item) > maxDocument:
		l.reader.broken(l.file, l.first, 1, decode.Index("items", l.index), "an item of more than %d MiB", maxDocument>>20)
		l.item = nil
	default:
		l.item = append(l.item, line...)
	}
}

// append begins an item: its dash becomes a blank, so that columns stay.
func (l *yamlList) append(line []byte, dash int) {
	l.item = append(l.item, line...)
	l.item[len(l.item)-len(line)+dash] = ' '
}

// take reads the item that is complete.
func (l *yamlList) take() {
	if l.indent < 0 {
		return
	}
	text, index := l.item, l.index
	l.index++
	if isList(l.t.kind) || bytes.Contains(text, []byte("kind:")) && bytes.Contains(text, []byte("apiVersion:")) {
		l.read(text, l.first, index)
		l.item = l.item[:0]
		return
	}
	l.waiting = append(l.waiting, waiting{text, l.first, index})
	l.item = nil
}

func (l *yamlList) read(text []byte, line, index int) {
	path := decode.Index("items", index)
	for _, n := range l.reader.parse(l.file, text, line, path) {
		l.reader.value(l.file, n, path, itemType(l.t))
	}
}

// close reads the last item and what stands behind the items.
func (l *yamlList) close() {
	if !l.ended {
		l.take()
	}
	switch {
	case len(l.after) >= maxDocument:
		l.reader.broken(l.file, l.afterAt, 1, "", "more than %d MiB behind the items of a list", maxDocument>>20)
	case l.ended:
		l.frame(l.after, l.afterAt)
	}
	for _, w := range l.waiting {
		l.read(w.text, w.line, w.index)
	}
	if !isList(l.t.kind) {
		l.reader.broken(l.file, l.first, 1, "kind", "%s has no items, want a List", strings.TrimSpace("an object "+l.t.kind))
	}
}
