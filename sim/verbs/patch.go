package verbs

import (
	"fmt"

	"towtank.dev/towtank/model"
)

var patchInfo = Info{
	Name:    "patch",
	Doc:     "Changes fields of objects.",
	Example: "patch: {node: n-1, patch: {status: {allocatable: {cpu: 4}}}}",
	New:     func() Verb { return new(Patch) },
}

// Patch is kubectl patch; unlike there, it reaches the status too.
type Patch struct {
	Target Target `yaml:",inline"`
	Type   string `yaml:"type" doc:"strategic (lists are merged by the keys of their items), merge (lists are replaced) or json (a list of operations). Default strategic."`
	Patch  Merge  `yaml:"patch" doc:"The fields to change, as in a manifest, with spec and status alike; of type json a list such as [{op: replace, path: /spec/replicas, value: 3}]."`
}

// Check says what is missing.
func (v *Patch) Check() error {
	switch v.Type {
	case "", "strategic", "merge", "json":
	default:
		return fmt.Errorf("type: %q is not known, want strategic, merge or json", v.Type)
	}
	if v.Patch == nil {
		return fmt.Errorf("patch: missing, want the fields to change")
	}
	return nil
}

// Do patches the objects in the order of their creation.
func (v *Patch) Do(env *Env) error {
	return v.Target.each(env.API, func(o model.Object) (model.Object, error) { return v.Patch(o) })
}
