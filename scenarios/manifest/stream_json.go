package manifest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
)

// jsonStream reads JSON objects one after another into nodes that know their places. The items of a list
// are handed on one by one.
type jsonStream struct {
	reader       *Reader
	file         string
	in           *bufio.Reader
	line, column int // of the next byte, from 1; columns count characters
	text         []byte
	failed       bool
}

// read reads to the end, or to the first fault: there is no telling how JSON goes on behind one.
func (s *jsonStream) read() {
	for !s.failed {
		s.blank()
		c, ok := s.peek()
		switch {
		case !ok:
			return
		case c == '{':
			s.top()
		case c == '-' && s.separator():
		default:
			s.fail("%q, want an object", string(c))
		}
	}
}

// separator takes a line of three dashes, which may stand between objects as between YAML documents.
func (s *jsonStream) separator() bool {
	if dashes, _ := s.in.Peek(3); string(dashes) != "---" {
		return false
	}
	s.next()
	s.next()
	s.next()
	return true
}

// top reads an object of the top level. Items are handed on as they come; those that come before the
// list's kind and do not say their own wait for it.
func (s *jsonStream) top() {
	object := s.node(yaml.MappingNode, "!!map")
	s.next()
	var waiting []*yaml.Node
	var t listType
	streamed := false
	keys := map[string]int{}
	s.members(func(key *yaml.Node) {
		s.once(keys, key, "")
		if c, _ := s.peek(); key.Value == "items" && c == '[' && (t.kind == "" || isList(t.kind)) {
			streamed = true
			object.Content = append(object.Content, key, s.node(yaml.SequenceNode, "!!seq"))
			waiting = s.items(&t)
			return
		}
		value := s.value(1, key.Value)
		object.Content = append(object.Content, key, value)
		if value != nil && key.Value == "kind" {
			t.kind = value.Value
		}
		if value != nil && key.Value == "apiVersion" {
			t.apiVersion = value.Value
		}
	})
	switch {
	case s.failed:
	case streamed && !isList(t.kind) && t.kind != "":
		s.reader.brokenAt(s.file, object, "kind", "%s has no items, want a List", t.kind)
	default:
		s.reader.value(s.file, object, "", listType{})
		for i, n := range waiting {
			if n != nil {
				s.reader.value(s.file, n, decode.Index("items", i), itemType(t))
			}
		}
	}
}

// items hands on the items of a list and returns those that have to wait, at their places.
func (s *jsonStream) items(t *listType) []*yaml.Node {
	var waiting []*yaml.Node
	s.next()
	for i := 0; s.more(']', i); i++ {
		path := decode.Index("items", i)
		n := s.value(2, path)
		if s.failed {
			break
		}
		if t.kind == "" && (decode.Get(n, "kind") == nil || decode.Get(n, "apiVersion") == nil) {
			waiting = append(waiting, make([]*yaml.Node, i+1-len(waiting))...)
			waiting[i] = n
			continue
		}
		s.reader.value(s.file, n, path, itemType(*t))
	}
	return waiting
}

// maxDepth bounds how deep values nest.
const maxDepth = 1000

// value reads any value.
func (s *jsonStream) value(depth int, path string) *yaml.Node {
	s.blank()
	c, ok := s.peek()
	switch {
	case s.failed:
		return nil
	case !ok:
		s.fail("the end of the file within a value")
	case depth > maxDepth:
		s.fail("values nest deeper than %d", maxDepth)
	case c == '{':
		return s.object(depth, path)
	case c == '[':
		return s.array(depth, path)
	case c == '"':
		return s.stringNode()
	default:
		return s.word()
	}
	return nil
}

func (s *jsonStream) object(depth int, path string) *yaml.Node {
	n := s.node(yaml.MappingNode, "!!map")
	s.next()
	keys := map[string]int{}
	s.members(func(key *yaml.Node) {
		s.once(keys, key, path)
		n.Content = append(n.Content, key, s.value(depth+1, path+"."+key.Value))
	})
	return n
}

// members reads the members of an object up to its end; each is called behind the colon.
func (s *jsonStream) members(each func(key *yaml.Node)) {
	for i := 0; s.more('}', i); i++ {
		if c, _ := s.peek(); c != '"' {
			s.fail("%q, want a name in double quotes", string(c))
			return
		}
		key := s.stringNode()
		s.blank()
		if c, _ := s.peek(); c != ':' && !s.failed {
			s.fail("%q, want a colon behind the name", string(c))
		}
		if s.failed {
			return
		}
		s.next()
		s.blank()
		each(key)
	}
}

// once reports a name that stands twice in an object.
func (s *jsonStream) once(keys map[string]int, key *yaml.Node, path string) {
	if first, twice := keys[key.Value]; twice {
		s.reader.brokenAt(s.file, key, decode.Join(path, key.Value), "the key stands twice, first in line %d", first)
		return
	}
	keys[key.Value] = key.Line
}

func (s *jsonStream) array(depth int, path string) *yaml.Node {
	n := s.node(yaml.SequenceNode, "!!seq")
	s.next()
	for i := 0; s.more(']', i); i++ {
		n.Content = append(n.Content, s.value(depth+1, decode.Index(path, i)))
	}
	return n
}

// more goes to the next element of an object or array, past the comma; false at the end of it.
func (s *jsonStream) more(end byte, i int) bool {
	s.blank()
	c, ok := s.peek()
	switch {
	case s.failed:
		return false
	case !ok:
		s.fail("the end of the file, want %q", string(end))
		return false
	case c == end:
		s.next()
		return false
	case i == 0:
		return true
	case c != ',':
		s.fail("%q, want a comma or %q", string(c), string(end))
		return false
	}
	s.next()
	s.blank()
	if c, _ = s.peek(); c == end {
		s.fail("a comma before %q, which ends the list", string(end))
		return false
	}
	return !s.failed
}

// node is a node at the place of the next byte.
func (s *jsonStream) node(kind yaml.Kind, tag string) *yaml.Node {
	return &yaml.Node{Kind: kind, Tag: tag, Style: yaml.FlowStyle, Line: s.line, Column: s.column}
}

func (s *jsonStream) peek() (byte, bool) {
	b, err := s.in.Peek(1)
	if err != nil {
		if !errors.Is(err, io.EOF) && !s.failed {
			s.fail("cannot be read further: %v", err)
		}
		return 0, false
	}
	return b[0], true
}

// next takes a byte that peek has seen.
func (s *jsonStream) next() byte {
	c, _ := s.in.ReadByte()
	switch {
	case c == '\n':
		s.line, s.column = s.line+1, 1
	case c&0xc0 != 0x80: // not the inside of a character
		s.column++
	}
	return c
}

func (s *jsonStream) blank() {
	for {
		c, ok := s.peek()
		if !ok || c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return
		}
		s.next()
	}
}

// fail reports what is no JSON; reading ends there.
func (s *jsonStream) fail(format string, args ...any) {
	if !s.failed {
		s.failed = true
		s.reader.broken(s.file, s.line, s.column, "", "not JSON: %s", fmt.Sprintf(format, args...))
	}
}

// parseJSON parses one value, nil with a finding when it is none.
func parseJSON(r *Reader, data []byte) *yaml.Node {
	s := &jsonStream{reader: r, in: bufio.NewReader(bytes.NewReader(data)), line: 1, column: 1}
	n := s.value(1, "")
	if s.failed {
		return nil
	}
	return n
}
