package verbs

import (
	"fmt"

	"towtank.dev/towtank/sim/apiserver"
)

var deleteInfo = Info{
	Name:    "delete",
	Doc:     "Deletes objects; pods get their grace to stop.",
	Example: "delete: {pod: shop/web-0}",
	New:     func() Verb { return new(Delete) },
}

// Delete is kubectl delete.
type Delete struct {
	Target         Target `yaml:",inline"`
	GracePeriod    *int64 `yaml:"gracePeriodSeconds" doc:"Seconds a pod gets to stop; 0 removes it at once. Default: its terminationGracePeriodSeconds."`
	IgnoreNotFound bool   `yaml:"ignoreNotFound" doc:"Whether an object that is not there is fine. Default false."`
}

// Check refuses a negative grace.
func (v *Delete) Check() error {
	if v.GracePeriod != nil && *v.GracePeriod < 0 {
		return fmt.Errorf("gracePeriodSeconds: %d is negative, want 0 or more", *v.GracePeriod)
	}
	return nil
}

// Do deletes the objects in the order of their creation.
func (v *Delete) Do(env *Env) error {
	objects, err := v.Target.Objects(env.API)
	if v.IgnoreNotFound && apiserver.Is(err, apiserver.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var failed failures
	for _, o := range objects {
		m := o.Meta()
		failed.add(env.API.Delete(o.Kind(), m.Namespace, m.Name, apiserver.DeleteOptions{GraceSeconds: v.GracePeriod}))
	}
	return failed.err()
}
