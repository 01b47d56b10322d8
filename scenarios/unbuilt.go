package scenarios

import (
	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
)

// unbuilt are verbs and faults that scenarios are to have and that this version does not do, with the reason.
var unbuilt = map[string]string{
	"slow-registry": notYet("slow-registry"),
	"fault":         notYet("fault"),
}

func notYet(fault string) string {
	return fault + " is not built yet: faults need the life of nodes and the controllers that notice them"
}

// unbuiltTop are parts of a scenario that this version does not have.
var unbuiltTop = map[string]string{
	"expect":       "expect is not built yet: a run cannot fail by what it shows",
	"expectations": "expectations are not built yet: a run cannot fail by what it shows",
}

// unbuiltBehaviour are fields of a behaviour that this version does not simulate.
var unbuiltBehaviour = map[string]string{
	"image": "image is not built yet: pulling images is not simulated; startup can stand for it",
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
