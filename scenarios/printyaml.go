package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// YAML writes a JSON document as YAML in the manner of kubectl: keys sorted, lists not indented.
func YAML(document []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := writeYAML(&b, v, 0, false); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// writeYAML writes a value that stands in a column; inline says that something stands before it on its line.
func writeYAML(b *bytes.Buffer, v any, column int, inline bool) error {
	margin := strings.Repeat(" ", column)
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			break
		}
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for i, key := range keys {
			if i > 0 || !inline {
				b.WriteString(margin)
			}
			name, err := scalar(key)
			if err != nil {
				return err
			}
			b.WriteString(name + ":")
			if err := writeField(b, v[key], column); err != nil {
				return err
			}
		}
		return nil
	case []any:
		for i, item := range v {
			if i > 0 || !inline {
				b.WriteString(margin)
			}
			b.WriteString("- ")
			if err := writeYAML(b, item, column+2, true); err != nil {
				return err
			}
		}
		if len(v) > 0 {
			return nil
		}
	}
	return writeScalar(b, v)
}

// writeField writes the value of a key in a column.
func writeField(b *bytes.Buffer, v any, column int) error {
	switch v := v.(type) {
	case map[string]any:
		if len(v) > 0 {
			b.WriteByte('\n')
			return writeYAML(b, v, column+2, false)
		}
	case []any:
		if len(v) > 0 {
			b.WriteByte('\n')
			return writeYAML(b, v, column, false)
		}
	}
	b.WriteByte(' ')
	return writeScalar(b, v)
}

func writeScalar(b *bytes.Buffer, v any) error {
	text := ""
	switch v := v.(type) {
	case nil:
		text = "null"
	case map[string]any:
		text = "{}"
	case []any:
		text = "[]"
	case string:
		var err error
		if text, err = scalar(v); err != nil {
			return err
		}
	default:
		text = fmt.Sprint(v)
	}
	b.WriteString(text + "\n")
	return nil
}

// scalar writes a text on one line, quoted where YAML would read something else.
func scalar(s string) (string, error) {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if strings.ContainsAny(s, "\n\r\t") || oldBool(s) {
		n.Style = yaml.DoubleQuotedStyle
	}
	data, err := yaml.Marshal(n)
	if err != nil {
		return "", err
	}
	text := strings.TrimSuffix(string(data), "\n")
	if !strings.Contains(text, "\n") {
		return text, nil
	}
	quoted, err := json.Marshal(s)
	return string(quoted), err
}

// oldBool says whether YAML 1.1 reads a text as true or false, as kubectl's writer still minds.
func oldBool(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off":
		return true
	}
	return false
}
