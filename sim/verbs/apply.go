package verbs

import (
	"fmt"

	"towtank.dev/towtank/model"
)

var applyInfo = Info{
	Name:    "apply",
	Doc:     "Creates the objects of manifests, or changes those that are there to what the manifests say.",
	Example: "apply: shop/v2.yaml",
	New:     func() Verb { return new(Apply) },
}

// Apply is kubectl apply.
type Apply struct {
	Manifests []Manifest `yaml:"files" doc:"File, folder or glob of manifests, or a list of them."`
}

// Do applies the manifests in their order. One that fails does not keep the others from being applied.
func (v *Apply) Do(env *Env) error {
	var failed failures
	for i := range v.Manifests {
		failed.add(applyOne(env, &v.Manifests[i]))
	}
	return failed.err()
}

func applyOne(env *Env, m *Manifest) error {
	meta := m.Object.Meta()
	store := env.API.Collection(m.Object.Kind())
	if store == nil {
		return fmt.Errorf("no matches for kind %q", m.Object.Kind())
	}
	namespace := meta.Namespace
	if namespace == "" && store.Resource().Namespaced {
		namespace = "default"
	}
	if meta.Name == "" {
		return fmt.Errorf("%s: error: from %s: cannot use generate name with apply", m.Place, meta.GenerateName)
	}
	old := store.Find(namespace, meta.Name)
	if old == nil {
		_, err := env.API.Create(m.Object)
		return err
	}
	return merge(env, old, m.Merge)
}

// merge stores what a merge makes of an object. Specs of pods that exist hardly change: what the API
// server would refuse is refused by the merge.
func merge(env *Env, old model.Object, merge Merge) error {
	changed, err := merge(old)
	if err != nil {
		return err
	}
	if changed == nil {
		return nil
	}
	return env.API.Update(changed)
}
