package scenarios

import (
	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
)

// unbuilt are words for verbs and faults that people may try, with what they are called here.
var unbuilt = map[string]string{
	"slow-registry": "slow-registry is called registry-slow, as its kin are",
	"fault":         "each fault is a verb of its own, such as crash: {node: node-0, for: 10m}; docs/scenario.md lists them",
}

// unbuiltTop are parts of a scenario that this version does not have.
var unbuiltTop = map[string]string{
	"expect":       "expect is not built yet: a run cannot fail by what it shows",
	"expectations": "expectations are not built yet: a run cannot fail by what it shows",
}

// unbuiltBehaviour are fields that people may look for in a behaviour, and where they are.
var unbuiltBehaviour = map[string]string{
	"image": "image is no part of a behaviour: images, beside behaviours, says what is in an image and how long pulls take",
}

// refuseUnbuilt names what the scenario asks for that is not built yet, and takes it out of the tree so that it
// is not called unknown as well.
func (r *reader) refuseUnbuilt(root *yaml.Node) {
	r.refuse(root, "", unbuiltTop)
	list := decode.Get(root, "behaviours")
	if list == nil || list.Kind != yaml.SequenceNode {
		return
	}
	for i, n := range list.Content {
		r.refuse(n, decode.Index("behaviours", i), unbuiltBehaviour)
	}
}

func (r *reader) refuse(n *yaml.Node, path string, reasons map[string]string) {
	if n.Kind != yaml.MappingNode {
		return
	}
	kept := n.Content[:0:0]
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if reason := reasons[key.Value]; reason != "" {
			r.problems.Add(r.file, key, decode.Join(path, key.Value), "%s", reason)
			continue
		}
		kept = append(kept, key, n.Content[i+1])
	}
	n.Content = kept
}
