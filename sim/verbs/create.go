package verbs

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

var createInfo = Info{
	Name:    "create",
	Doc:     "Creates an object from a manifest in place or from files; with count, that many pods of one template.",
	Example: "create: {count: 500, every: {exponential: {mean: 2s}}, template: {kind: Pod, ...}}",
	New:     func() Verb { return new(Create) },
}

// Create is kubectl create, and more than once.
type Create struct {
	Template  model.Object `yaml:"template" doc:"Manifest of the object, in place."`
	Manifests []Manifest   `yaml:"files" doc:"File, folder or glob of manifests, instead of a template."`
	Count     int64        `yaml:"count" doc:"How many pods are made of the template; they are named after it with a number (web-0, web-1, ...), or by its generateName. Default 1."`
	Every     sim.Dist     `yaml:"every" doc:"Gap between two of them. Default: none, all at once."`
}

// Check says what is missing or contradicts itself.
func (v *Create) Check() error {
	switch {
	case v.Template == nil && len(v.Manifests) == 0:
		return fmt.Errorf("template: missing, want a manifest in place (or files)")
	case v.Template != nil && len(v.Manifests) > 0:
		return fmt.Errorf("files: cannot stand beside template")
	case v.Count < 0:
		return fmt.Errorf("count: %d is negative, want at least 1", v.Count)
	case v.Count == 0 && v.Every == nil:
		return nil
	case v.Template == nil:
		return fmt.Errorf("count: applies to a template, not to files")
	case v.Template.Kind() != model.KindPod && v.Count > 1:
		return fmt.Errorf("count: %d of kind %s, only pods can be created in numbers", v.Count, v.Template.Kind())
	}
	return nil
}

// Do creates the objects; of several pods the first now and the others as their gaps say.
func (v *Create) Do(env *Env) error {
	if pod, ok := v.Template.(*model.Pod); ok && v.Count > 1 {
		env.Arrive(Arrivals{Template: pod, Count: v.Count, Every: v.Every, Place: env.Place})
		return nil
	}
	var failed failures
	if v.Template != nil {
		_, err := env.API.Create(v.Template)
		failed.add(err)
	}
	for i := range v.Manifests {
		_, err := env.API.Create(v.Manifests[i].Object)
		failed.add(err)
	}
	return failed.err()
}
