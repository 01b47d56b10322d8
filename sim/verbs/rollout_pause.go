package verbs

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

var rolloutPauseInfo = Info{
	Name:    "rollout-pause",
	Doc:     "Has Deployments stop where their rollout is.",
	Example: "rollout-pause: {deployment: shop/web}",
	New:     func() Verb { return new(RolloutPause) },
}

var rolloutResumeInfo = Info{
	Name:    "rollout-resume",
	Doc:     "Has paused Deployments go on with their rollout.",
	Example: "rollout-resume: {deployment: shop/web}",
	New:     func() Verb { return new(RolloutResume) },
}

// RolloutPause is kubectl rollout pause.
type RolloutPause struct {
	Target Target `yaml:",inline"`
}

// Check refuses what cannot be paused.
func (v *RolloutPause) Check() error {
	return v.Target.checkKind("pausing is not supported", model.KindDeployment)
}

// Do pauses the Deployments.
func (v *RolloutPause) Do(env *Env) error { return setPaused(env, v.Target, true, "is already paused") }

// RolloutResume is kubectl rollout resume.
type RolloutResume struct {
	Target Target `yaml:",inline"`
}

// Check refuses what cannot be paused.
func (v *RolloutResume) Check() error {
	return v.Target.checkKind("resuming is not supported", model.KindDeployment)
}

// Do resumes the Deployments.
func (v *RolloutResume) Do(env *Env) error { return setPaused(env, v.Target, false, "is not paused") }

// setPaused pauses or resumes; one that is so already is an error.
// Source: kubectl pkg/polymorphichelpers/objectpauser.go defaultObjectPauser, objectresumer.go
// defaultObjectResumer (v0.37.2).
func setPaused(env *Env, t Target, paused bool, already string) error {
	return t.each(env.API, func(o model.Object) (model.Object, error) {
		d := o.(*model.Deployment)
		if d.Paused == paused {
			return nil, rolloutError(o, already)
		}
		changed := apiserver.Copy(d).(*model.Deployment)
		changed.Paused = paused
		return changed, nil
	})
}

// rolloutError is how kubectl's rollout commands refuse one of several objects.
// Source: kubectl pkg/cmd/rollout/rollout_pause.go RunPause (v0.37.2).
func rolloutError(o model.Object, why string) error {
	r, _ := apiserver.ResourceOf(o.Kind())
	return fmt.Errorf("error: %s %q %s", r, o.Meta().Name, why)
}
