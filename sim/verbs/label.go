package verbs

import (
	"fmt"
	"sort"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

var labelInfo = Info{
	Name:    "label",
	Doc:     "Sets and removes labels.",
	Example: "label: {node: node-3, set: {disk: ssd}}",
	New:     func() Verb { return new(Label) },
}

// Label is kubectl label.
type Label struct {
	Target    Target            `yaml:",inline"`
	Set       map[string]string `yaml:"set" doc:"Labels to set."`
	Remove    []string          `yaml:"remove" doc:"Keys of labels to remove."`
	Overwrite bool              `yaml:"overwrite" doc:"Whether a label that has another value may change; without, the object is left alone and that is told, as kubectl does. Default false."`
}

// Check says what is missing or contradicts itself.
func (v *Label) Check() error { return checkKeys(v.Set, v.Remove) }

// Do labels the objects in the order of their creation.
func (v *Label) Do(env *Env) error {
	return v.Target.each(env.API, func(o model.Object) (model.Object, error) {
		labels, err := change(labelled, o.Meta().Labels, v.Set, v.Remove, v.Overwrite)
		if err != nil || labels == nil {
			return nil, err
		}
		o = apiserver.Copy(o)
		o.Meta().Labels = labels
		return o, nil
	})
}

// labelled refuses to overwrite labels.
// Source: kubernetes v1.37.2 kubectl pkg/cmd/label/label.go validateNoOverwrites.
func labelled(which string) error { return fmt.Errorf("error: %s, and overwrite is false", which) }

// checkKeys says what is missing or contradicts itself in what is set and removed.
func checkKeys(set map[string]string, remove []string) error {
	if len(set) == 0 && len(remove) == 0 {
		return fmt.Errorf("set: missing, want at least one key to set or remove")
	}
	for _, key := range remove {
		if _, ok := set[key]; ok {
			return fmt.Errorf("remove: %q cannot be set and removed at once", key)
		}
	}
	return nil
}

// change returns the map with keys set and removed, nil when that changes nothing. What kubectl would
// refuse it refuses, in the words that refusal makes of the keys that have another value.
// Source: kubernetes v1.37.2 kubectl pkg/cmd/label/label.go validateNoOverwrites, labelFunc.
func change(refusal func(string) error, have, set map[string]string, remove []string, overwrite bool) (map[string]string, error) {
	keys := make([]string, 0, len(set))
	for key := range set {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	var refused []string
	for _, key := range keys {
		if old, ok := have[key]; ok && old != set[key] && !overwrite {
			refused = append(refused, fmt.Sprintf("'%s' already has a value (%s)", key, old))
		}
	}
	if len(refused) > 0 {
		return nil, refusal(strings.Join(refused, "; "))
	}
	out := make(map[string]string, len(have)+len(set))
	for key, value := range have {
		out[key] = value
	}
	changed := false
	for _, key := range keys {
		old, ok := out[key]
		changed = changed || !ok || old != set[key]
		out[key] = set[key]
	}
	for _, key := range remove {
		if _, ok := out[key]; ok {
			changed = true
			delete(out, key)
		}
	}
	if !changed {
		return nil, nil
	}
	return out, nil
}
