package decode

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxAliased bounds the values that the aliases of a document stand for, all written out: far above any real
// one, far below what would fill the memory.
const maxAliased = 200_000

// Documents parses a YAML (or JSON) stream. Empty documents are left out. What is not YAML, and what YAML
// allows but would surprise (a key that stands twice, aliases that contain themselves or explode), is a
// problem; documents with problems of that kind are left out. lines is added to every line number: the
// place of data in its file.
func Documents(file string, data []byte, lines int, problems *Problems) []*yaml.Node {
	if !readable(file, data, lines, problems) {
		return nil
	}
	var documents []*yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return documents
		}
		if err != nil {
			line, column, message := syntaxError(err, data)
			problems.AddAt(file, line+lines, column, "", "%s", message)
			return documents
		}
		if len(document.Content) == 0 {
			continue
		}
		root := document.Content[0]
		move(root, lines)
		if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
			continue
		}
		before := problems.Len()
		c := checker{file: file, problems: problems, open: map[*yaml.Node]bool{}}
		c.check(root, "")
		if problems.Len() == before {
			documents = append(documents, root)
		}
	}
}

// readable says whether the data is text at all.
func readable(file string, data []byte, lines int, problems *Problems) bool {
	line := lines + 1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			column := i - bytes.LastIndexByte(data[:i], '\n')
			problems.AddAt(file, line, column, "", "not a text file: byte 0x%02x, want YAML or JSON in UTF-8", data[i])
			return false
		}
		if r == '\n' {
			line++
		}
		i += size
	}
	return true
}

func move(n *yaml.Node, lines int) {
	if lines == 0 {
		return
	}
	n.Line += lines
	for _, child := range n.Content {
		move(child, lines)
	}
}

var lineOfError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// countsFromZero matches what yaml.v3's parser says, which counts lines from 0; its scanner counts from 1.
// Source: gopkg.in/yaml.v3 v3.0.1 decode.go parser.fail, parserc.go.
var countsFromZero = regexp.MustCompile(`^(did not find expected (<document start>|node content|'-' indicator|key|',' or)|found (duplicate|incompatible|undefined))`)

// syntaxError finds place and words of an error of the YAML parser, which names lines only.
func syntaxError(err error, data []byte) (line, column int, message string) {
	message = err.Error()
	line = 1
	if m := lineOfError.FindStringSubmatch(message); m != nil {
		message = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
			if countsFromZero.MatchString(message) {
				line++
			}
		}
	}
	text := lineText(data, line)
	column = columnOf(text, message)
	return line, column, "not YAML: " + message
}

func lineText(data []byte, line int) string {
	all := strings.Split(string(data), "\n")
	if line < 1 || line > len(all) {
		return ""
	}
	return all[line-1]
}

// columnOf guesses where in the line the parser stumbled: at the character its message is about, else at
// the first one that is not blank.
func columnOf(text, message string) int {
	first := len(text) - len(strings.TrimLeft(text, " "))
	at := -1
	switch {
	case strings.Contains(message, "mapping values are not allowed"):
		at = strings.LastIndex(text, ": ")
		if at < 0 && strings.HasSuffix(strings.TrimRight(text, " \r"), ":") {
			at = strings.LastIndex(text, ":")
		}
	case strings.Contains(message, "cannot start any token"), strings.Contains(message, "found a tab"):
		at = strings.IndexAny(text, "\t@`%")
	case strings.Contains(message, "',' or '}'"):
		at = strings.LastIndex(text, "{")
	case strings.Contains(message, "',' or ']'"):
		at = strings.LastIndex(text, "[")
	case strings.Contains(message, "unknown anchor"), strings.Contains(message, "alphabetic or numeric"):
		at = strings.IndexAny(text, "*&")
	case strings.Contains(message, "unexpected end of stream"), strings.Contains(message, "quoted scalar"):
		at = strings.IndexAny(text, "\"'")
	}
	return max(at, first) + 1
}

// checker looks for what YAML allows and nobody means.
type checker struct {
	file     string
	problems *Problems
	open     map[*yaml.Node]bool // aliases being followed
	aliases  int                 // how deep in them
	aliased  int                 // values in them so far
	exploded bool
}

func (c *checker) check(n *yaml.Node, path string) {
	if c.aliases > 0 {
		c.aliased++
	}
	if c.aliased > maxAliased {
		if !c.exploded {
			c.exploded = true
			c.problems.Add(c.file, n, path, "aliases make the document explode: they stand for more than %d values", maxAliased)
		}
		return
	}
	switch n.Kind {
	case yaml.AliasNode:
		if c.open[n.Alias] {
			c.problems.Add(c.file, n, path, "alias *%s contains itself", n.Value)
			return
		}
		c.open[n.Alias] = true
		c.aliases++
		c.check(n.Alias, path)
		c.aliases--
		delete(c.open, n.Alias)
	case yaml.MappingNode:
		c.checkKeys(n, path)
		if n.Anchor != "" {
			c.open[n] = true
			defer delete(c.open, n)
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			c.check(n.Content[i+1], Join(path, n.Content[i].Value))
		}
	case yaml.SequenceNode:
		if n.Anchor != "" {
			c.open[n] = true
			defer delete(c.open, n)
		}
		for i, child := range n.Content {
			c.check(child, Index(path, i))
		}
	}
}

func (c *checker) checkKeys(n *yaml.Node, path string) {
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			c.problems.Add(c.file, key, path, "a key that is a list or a map, want a name")
			continue
		}
		if first, twice := seen[key.Value]; twice && key.Tag != "!!merge" {
			c.problems.Add(c.file, key, Join(path, key.Value), "the key stands twice, first in line %d", first)
			continue
		}
		seen[key.Value] = key.Line
	}
}

// Join is the path of a field below another path.
func Join(path, name string) string {
	if path == "" {
		return name
	}
	if strings.ContainsAny(name, "./[]") {
		return path + "[" + strconv.Quote(name) + "]"
	}
	return path + "." + name
}

// Index is the path of an element of a list.
func Index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
