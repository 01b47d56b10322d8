package reports

import (
	"fmt"
	"slices"
	"strconv"

	"towtank.dev/towtank/model"
)

// CanRollOut says whether objects of a kind have rollouts.
func CanRollOut(kind model.Kind) bool {
	return kind == model.KindDeployment || kind == model.KindStatefulSet || kind == model.KindDaemonSet
}

// RolloutStatus says how far the rollout of a Deployment, StatefulSet or DaemonSet is, as kubectl rollout status
// does, and whether there is nothing more to wait for. revision is the one that is meant, 0: the latest. An error is
// a rollout that has failed, or that cannot be followed.
// Source: kubectl pkg/polymorphichelpers/rollout_status.go DeploymentStatusViewer.Status and its neighbours (v0.37.2).
func RolloutStatus(o model.Object, revision int64) (status string, done bool, err error) {
	switch w := o.(type) {
	case *model.Deployment:
		return deploymentRollout(w, revision)
	case *model.StatefulSet:
		return statefulSetRollout(w)
	case *model.DaemonSet:
		return daemonSetRollout(w)
	}
	return "", false, fmt.Errorf("no status viewer has been implemented for %s", o.Kind())
}

// timedOut is the reason of a Deployment whose rollout has stood still for too long.
// Source: kubectl pkg/util/deployment/deployment.go TimedOutReason (v0.37.2).
const timedOut = "ProgressDeadlineExceeded"

func deploymentRollout(w *model.Deployment, revision int64) (string, bool, error) {
	if running, err := strconv.ParseInt(w.Annotations[model.AnnotationRevision], 10, 64); revision > 0 && (err != nil || running != revision) {
		return "", false, fmt.Errorf("desired revision (%d) is different from the running revision (%d)", revision, running)
	}
	s := &w.Status
	if w.Generation > s.ObservedGeneration {
		return "Waiting for deployment spec update to be observed...\n", false, nil
	}
	progress := model.FindCondition(s.Conditions, model.DeploymentProgressing)
	waiting := fmt.Sprintf("Waiting for deployment %q rollout to finish: ", w.Name)
	switch {
	case progress != nil && progress.Reason == timedOut:
		return "", false, fmt.Errorf("deployment %q exceeded its progress deadline", w.Name)
	case s.UpdatedReplicas < w.Replicas:
		return fmt.Sprintf("%s%d out of %d new replicas have been updated...\n", waiting, s.UpdatedReplicas, w.Replicas), false, nil
	case s.Replicas > s.UpdatedReplicas:
		return fmt.Sprintf("%s%d old replicas are pending termination...\n", waiting, s.Replicas-s.UpdatedReplicas), false, nil
	case s.AvailableReplicas < s.UpdatedReplicas:
		return fmt.Sprintf("%s%d of %d updated replicas are available...\n", waiting, s.AvailableReplicas, s.UpdatedReplicas), false, nil
	}
	return fmt.Sprintf("deployment %q successfully rolled out\n", w.Name), true, nil
}

// errNotRolling is about objects whose pods people replace.
var errNotRolling = fmt.Errorf("rollout status is only available for %s strategy type", model.RollingUpdate)

func daemonSetRollout(w *model.DaemonSet) (string, bool, error) {
	s := &w.Status
	waiting := fmt.Sprintf("Waiting for daemon set %q rollout to finish: ", w.Name)
	switch {
	case w.UpdateStrategy.Type != model.RollingUpdate:
		return "", true, errNotRolling
	case w.Generation > s.ObservedGeneration:
		return "Waiting for daemon set spec update to be observed...\n", false, nil
	case s.UpdatedNumberScheduled < s.DesiredNumberScheduled:
		return fmt.Sprintf("%s%d out of %d new pods have been updated...\n", waiting, s.UpdatedNumberScheduled, s.DesiredNumberScheduled), false, nil
	case s.NumberAvailable < s.DesiredNumberScheduled:
		return fmt.Sprintf("%s%d of %d updated pods are available...\n", waiting, s.NumberAvailable, s.DesiredNumberScheduled), false, nil
	}
	return fmt.Sprintf("daemon set %q successfully rolled out\n", w.Name), true, nil
}

// statefulSetRollout: the API server gives each StatefulSet that rolls a partition, 0 where none is given, so that
// kubectl calls all of their rollouts partitioned.
func statefulSetRollout(w *model.StatefulSet) (string, bool, error) {
	s := &w.Status
	want := w.Replicas - w.UpdateStrategy.Partition
	switch {
	case w.UpdateStrategy.Type != model.RollingUpdate:
		return "", true, errNotRolling
	case s.ObservedGeneration == 0 || w.Generation > s.ObservedGeneration:
		return "Waiting for statefulset spec update to be observed...\n", false, nil
	case s.ReadyReplicas < w.Replicas:
		return fmt.Sprintf("Waiting for %d pods to be ready...\n", w.Replicas-s.ReadyReplicas), false, nil
	case s.UpdatedReplicas < want:
		return fmt.Sprintf("Waiting for partitioned roll out to finish: %d out of %d new pods have been updated...\n", s.UpdatedReplicas, want), false, nil
	}
	return fmt.Sprintf("partitioned roll out complete: %d new pods have been updated...\n", s.UpdatedReplicas), true, nil
}

// RolloutHistory lists the revisions of a Deployment, StatefulSet or DaemonSet that are still kept, or shows the pod
// template of one of them (0: the list), as kubectl rollout history does.
// Source: kubectl pkg/polymorphichelpers/history.go ViewHistory, printHistory (v0.37.2).
func (d *Describer) RolloutHistory(o model.Object, revision int64) (string, error) {
	kept := d.revisions(o)
	if len(kept) == 0 {
		return "No rollout history found.", nil
	}
	numbers := make([]int64, 0, len(kept))
	for number := range kept {
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	s := newSheet()
	if revision > 0 {
		r, ok := kept[revision]
		if !ok {
			return "", fmt.Errorf("unable to find the specified revision")
		}
		d.template(s, r.of, r.template)
		return s.text(), nil
	}
	s.put(0, "REVISION\tCHANGE-CAUSE")
	for _, number := range numbers {
		s.put(0, "%d\t%s", number, orNone(kept[number].of.Meta().Annotations[model.AnnotationChangeCause]))
	}
	return s.text(), nil
}

// revision is a template that a workload had, and the object that keeps it.
type revision struct {
	of       model.Object
	template *model.PodTemplate
}

// revisions are the templates that a workload has and had, by number.
func (d *Describer) revisions(o model.Object) map[int64]revision {
	out := map[int64]revision{}
	if w, ok := o.(*model.Deployment); ok {
		older, newest := d.setsOf(w)
		for _, r := range append(older, newest...) {
			if number, err := strconv.ParseInt(r.Annotations[model.AnnotationRevision], 10, 64); err == nil {
				out[number] = revision{r, r.Template}
			}
		}
		return out
	}
	for _, r := range objectsOf[*model.ControllerRevision](d, model.KindControllerRevision, o.Meta().Namespace) {
		if owner := r.Controller(); owner != nil && owner.UID == o.Meta().UID {
			out[r.Revision] = revision{r, r.Template}
		}
	}
	return out
}
