package manifest

import (
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"towtank.dev/towtank/model"
)

// replace makes the model's object of a changed v1 object. What has not changed is taken over from the
// old one: specs stay shared, and instants keep the fractions of a second that v1 does not hold.
func (c clock) replace(k *kind, old model.Object, was, is metav1.Object) (model.Object, error) {
	errs := append(validateUpdate(was, is), validate(k, is)...)
	if len(errs) > 0 {
		slices.SortStableFunc(errs, func(a, b *field.Error) int { return compareText(a.Error(), b.Error()) })
		return nil, fmt.Errorf("%s %q is invalid: %w", k.kind, old.Meta().Name, errs.ToAggregate())
	}
	var made model.Object
	if pod, ok := is.(*v1.Pod); ok {
		made = c.replacePod(old.(*model.Pod), was.(*v1.Pod), pod)
	} else {
		made = k.from(c, is)
	}
	if node, ok := made.(*model.Node); ok && equality.Semantic.DeepEqual(was.(*v1.Node).Status.Conditions, is.(*v1.Node).Status.Conditions) {
		node.Status.Conditions = old.(*model.Node).Status.Conditions
	}
	keepTemplate(old, made)
	m, o := made.Meta(), old.Meta()
	m.Created, m.Deleted, m.Deleting = o.Created, o.Deleted, o.Deleting
	m.DeletionGracePeriodSeconds, m.ResourceVersion, m.UID = o.DeletionGracePeriodSeconds, o.ResourceVersion, o.UID
	if changesSpec(was, is) {
		m.Generation = o.Generation + 1
	}
	return made, nil
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (c clock) replacePod(old *model.Pod, was, is *v1.Pod) *model.Pod {
	spec := old.Spec
	if !equality.Semantic.DeepEqual(bound(was.Spec, is.Spec.NodeName), is.Spec) {
		spec = podSpec(&is.Spec)
	}
	made := c.pod(is, spec)
	if equality.Semantic.DeepEqual(was.Status, is.Status) {
		made.Status = old.Status
	}
	return made
}

func bound(s v1.PodSpec, node string) v1.PodSpec {
	s.NodeName = node
	return s
}

// changesSpec says whether the generation of a pod goes up. The server sees to that of other kinds.
func changesSpec(was, is metav1.Object) bool {
	switch is := is.(type) {
	case *v1.Pod:
		return !equality.Semantic.DeepEqual(was.(*v1.Pod).Spec, is.Spec)
	}
	return false
}

// validateUpdate refuses changes of what cannot change.
// Source: kubernetes v1.37.2 apimachinery pkg/api/validation/objectmeta.go ValidateObjectMetaUpdate and
// pkg/apis/{core,apps,batch,scheduling}/validation/validation.go.
func validateUpdate(was, is metav1.Object) field.ErrorList {
	meta, spec := field.NewPath("metadata"), field.NewPath("spec")
	errs := fixed(was.GetName(), is.GetName(), meta.Child("name"))
	errs = append(errs, fixed(was.GetNamespace(), is.GetNamespace(), meta.Child("namespace"))...)
	errs = append(errs, fixed(was.GetUID(), is.GetUID(), meta.Child("uid"))...)
	errs = append(errs, fixed(was.GetCreationTimestamp(), is.GetCreationTimestamp(), meta.Child("creationTimestamp"))...)
	switch is := is.(type) {
	case *v1.Pod:
		errs = append(errs, validatePodUpdate(&was.(*v1.Pod).Spec, &is.Spec)...)
	case *schedulingv1.PriorityClass:
		was := was.(*schedulingv1.PriorityClass)
		if was.Value != is.Value {
			errs = append(errs, field.Forbidden(field.NewPath("value"), "may not be changed in an update."))
		}
		errs = append(errs, fixed(text(was.PreemptionPolicy), text(is.PreemptionPolicy), field.NewPath("preemptionPolicy"))...)
	case *appsv1.ReplicaSet:
		errs = append(errs, fixed(was.(*appsv1.ReplicaSet).Spec.Selector, is.Spec.Selector, spec.Child("selector"))...)
	case *appsv1.Deployment:
		errs = append(errs, fixed(was.(*appsv1.Deployment).Spec.Selector, is.Spec.Selector, spec.Child("selector"))...)
	case *appsv1.DaemonSet:
		errs = append(errs, fixed(was.(*appsv1.DaemonSet).Spec.Selector, is.Spec.Selector, spec.Child("selector"))...)
	case *appsv1.StatefulSet:
		errs = append(errs, validateStatefulSetUpdate(&was.(*appsv1.StatefulSet).Spec, &is.Spec, spec)...)
	case *batchv1.Job:
		errs = append(errs, validateJobUpdate(&was.(*batchv1.Job).Spec, &is.Spec, spec)...)
	case *v1.PersistentVolume:
		errs = append(errs, fixed(was.(*v1.PersistentVolume).Spec.PersistentVolumeSource, is.Spec.PersistentVolumeSource, spec.Child("persistentvolumesource"))...)
	}
	return errs
}

func fixed(was, is any, path *field.Path) field.ErrorList {
	if equality.Semantic.DeepEqual(was, is) {
		return nil
	}
	return field.ErrorList{field.Invalid(path, is, "field is immutable")}
}

// updatable is upstream's list of what may change in a pod's spec.
// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go updatablePodSpecFields.
const updatable = "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`," +
	"`spec.tolerations` (only additions to existing tolerations)," +
	"`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"

// validatePodUpdate lets images and the deadline change, tolerations be added and gates be lifted; of pods
// with gates, the node selector and the terms of node affinity may be narrowed.
// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go ValidatePodUpdate.
func validatePodUpdate(was, is *v1.PodSpec) field.ErrorList {
	spec := field.NewPath("spec")
	for _, part := range []struct {
		name    string
		was, is []v1.Container
	}{{"containers", was.Containers, is.Containers}, {"initContainers", was.InitContainers, is.InitContainers}} {
		if len(part.was) != len(part.is) {
			return field.ErrorList{field.Forbidden(spec.Child(part.name), "pod updates may not add or remove containers")}
		}
	}
	errs := validateDeadline(was.ActiveDeadlineSeconds, is.ActiveDeadlineSeconds, spec.Child("activeDeadlineSeconds"))
	errs = append(errs, validateAddedTolerations(was.Tolerations, is.Tolerations, spec.Child("tolerations"))...)
	for i, gate := range is.SchedulingGates {
		if !slices.Contains(was.SchedulingGates, gate) {
			at := spec.Child("schedulingGates").Index(i)
			errs = append(errs, field.Forbidden(at, fmt.Sprintf("only deletion is allowed, but found new scheduling gate '%s'", gate.Name)))
		}
	}
	now := *is.DeepCopy()
	for i := range now.Containers {
		now.Containers[i].Image = was.Containers[i].Image
	}
	for i := range now.InitContainers {
		now.InitContainers[i].Image = was.InitContainers[i].Image
	}
	now.ActiveDeadlineSeconds, now.Tolerations, now.SchedulingGates = was.ActiveDeadlineSeconds, was.Tolerations, was.SchedulingGates
	if len(was.SchedulingGates) > 0 {
		errs = append(errs, validateNarrowed(was, &now, spec)...)
	}
	if !equality.Semantic.DeepEqual(*was, now) {
		errs = append(errs, field.Forbidden(spec, "pod updates may not change fields other than "+updatable))
	}
	return errs
}

func validateDeadline(was, is *int64, path *field.Path) field.ErrorList {
	switch {
	case was == nil:
		return nil
	case is == nil:
		return field.ErrorList{field.Invalid(path, is, "must not update from a positive integer to nil value")}
	case *is > *was:
		return field.ErrorList{field.Invalid(path, *is, "must be less than or equal to previous value")}
	}
	return nil
}

// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go validateOnlyAddedTolerations.
func validateAddedTolerations(was, is []v1.Toleration, path *field.Path) field.ErrorList {
	for _, old := range was {
		old.TolerationSeconds = nil
		kept := slices.ContainsFunc(is, func(now v1.Toleration) bool {
			now.TolerationSeconds = nil
			return now == old
		})
		if !kept {
			return field.ErrorList{field.Forbidden(path, "existing toleration can not be modified except its tolerationSeconds")}
		}
	}
	return nil
}

// validateNarrowed checks what may change while a pod is gated, and sets it back in now.
// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go validateNodeSelectorMutation, validateNodeAffinityMutation.
func validateNarrowed(was, now *v1.PodSpec, spec *field.Path) field.ErrorList {
	var errs field.ErrorList
	for key, value := range was.NodeSelector {
		if has, ok := now.NodeSelector[key]; !ok || has != value {
			errs = append(errs, field.Invalid(spec.Child("nodeSelector"), now.NodeSelector, "only additions to spec.nodeSelector are allowed (no mutations or deletions)"))
			break
		}
	}
	now.NodeSelector = was.NodeSelector
	old, is := nodeAffinity(was), nodeAffinity(now)
	if equality.Semantic.DeepEqual(old, is) {
		return errs
	}
	errs = append(errs, validateNarrowedAffinity(old, is, spec.Child("affinity", "nodeAffinity"))...)
	switch {
	case now.Affinity == nil:
		now.Affinity = &v1.Affinity{NodeAffinity: old}
	case was.Affinity == nil && now.Affinity.PodAffinity == nil && now.Affinity.PodAntiAffinity == nil:
		now.Affinity = nil
	default:
		now.Affinity.NodeAffinity = old
	}
	return errs
}

func nodeAffinity(s *v1.PodSpec) *v1.NodeAffinity {
	if s.Affinity == nil {
		return nil
	}
	return s.Affinity.NodeAffinity
}

// validateNarrowedAffinity lets required terms gain requirements; preferred ones may change freely.
func validateNarrowedAffinity(old, is *v1.NodeAffinity, path *field.Path) field.ErrorList {
	if old == nil || old.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	at := path.Child(requiredTerms, "nodeSelectorTerms")
	var terms []v1.NodeSelectorTerm
	if is != nil && is.RequiredDuringSchedulingIgnoredDuringExecution != nil {
		terms = is.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
	}
	had := old.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
	if len(terms) != len(had) {
		return field.ErrorList{field.Invalid(at, len(terms), "no additions/deletions to non-empty NodeSelectorTerms list are allowed")}
	}
	var errs field.ErrorList
	for i := range had {
		if !begins(terms[i].MatchExpressions, had[i].MatchExpressions) || !begins(terms[i].MatchFields, had[i].MatchFields) {
			errs = append(errs, field.Invalid(at.Index(i), terms[i].String(), "only additions are allowed (no mutations or deletions)"))
		}
	}
	return errs
}

func begins(list, with []v1.NodeSelectorRequirement) bool {
	return len(list) >= len(with) && equality.Semantic.DeepEqual(list[:len(with)], with)
}
