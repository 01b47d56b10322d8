package verbs

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

var scaleInfo = Info{
	Name:    "scale",
	Doc:     "Sets how many pods workloads ask for.",
	Example: "scale: {deployment: shop/web, replicas: 10}",
	New:     func() Verb { return new(Scale) },
}

// Scale is kubectl scale.
type Scale struct {
	Target   Target `yaml:",inline"`
	Replicas *int32 `yaml:"replicas" doc:"How many pods, 0 or more."`
	Current  *int32 `yaml:"currentReplicas" doc:"How many pods it must ask for before; otherwise it is left alone and that is told. Default: any number."`
}

// Check refuses what cannot be scaled, and numbers that cannot be.
// Source: kubectl pkg/cmd/scale/scale.go Validate (v0.37.2).
func (v *Scale) Check() error {
	switch {
	case v.Replicas == nil:
		return fmt.Errorf("replicas: missing, want how many pods, 0 or more")
	case *v.Replicas < 0:
		return fmt.Errorf("replicas: %d is negative, want 0 or more", *v.Replicas)
	case v.Current != nil && *v.Current < 0:
		return fmt.Errorf("currentReplicas: %d is negative, want 0 or more", *v.Current)
	}
	return v.Target.checkKind("has no size", model.KindDeployment, model.KindReplicaSet, model.KindReplicationController, model.KindStatefulSet)
}

// Do scales the objects in the order of their creation.
func (v *Scale) Do(env *Env) error {
	return v.Target.each(env.API, func(o model.Object) (model.Object, error) {
		changed := apiserver.Copy(o)
		size := sizeOf(changed)
		if v.Current != nil && *size != *v.Current {
			return nil, fmt.Errorf("error: Expected replicas to be %d, was %d", *v.Current, *size)
		}
		if *size == *v.Replicas {
			return nil, nil
		}
		*size = *v.Replicas
		return changed, nil
	})
}

// sizeOf is where a workload says how many pods it asks for.
func sizeOf(o model.Object) *int32 {
	switch o := o.(type) {
	case *model.Deployment:
		return &o.Replicas
	case *model.ReplicaSet:
		return &o.Replicas
	case *model.ReplicationController:
		return &o.Replicas
	case *model.StatefulSet:
		return &o.Replicas
	}
	panic(fmt.Sprintf("verbs: objects of kind %s have no size", o.Kind()))
}

// checkKind refuses targets of other kinds than those named, for a reason.
func (t Target) checkKind(why string, kinds ...model.Kind) error {
	var words []string
	for _, k := range kinds {
		if t.Kind == k {
			return nil
		}
		r, _ := apiserver.ResourceOf(k)
		words = append(words, r.Singular)
	}
	return fmt.Errorf("%s: %s, want %s", t, why, alternatives(words))
}

// alternatives lists words of which one is wanted: "a, b or c".
func alternatives(words []string) string {
	out := ""
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			out += " or "
		default:
			out += ", "
		}
		out += w
	}
	return out
}
