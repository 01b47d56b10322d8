package verbs

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

var annotateInfo = Info{
	Name:    "annotate",
	Doc:     "Sets and removes annotations.",
	Example: "annotate: {pod: shop/web-0, set: {owner: team-a}}",
	New:     func() Verb { return new(Annotate) },
}

// Annotate is kubectl annotate.
type Annotate struct {
	Target    Target            `yaml:",inline"`
	Set       map[string]string `yaml:"set" doc:"Annotations to set."`
	Remove    []string          `yaml:"remove" doc:"Keys of annotations to remove."`
	Overwrite bool              `yaml:"overwrite" doc:"Whether an annotation that has another value may change; without, the object is left alone and that is told, as kubectl does. Default false."`
}

// Check says what is missing or contradicts itself.
func (v *Annotate) Check() error { return checkKeys(v.Set, v.Remove) }

// Do annotates the objects in the order of their creation.
func (v *Annotate) Do(env *Env) error {
	return v.Target.each(env.API, func(o model.Object) (model.Object, error) {
		annotations, err := change(annotated, o.Meta().Annotations, v.Set, v.Remove, v.Overwrite)
		if err != nil || annotations == nil {
			return nil, err
		}
		o = apiserver.Copy(o)
		o.Meta().Annotations = annotations
		return o, nil
	})
}

// annotated refuses to overwrite annotations.
// Source: kubernetes v1.37.2 kubectl pkg/cmd/annotate/annotate.go validateNoAnnotationOverwrites.
func annotated(which string) error {
	return fmt.Errorf("error: overwrite is false but found the following declared annotation(s): %s", which)
}
