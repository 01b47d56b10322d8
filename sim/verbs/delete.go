package verbs

import (
	"fmt"

	"towtank.dev/towtank/sim/apiserver"
)

var deleteInfo = Info{
	Name:    "delete",
	Doc:     "Deletes objects and what they own; pods get their grace to stop.",
	Example: "delete: {pod: shop/web-0}",
	New:     func() Verb { return new(Delete) },
}

// Delete is kubectl delete.
type Delete struct {
	Target         Target `yaml:",inline"`
	GracePeriod    *int64 `yaml:"gracePeriodSeconds" doc:"Seconds a pod gets to stop; 0 removes it at once, as kubectl does with --force. Default: its terminationGracePeriodSeconds."`
	Cascade        string `yaml:"cascade" doc:"What becomes of the objects that it owns: background (they are deleted after it), foreground (before it) or orphan (they stay, without an owner). Default background."`
	IgnoreNotFound bool   `yaml:"ignoreNotFound" doc:"Whether an object that is not there is fine. Default false."`
}

// cascades are the ways to delete, in kubectl's words.
// Source: kubectl pkg/cmd/util/helpers.go GetCascadingStrategy (v0.37.2).
var cascades = map[string]apiserver.Propagation{
	"": apiserver.Background, "background": apiserver.Background, "foreground": apiserver.Foreground, "orphan": apiserver.Orphan,
}

// Check refuses a negative grace, and ways that are not known.
func (v *Delete) Check() error {
	if v.GracePeriod != nil && *v.GracePeriod < 0 {
		return fmt.Errorf("gracePeriodSeconds: %d is negative, want 0 or more", *v.GracePeriod)
	}
	if _, ok := cascades[v.Cascade]; !ok {
		return fmt.Errorf("cascade: %q is not known, want background, foreground or orphan", v.Cascade)
	}
	return nil
}

// Do deletes the objects in the order of their creation.
func (v *Delete) Do(env *Env) error {
	objects, err := v.Target.Objects(env.API)
	var failed failures
	if !v.IgnoreNotFound {
		failed.add(err)
	}
	for _, o := range objects {
		m := o.Meta()
		failed.add(env.API.Delete(o.Kind(), m.Namespace, m.Name, apiserver.DeleteOptions{GraceSeconds: v.GracePeriod, Propagation: cascades[v.Cascade]}))
	}
	return failed.err()
}
