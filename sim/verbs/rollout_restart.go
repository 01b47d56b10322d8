package verbs

import (
	"fmt"
	"time"

	"towtank.dev/towtank/model"
)

var rolloutRestartInfo = Info{
	Name:    "rollout-restart",
	Doc:     "Has workloads replace all of their pods, as if their template had changed.",
	Example: "rollout-restart: {deployment: shop/web}",
	New:     func() Verb { return new(RolloutRestart) },
}

// RolloutRestart is kubectl rollout restart.
type RolloutRestart struct {
	Target Target `yaml:",inline"`
}

// Check refuses what has no rollouts.
func (v *RolloutRestart) Check() error {
	return v.Target.checkKind("restarting is not supported", model.KindDeployment, model.KindDaemonSet, model.KindStatefulSet)
}

// Do gives the template the annotation by which kubectl restarts.
// Source: kubectl pkg/polymorphichelpers/objectrestarter.go defaultObjectRestarter; pkg/cmd/rollout/rollout_restart.go
// RunRestart (v0.37.2).
func (v *RolloutRestart) Do(env *Env) error {
	return v.Target.each(env.API, func(o model.Object) (model.Object, error) {
		if d, ok := o.(*model.Deployment); ok && d.Paused {
			return nil, rolloutError(o, "can't restart paused deployment (run rollout resume first)")
		}
		now := env.Wall.Format(time.RFC3339)
		changed, err := env.Patch(o, templatePatch(o.Kind(), map[string]any{"metadata": map[string]any{
			"annotations": map[string]string{model.AnnotationRestartedAt: now}}}))
		if err == nil && model.SameTemplate(templateOf(changed), templateOf(o)) {
			return nil, fmt.Errorf("failed to create patch for %s: if restart has already been triggered within the past second, "+
				"please wait before attempting to trigger another", o.Meta().Name)
		}
		return changed, err
	})
}
