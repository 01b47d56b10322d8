package manifest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
)

const (
	// wholeDocument is the size up to which a YAML document is parsed whole. Larger lists are cut into
	// their items.
	wholeDocument = 256 << 10
	// batchSize is how much is parsed together when documents are small.
	batchSize = 32 << 10
	// maxDocument bounds what is parsed at once: an item, or a document that is no list.
	maxDocument = 16 << 20
)

// readStream reads a file, packed or not, YAML or JSON.
func readStream(r *Reader, file string, in io.Reader) {
	if strings.HasSuffix(file, ".gz") {
		packed, err := gzip.NewReader(in)
		if err != nil {
			r.broken(file, 0, 0, "", "not a gzip file: %v", err)
			return
		}
		in = packed
	}
	buffered := bufio.NewReaderSize(in, 64<<10)
	if bom, _ := buffered.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		buffered.Discard(3)
	}
	if looksLikeJSON(strings.TrimSuffix(file, ".gz"), buffered) {
		(&jsonStream{reader: r, file: file, in: buffered, line: 1, column: 1}).read()
		return
	}
	(&yamlStream{reader: r, file: file, in: buffered}).read()
}

// looksLikeJSON says whether a stream is JSON: by its name, or because it begins with an object whose
// first key is quoted.
func looksLikeJSON(file string, in *bufio.Reader) bool {
	head, _ := in.Peek(4096)
	head = bytes.TrimLeft(head, " \t\r\n")
	if strings.HasSuffix(file, ".json") {
		return len(head) > 0
	}
	if len(head) == 0 || head[0] != '{' {
		return false
	}
	head = bytes.TrimLeft(head[1:], " \t\r\n")
	return len(head) > 0 && head[0] == '"'
}

// yamlStream cuts a YAML stream into documents, and large lists into their items, by lines. Whatever is
// cut out keeps its place: an item is parsed with its indentation, the dash made a blank.
type yamlStream struct {
	reader *Reader
	file   string
	in     *bufio.Reader
	line   int // number of the line read last, from 1

	batch    []piece // complete documents that are to be parsed together
	size     int     // of the batch
	document []byte  // lines of the document so far
	first    int     // number of its first line
	items    int     // offset behind its top-level "items:" line, 0 when there was none
	list     *yamlList
	skipping bool // the document is too large; find the next one
}

// piece is a document as text, and the number of its first line.
type piece struct {
	text  []byte
	first int
}

func (s *yamlStream) read() {
	defer s.parse()
	var carry []byte
	for {
		part, err := s.in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			if carry = append(carry, part...); len(carry) > maxDocument {
				s.parse()
				s.reader.broken(s.file, s.line+1, 1, "", "a line of more than %d MiB", maxDocument>>20)
				return
			}
			continue
		}
		line := part
		if carry != nil {
			line, carry = append(carry, part...), nil
		}
		if len(line) > 0 {
			s.line++
			s.push(line)
		}
		if err != nil {
			s.flush()
			if !errors.Is(err, io.EOF) {
				s.parse()
				s.reader.broken(s.file, s.line, 1, "", "cannot be read further: %v", err)
			}
			return
		}
	}
}

// push takes one line.
func (s *yamlStream) push(line []byte) {
	if startsDocument(line) && !directives(s.document) {
		s.flush()
	}
	switch {
	case s.skipping:
		return
	case s.list != nil:
		s.list.push(line, s.line)
		return
	case s.document == nil:
		s.first = s.line
	}
	s.document = append(s.document, line...)
	if s.items == 0 && startsItems(line) {
		s.items = len(s.document)
	}
	switch {
	case len(s.document) > wholeDocument && s.items > 0:
		s.cut()
	case len(s.document) > maxDocument:
		s.parse()
		s.reader.broken(s.file, s.first, 1, "", "a document of more than %d MiB that is no list of items", maxDocument>>20)
		s.skipping = true
	}
}

// startsDocument says whether the line is a document marker.
func startsDocument(line []byte) bool {
	return bytes.HasPrefix(line, []byte("---")) && (len(line) == 3 || bytes.IndexByte([]byte(" \t\r\n"), line[3]) >= 0)
}

// directives says whether the lines are directives, which belong to the document that begins behind them.
func directives(lines []byte) bool { return len(lines) > 0 && lines[0] == '%' }

// startsItems says whether the line opens the items of a list.
func startsItems(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("items:"))
	rest = bytes.TrimSpace(rest)
	return ok && (len(rest) == 0 || rest[0] == '#')
}

// cut goes over to reading the document item by item.
func (s *yamlStream) cut() {
	s.parse()
	head := s.document[:s.items]
	opening := bytes.LastIndexByte(head[:len(head)-1], '\n') + 1
	s.list = newYAMLList(s.reader, s.file, head[:opening], s.first)
	number := s.first + bytes.Count(head, []byte("\n"))
	for _, line := range bytes.SplitAfter(s.document[s.items:], []byte("\n")) {
		if len(line) > 0 {
			s.list.push(line, number)
			number++
		}
	}
	s.document = nil
}

// flush reads what the document holds.
func (s *yamlStream) flush() {
	if s.list != nil {
		s.list.close()
	} else if s.document != nil && !s.skipping {
		s.batch = append(s.batch, piece{s.document, s.first})
		if s.size += len(s.document); s.size > batchSize {
			s.parse()
		}
	}
	s.document, s.list, s.items, s.skipping = nil, nil, 0, false
}

// parse parses the documents of the batch together, which is cheaper than one by one. When something is
// wrong with one of them they are parsed one by one after all, so that the fault hides no other.
func (s *yamlStream) parse() {
	if len(s.batch) > 1 {
		var text []byte
		for _, p := range s.batch {
			text = append(text, p.text...)
		}
		var problems decode.Problems
		nodes := decode.Documents(s.file, text, s.batch[0].first-1, &problems)
		if problems.Empty() {
			s.take(nodes)
			return
		}
	}
	for _, p := range s.batch {
		for _, n := range s.reader.parse(s.file, p.text, p.first, "") {
			s.reader.value(s.file, n, "", listType{})
		}
	}
	s.batch, s.size = s.batch[:0], 0
}

func (s *yamlStream) take(nodes []*yaml.Node) {
	for _, n := range nodes {
		s.reader.value(s.file, n, "", listType{})
	}
	s.batch, s.size = s.batch[:0], 0
}

// parse parses text that begins at a line; path is where it belongs.
func (r *Reader) parse(file string, text []byte, line int, path string) []*yaml.Node {
	var problems decode.Problems
	nodes := decode.Documents(file, text, line-1, &problems)
	for _, p := range problems.All() {
		p.Path = under(path, p.Path)
		r.findings = append(r.findings, Finding{Problem: p})
	}
	return nodes
}
