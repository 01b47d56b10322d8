package verbs

import (
	"fmt"
	"maps"
	"strconv"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

var rolloutUndoInfo = Info{
	Name:    "rollout-undo",
	Doc:     "Has Deployments, StatefulSets and DaemonSets go back to the pod template of an earlier revision.",
	Example: "rollout-undo: {deployment: shop/web}",
	New:     func() Verb { return new(RolloutUndo) },
}

// RolloutUndo is kubectl rollout undo.
type RolloutUndo struct {
	Target     Target `yaml:",inline"`
	ToRevision int64  `yaml:"toRevision" doc:"The revision to go back to. Default 0: the one before."`
}

// Check refuses what keeps no revisions.
func (v *RolloutUndo) Check() error {
	if v.ToRevision < 0 {
		return fmt.Errorf("toRevision: %d is negative, want a revision, or 0 for the one before", v.ToRevision)
	}
	return v.Target.checkKind("undoing is not supported", model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet)
}

// Do gives Deployments the template and the annotations of the revision's ReplicaSet, and the others the template
// of the revision.
// Source: kubectl pkg/polymorphichelpers/rollback.go DeploymentRollbacker.Rollback (v0.37.2).
func (v *RolloutUndo) Do(env *Env) error {
	return v.Target.each(env.API, func(o model.Object) (model.Object, error) {
		d, ok := o.(*model.Deployment)
		if !ok {
			return v.templateOf(env.API, o)
		}
		set, err := v.revision(env.API, d)
		switch {
		case err != nil:
			return nil, err
		case d.Paused:
			return nil, fmt.Errorf("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again")
		case model.SameTemplate(d.Template, set.Template):
			return nil, fmt.Errorf("deployment.apps/%s skipped rollback (current template already matches revision %d)", d.Name, v.ToRevision)
		}
		changed := apiserver.Copy(d).(*model.Deployment)
		template := *set.Template
		template.Labels = maps.Clone(set.Template.Labels)
		delete(template.Labels, model.LabelTemplateHash)
		changed.Template = &template
		changed.Annotations = undoneAnnotations(d.Annotations, set.Annotations)
		return changed, nil
	})
}

// revision is the ReplicaSet of the revision that is meant.
// Source: kubectl pkg/polymorphichelpers/rollback.go deploymentRevision (v0.37.2).
func (v *RolloutUndo) revision(api *apiserver.Server, d *model.Deployment) (*model.ReplicaSet, error) {
	var latest, previous *model.ReplicaSet
	latestN, previousN := int64(-1), int64(-1)
	for s := range api.ReplicaSets.All() {
		if c := s.Controller(); c == nil || c.UID != d.UID || s.Namespace != d.Namespace {
			continue
		}
		n, err := revisionOf(s)
		switch {
		case err != nil:
		case v.ToRevision > 0 && n == v.ToRevision:
			return s, nil
		case n > latestN:
			previous, previousN, latest, latestN = latest, latestN, s, n
		case n > previousN:
			previous, previousN = s, n
		}
	}
	if v.ToRevision > 0 {
		return nil, fmt.Errorf("unable to find specified revision %d in history", v.ToRevision)
	}
	if previous == nil {
		return nil, fmt.Errorf("no rollout history found for deployment %q", d.Name)
	}
	return previous, nil
}

// revisionOf is the revision that a ReplicaSet says it is, 0 when it says none.
func revisionOf(s *model.ReplicaSet) (int64, error) {
	text, ok := s.Annotations[model.AnnotationRevision]
	if !ok {
		return 0, nil
	}
	return strconv.ParseInt(text, 10, 64)
}

// notUndone are the annotations of a Deployment that it keeps.
// Source: kubectl pkg/polymorphichelpers/rollback.go annotationsToSkip (v0.37.2).
var notUndone = map[string]bool{
	"kubectl.kubernetes.io/last-applied-configuration": true,
	model.AnnotationRevision:                           true,
	"deployment.kubernetes.io/revision-history":        true,
	model.AnnotationDesired:                            true,
	model.AnnotationMaxReplicas:                        true,
	"deprecated.deployment.rollback.to":                true,
}

// undoneAnnotations are those of a Deployment that has gone back to a set.
func undoneAnnotations(deployment, set map[string]string) map[string]string {
	out := map[string]string{}
	for key, value := range deployment {
		if notUndone[key] {
			out[key] = value
		}
	}
	for key, value := range set {
		if !notUndone[key] {
			out[key] = value
		}
	}
	return out
}
