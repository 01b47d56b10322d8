package apiserver

import (
	"slices"

	"towtank.dev/towtank/model"
)

// Further reasons for which an eviction is refused.
const (
	TooManyRequests Reason = "TooManyRequests"
	InternalError   Reason = "InternalError"
)

// maxDisrupted is how many evictions a budget may hold that are not seen to be deletions yet.
// Source: kubernetes v1.37.2 pkg/registry/core/pod/storage/eviction.go MaxDisruptedPodSize.
const maxDisrupted = 2000

// Eviction is a request to evict a pod, on its way through the API server: its steps are requests of
// their own to the store, and what others write between them matters.
// Source: kubernetes v1.37.2 pkg/registry/core/pod/storage/eviction.go Create.
type Eviction struct {
	server        *Server
	pod           Name
	uid           string
	podVersion    uint64 // 0: any
	pending       bool   // the pod had not started when it was looked at
	budget        *Name  // nil: none has a say
	budgetVersion uint64
	grace         *int64
}

// ReviewEviction reads the pod and its budget and says whether it may go. A refusal is NotFound,
// TooManyRequests (the budget allows no disruption now), Forbidden or InternalError (more than one
// budget). Pods that have not started or have ended go without being asked for.
func (s *Server) ReviewEviction(namespace, name string, grace *int64) (*Eviction, error) {
	if err := s.unavailable(); err != nil {
		return nil, err
	}
	pod, ok := s.Pods.Get(namespace, name)
	if !ok {
		return nil, notFound(s.Pods.Resource(), name)
	}
	e := &Eviction{server: s, pod: NameOf(pod), uid: pod.UID, grace: grace}
	if pod.Terminal() || pod.Deleting {
		return e, nil
	}
	if pod.Status.Phase == model.PodPending || pod.Status.Phase == "" {
		e.podVersion, e.pending = pod.ResourceVersion, true
		return e, nil
	}
	return e, e.reviewBudgets(pod)
}

// Budget is the disruption budget that has a say; false: none has.
func (e *Eviction) Budget() (Name, bool) {
	if e == nil || e.budget == nil {
		return Name{}, false
	}
	return *e.budget, true
}

// reviewBudgets finds the budget that has a say.
func (e *Eviction) reviewBudgets(pod *model.Pod) error {
	var found []*model.PodDisruptionBudget
	for b := range e.server.PodDisruptionBudgets.All() {
		if b.Namespace == pod.Namespace && b.Selector != nil && b.Selector.Matches(pod.Labels) {
			found = append(found, b)
		}
	}
	switch len(found) {
	case 0:
		return nil
	case 1:
	default:
		return &StatusError{InternalError, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."}
	}
	b := found[0]
	if ready := pod.Status.Condition(model.PodReady); ready == nil || ready.Status != model.ConditionTrue {
		healthy := b.Status.CurrentHealthy >= b.Status.DesiredHealthy && b.Status.DesiredHealthy > 0
		if b.UnhealthyPodEvictionPolicy == "AlwaysAllow" || healthy {
			e.podVersion = pod.ResourceVersion
			return nil
		}
	}
	name := NameOf(b)
	e.budget, e.budgetVersion = &name, b.ResourceVersion
	return checkBudget(b)
}

// checkBudget says why a budget allows no disruption now.
// Source: kubernetes v1.37.2 pkg/registry/core/pod/storage/eviction.go checkAndDecrement.
func checkBudget(b *model.PodDisruptionBudget) error {
	const violates = "Cannot evict pod as it would violate the pod's disruption budget."
	resource, _ := ResourceOf(model.KindPodDisruptionBudget)
	resource.Plural = "poddisruptionbudget"
	switch {
	case b.Status.ObservedGeneration < b.Generation:
		return &StatusError{TooManyRequests, violates}
	case b.Status.DisruptionsAllowed < 0:
		return forbidden(resource, b.Name, "pdb disruptions allowed is negative")
	case len(b.Status.DisruptedPods) > maxDisrupted:
		return forbidden(resource, b.Name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller")
	case b.Status.DisruptionsAllowed == 0:
		return &StatusError{TooManyRequests, violates}
	}
	return nil
}

// Grant counts the disruption in the budget's status. It is refused as a Conflict when the budget has been
// written since the review, and is then to be reviewed anew (the real server does so every 500 ms, 20 times).
func (e *Eviction) Grant() error {
	if e.budget == nil {
		return nil
	}
	s := e.server
	b, ok := s.PodDisruptionBudgets.Get(e.budget.Namespace, e.budget.Name)
	if !ok {
		return notFound(s.PodDisruptionBudgets.Resource(), e.budget.Name)
	}
	if b.ResourceVersion != e.budgetVersion {
		return conflict(s.PodDisruptionBudgets.Resource().String(), b.Name,
			"the object has been modified; please apply your changes to the latest version and try again")
	}
	out := *b
	st := &out.Status
	if st.DisruptionsAllowed--; st.DisruptionsAllowed == 0 {
		st.Conditions = e.insufficient(st.Conditions, st.ObservedGeneration)
	}
	i, known := slices.BinarySearch(st.DisruptedPods, e.pod.Name)
	at := slices.Clone(st.DisruptedAt)
	for len(at) < len(st.DisruptedPods) {
		at = append(at, s.engine.Now())
	}
	if !known {
		st.DisruptedPods = slices.Insert(slices.Clone(st.DisruptedPods), i, e.pod.Name)
		at = slices.Insert(at, i, s.engine.Now())
	}
	at[i] = s.engine.Now()
	st.DisruptedAt = at
	return s.Update(&out)
}

// insufficient is the conditions of a budget that is used up.
func (e *Eviction) insufficient(conditions []model.Condition, generation int64) []model.Condition {
	want := model.Condition{Type: "DisruptionAllowed", Status: model.ConditionFalse, Reason: "InsufficientPods",
		ObservedGeneration: generation, LastTransition: e.server.engine.Now()}
	out := slices.Clone(conditions)
	for i := range out {
		if out[i].Type == want.Type {
			if out[i].Status == want.Status {
				want.LastTransition = out[i].LastTransition
			}
			out[i] = want
			return out
		}
	}
	return append(out, want)
}

// Mark says in the pod's status that it is being evicted. A pod that had not started and has been written since the
// review is a Conflict, to be reviewed anew as after Grant.
func (e *Eviction) Mark() error {
	s := e.server
	pod, ok := s.Pods.Get(e.pod.Namespace, e.pod.Name)
	if !ok || pod.UID != e.uid {
		return notFound(s.Pods.Resource(), e.pod.Name)
	}
	if e.podVersion != 0 && e.podVersion != pod.ResourceVersion {
		if e.pending {
			return conflict(s.Pods.Resource().String(), pod.Name, "the object might have been modified")
		}
		return &StatusError{TooManyRequests, "Cannot evict pod as it would violate the pod's disruption budget."}
	}
	condition := model.PodCondition{Type: model.DisruptionTarget, Status: model.ConditionTrue,
		Reason: "EvictionByEvictionAPI", Message: "Eviction API: evicting", LastTransition: s.engine.Now()}
	if was := pod.Status.Condition(model.DisruptionTarget); was != nil && was.Status == condition.Status &&
		was.Reason == condition.Reason && was.Message == condition.Message {
		return nil
	}
	out := *pod
	out.Status.Conditions = pod.Status.WithCondition(condition)
	return s.Update(&out)
}

// Delete deletes the pod with its grace.
func (e *Eviction) Delete() error {
	return e.server.Delete(model.KindPod, e.pod.Namespace, e.pod.Name, DeleteOptions{GraceSeconds: e.grace, UID: e.uid})
}

// Evict does all steps of an eviction at one instant.
func (s *Server) Evict(namespace, name string, grace *int64) error {
	e, err := s.ReviewEviction(namespace, name, grace)
	if err != nil {
		return err
	}
	for _, step := range [3]func() error{e.Grant, e.Mark, e.Delete} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
