package verbs

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

var cordonInfo = Info{
	Name:    "cordon",
	Doc:     "Marks nodes as unschedulable.",
	Example: "cordon: {nodes: {labels: {pool: spot}}}",
	New:     func() Verb { return new(Cordon) },
}

var uncordonInfo = Info{
	Name:    "uncordon",
	Doc:     "Marks nodes as schedulable again.",
	Example: "uncordon: {node: node-3}",
	New:     func() Verb { return new(Uncordon) },
}

// Cordon is kubectl cordon. As in a cluster, the node lifecycle controller answers with the taint
// node.kubernetes.io/unschedulable:NoSchedule.
type Cordon struct {
	Target Target `yaml:",inline"`
}

// Check refuses targets that are no nodes.
func (v *Cordon) Check() error { return checkNodes(v.Target) }

// Do cordons the nodes.
func (v *Cordon) Do(env *Env) error { return setUnschedulable(env, v.Target, true) }

// Uncordon is kubectl uncordon; the taint that cordoning has set goes.
type Uncordon struct {
	Target Target `yaml:",inline"`
}

// Check refuses targets that are no nodes.
func (v *Uncordon) Check() error { return checkNodes(v.Target) }

// Do uncordons the nodes.
func (v *Uncordon) Do(env *Env) error { return setUnschedulable(env, v.Target, false) }

func checkNodes(t Target) error {
	if t.Kind != model.KindNode {
		return fmt.Errorf("%s: not a node, want node or nodes", t)
	}
	return nil
}

// setUnschedulable sets spec.unschedulable.
func setUnschedulable(env *Env, t Target, unschedulable bool) error {
	return t.each(env.API, func(o model.Object) (model.Object, error) {
		node := o.(*model.Node)
		if node.Unschedulable == unschedulable {
			return nil, nil
		}
		changed := apiserver.Copy(node).(*model.Node)
		changed.Unschedulable = unschedulable
		return changed, nil
	})
}
