package generators

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// Pattern is a name with a place for a number: node-{index}, or node-{index:03} for at least three digits.
type Pattern struct {
	parts []part
}

// part is text, or the number with a width.
type part struct {
	text    string
	indexed bool
	width   int
}

// maxWidth bounds the digits of a number in a name: names have 253 letters, and numbers 19 digits.
const maxWidth = 19

// ParsePattern reads a pattern. The error says which braces are not understood.
func ParsePattern(text string) (*Pattern, error) {
	p := &Pattern{}
	last := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		if err := p.addText(text[last:m[0]]); err != nil {
			return nil, err
		}
		width, err := width(text[m[2]:m[3]])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text[m[0]:m[1]], err)
		}
		p.parts = append(p.parts, part{indexed: true, width: width})
		last = m[1]
	}
	return p, p.addText(text[last:])
}

func (p *Pattern) addText(text string) error {
	if strings.ContainsAny(text, "{}") {
		return fmt.Errorf("a brace without its partner, want e.g. node-{index}")
	}
	if text != "" {
		p.parts = append(p.parts, part{text: text})
	}
	return nil
}

func width(inside string) (int, error) {
	name, digits, has := strings.Cut(inside, ":")
	if name != "index" {
		return 0, fmt.Errorf("is not known, want {index} or {index:03}")
	}
	if !has {
		return 0, nil
	}
	n, err := strconv.Atoi(digits)
	if err != nil || !strings.HasPrefix(digits, "0") || n < 1 || n > maxWidth {
		return 0, fmt.Errorf("want a number of digits after the colon, from {index:01} to {index:0%d}", maxWidth)
	}
	return n, nil
}

// Indexed says whether the pattern has a place for the number.
func (p *Pattern) Indexed() bool {
	for _, part := range p.parts {
		if part.indexed {
			return true
		}
	}
	return false
}

// Name is the name with that number.
func (p *Pattern) Name(i int) string {
	var b strings.Builder
	for _, part := range p.parts {
		if part.indexed {
			fmt.Fprintf(&b, "%0*d", part.width, i)
		} else {
			b.WriteString(part.text)
		}
	}
	return b.String()
}
