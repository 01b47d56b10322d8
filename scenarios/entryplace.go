package scenarios

import (
	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
)

// entryPlace is an entry of one of the scenario's lists, for what is found out about it after it was read.
type entryPlace struct {
	*reader
	node *yaml.Node
	path string
}

// entryOf is the i-th entry of a list.
func (r *reader) entryOf(list string, i int) entryPlace {
	return entryPlace{reader: r, node: decode.Walk(r.at(list), decode.Index("", i)), path: decode.Index(list, i)}
}

// wrong notes a problem at a field of the entry, by its path there.
func (p *entryPlace) wrong(field, format string, args ...any) {
	at := p.node
	if n := decode.Walk(p.node, field); n != nil {
		at = n
	}
	p.problems.Add(p.file, at, p.path+"."+field, format, args...)
}
