package manifest

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// stringNode reads a string.
func (s *jsonStream) stringNode() *yaml.Node {
	n := s.node(yaml.ScalarNode, "!!str")
	n.Style = yaml.DoubleQuotedStyle
	s.text = append(s.text[:0], s.next())
	escaped, plain := false, true
	for {
		c, ok := s.peek()
		switch {
		case !ok:
			s.fail("the end of the file within a text")
			return n
		case c < ' ':
			s.fail("byte 0x%02x within a text, want \\u%04x", c, c)
			return n
		case len(s.text) > maxDocument:
			s.fail("a text of more than %d MiB", maxDocument>>20)
			return n
		}
		s.text = append(s.text, s.next())
		if c == '"' && !escaped {
			break
		}
		escaped = c == '\\' && !escaped
		plain = plain && c != '\\' && c < utf8.RuneSelf
	}
	if plain {
		n.Value = string(s.text[1 : len(s.text)-1])
		return n
	}
	if !utf8.Valid(s.text) {
		s.fail("text that is not UTF-8")
	} else if err := json.Unmarshal(s.text, &n.Value); err != nil {
		s.fail("%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return n
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// word reads a number, true, false or null.
func (s *jsonStream) word() *yaml.Node {
	n := s.node(yaml.ScalarNode, "")
	n.Style = 0
	s.text = s.text[:0]
	for {
		c, ok := s.peek()
		if !ok || strings.IndexByte(" \t\r\n,:{}[]\"", c) >= 0 || len(s.text) > 400 {
			break
		}
		s.text = append(s.text, s.next())
	}
	n.Value = string(s.text)
	switch {
	case n.Value == "true", n.Value == "false":
		n.Tag = "!!bool"
	case n.Value == "null":
		n.Tag = "!!null"
	case !jsonNumber.MatchString(n.Value):
		s.column -= utf8.RuneCountInString(n.Value)
		s.fail("%q, want a value", n.Value)
	case strings.ContainsAny(n.Value, ".eE"):
		n.Tag = "!!float"
	default:
		n.Tag = "!!int"
	}
	return n
}
