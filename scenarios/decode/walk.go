package decode

import (
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Walk follows a path such as profiles[0].plugins.score as far as the tree goes and returns the last node
// on the way: the best place there is for a fault of that field, also where the field itself was left out.
func Walk(root *yaml.Node, path string) *yaml.Node {
	n := Resolve(root)
	for path != "" {
		var next *yaml.Node
		if rest, found := strings.CutPrefix(path, "["); found {
			inside, after, _ := strings.Cut(rest, "]")
			next, path = element(n, inside), strings.TrimPrefix(after, ".")
		} else {
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			next, path = Get(n, path[:end]), strings.TrimPrefix(path[end:], ".")
		}
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

// element is an element of a list by its number, or a value of a map by its quoted key.
func element(n *yaml.Node, inside string) *yaml.Node {
	if key, err := strconv.Unquote(inside); err == nil {
		return Get(n, key)
	}
	i, err := strconv.Atoi(inside)
	if err != nil || n.Kind != yaml.SequenceNode || i < 0 || i >= len(n.Content) {
		return nil
	}
	return Resolve(n.Content[i])
}
