package verbs

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

var denyBindingInfo = Info{
	Name:    "deny-binding",
	Doc:     "Has the API server refuse the bindings of pods, as a validating admission policy would.",
	Example: "deny-binding: {pods: {labels: {app: web}}, message: no more of these}",
	New:     func() Verb { return new(DenyBinding) },
}

var allowBindingInfo = Info{
	Name:    "allow-binding",
	Doc:     "Takes back what deny-binding said of the same pods.",
	Example: "allow-binding: {pods: {labels: {app: web}}}",
	New:     func() Verb { return new(AllowBinding) },
}

// DenyBinding refuses the bindings of pods that are there or come later.
type DenyBinding struct {
	Target  Target `yaml:",inline"`
	Message string `yaml:"message" doc:"The reason that the API server gives. Default: denied request."`
}

// Check refuses targets that are no pods.
func (v *DenyBinding) Check() error { return checkPods(v.Target) }

// Do denies from now on.
func (v *DenyBinding) Do(env *Env) error {
	d := denial(v.Target)
	if d.Message = v.Message; d.Message == "" {
		d.Message = "denied request"
	}
	env.API.DenyBindings(d)
	return nil
}

// AllowBinding ends a DenyBinding of the same target.
type AllowBinding struct {
	Target Target `yaml:",inline"`
}

// Check refuses targets that are no pods.
func (v *AllowBinding) Check() error { return checkPods(v.Target) }

// Do allows what was denied in the same words; when nothing was, that is told.
func (v *AllowBinding) Do(env *Env) error {
	this := target(denial(v.Target)).String()
	same := func(d *apiserver.Denial) bool { return target(d).String() == this }
	if env.API.AllowBindings(same) == 0 {
		return fmt.Errorf("no binding of %s was denied", v.Target)
	}
	return nil
}

func checkPods(t Target) error {
	if t.Kind != model.KindPod {
		return fmt.Errorf("%s: not a pod, want pod or pods", t)
	}
	return nil
}

// denial is a target as the API server keeps it.
func denial(t Target) *apiserver.Denial {
	d := &apiserver.Denial{Namespace: t.Namespace, Name: t.Name, Selector: t.Selector}
	if d.Name != "" && d.Namespace == "" {
		d.Namespace = "default"
	}
	return d
}

// target is a denial as a target again, to be compared in words.
func target(d *apiserver.Denial) Target {
	return Target{Kind: model.KindPod, Namespace: d.Namespace, Name: d.Name, Selector: d.Selector}
}
