package verbs

import (
	"fmt"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

var taintInfo = Info{
	Name:    "taint",
	Doc:     "Sets and removes taints of nodes.",
	Example: "taint: {node: node-3, taints: [\"dedicated=gpu:NoSchedule\", \"old:NoExecute-\"]}",
	New:     func() Verb { return new(Taint) },
}

// Taint is kubectl taint nodes.
type Taint struct {
	Target    Target   `yaml:",inline"`
	Taints    []string `yaml:"taints" doc:"Taints as kubectl takes them: key=value:Effect or key:Effect sets one, key:Effect- or key- removes."`
	Overwrite bool     `yaml:"overwrite" doc:"Whether a taint that is there with another value may change; without, the node is left alone and that is told, as kubectl does. Default false."`
}

// Check says which taint is not well formed.
func (v *Taint) Check() error {
	if err := checkNodes(v.Target); err != nil {
		return err
	}
	if len(v.Taints) == 0 {
		return fmt.Errorf("taints: missing, want at least one, such as dedicated=gpu:NoSchedule")
	}
	for i, text := range v.Taints {
		if _, _, err := parseTaint(text); err != nil {
			return fmt.Errorf("taints[%d]: %w", i, err)
		}
	}
	return nil
}

// Do taints the nodes in the order of their creation.
func (v *Taint) Do(env *Env) error {
	return v.Target.each(env.API, func(o model.Object) (model.Object, error) {
		node := o.(*model.Node)
		taints := node.Taints
		for _, text := range v.Taints {
			taint, remove, err := parseTaint(text)
			if err != nil {
				return nil, err
			}
			if taints, err = v.change(node.Name, taints, taint, remove); err != nil {
				return nil, err
			}
		}
		changed := apiserver.Copy(node).(*model.Node)
		changed.Taints = taints
		return changed, nil
	})
}

// change sets or removes one taint in a list, which is not written to.
// Source: kubernetes v1.37.2 kubectl pkg/cmd/taint/utils.go reorganizeTaints, deleteTaints.
func (v *Taint) change(node string, have []model.Taint, taint model.Taint, remove bool) ([]model.Taint, error) {
	rest := without(have, taint.Key, taint.Effect)
	switch {
	case remove && len(rest) == len(have):
		return nil, fmt.Errorf("taint %q not found", strings.TrimSuffix(taint.Key+":"+string(taint.Effect), ":"))
	case remove:
		return rest, nil
	case len(rest) < len(have) && !v.Overwrite:
		return nil, fmt.Errorf("node %s already has %s taint(s) with same effect(s) and overwrite is false", node, taint.Key)
	}
	return append(rest, taint), nil
}

// without returns a new list without the taints of that key and effect ("": any effect).
func without(have []model.Taint, key string, effect model.Effect) []model.Taint {
	out := make([]model.Taint, 0, len(have)+1)
	for _, t := range have {
		if t.Key != key || effect != "" && t.Effect != effect {
			out = append(out, t)
		}
	}
	return out
}

// Parsed are the taints that are set or removed, those that are well formed.
func (v *Taint) Parsed() []model.Taint {
	var out []model.Taint
	for _, text := range v.Taints {
		if taint, _, err := parseTaint(text); err == nil {
			out = append(out, taint)
		}
	}
	return out
}

// parseTaint reads a taint in kubectl's notation; remove tells of one with a minus at its end.
// Source: kubernetes v1.37.2 kubectl pkg/cmd/taint/utils.go parseTaint.
func parseTaint(text string) (taint model.Taint, remove bool, err error) {
	rest, remove := strings.CutSuffix(text, "-")
	name, effect, hasEffect := strings.Cut(rest, ":")
	key, value, hasValue := strings.Cut(name, "=")
	taint = model.Taint{Key: key, Value: value, Effect: model.Effect(effect)}
	switch {
	case key == "" || strings.Contains(effect, ":") || strings.Contains(value, "="):
		return taint, remove, fmt.Errorf("%q is not a taint, want key=value:Effect, key:Effect, key:Effect- or key-", text)
	case !hasEffect && !remove:
		return taint, remove, fmt.Errorf("%q has no effect, want %s:NoSchedule, :PreferNoSchedule or :NoExecute", text, name)
	case hasEffect && effect != string(model.NoSchedule) && effect != string(model.PreferNoSchedule) && effect != string(model.NoExecute):
		return taint, remove, fmt.Errorf("%q has the effect %q, want NoSchedule, PreferNoSchedule or NoExecute", text, effect)
	case remove && hasValue:
		return taint, remove, fmt.Errorf("%q removes a taint, which goes by key and effect: want %s:%s-", text, key, effect)
	}
	return taint, remove, nil
}
