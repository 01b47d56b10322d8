package controllers

import (
	"fmt"
	"slices"
	"strconv"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// numbered makes the pod of an ordinal that is not there yet: of the current template below the partition,
// of the new one otherwise. It is not stored yet, which its empty phase says.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_utils.go newVersionedStatefulSetPod.
func (s *statefulSync) numbered(ordinal int) *model.Pod {
	revision := s.update
	if s.set.UpdateStrategy.Type == model.RollingUpdate && ordinal < int(s.set.OrdinalsStart)+int(s.set.UpdateStrategy.Partition) {
		revision = s.current
	}
	name := s.set.Name + "-" + strconv.Itoa(ordinal)
	pod := podFrom(revision.Template, s.set, []model.OwnerReference{controllerRef("apps/v1", s.set)})
	pod.Name, pod.GenerateName = name, s.set.Name+"-"
	labels := make(map[string]string, len(pod.Labels)+3)
	for k, v := range pod.Labels {
		labels[k] = v
	}
	labels[model.LabelPodName], labels[model.LabelPodIndex] = name, strconv.Itoa(ordinal)
	labels[model.LabelRevisionHash] = revision.Name
	pod.Labels = labels
	pod.Spec = s.c.specOf(s.set, revision.Template, name)
	return pod
}

// specOf is a template's spec with the claims of a pod for its volumes.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_utils.go updateStorage.
func (c *statefulSets) specOf(set *model.StatefulSet, t *model.PodTemplate, pod string) *model.PodSpec {
	if len(set.ClaimTemplates) == 0 {
		return t.Spec
	}
	key := numberedSpec{t, pod}
	if known, ok := c.specs[key]; ok {
		return known
	}
	spec := *t.Spec
	spec.Volumes = nil
	for _, claim := range set.ClaimTemplates {
		spec.Volumes = append(spec.Volumes, model.Volume{Name: claim.Name, Kind: "persistentVolumeClaim", Claim: claim.Name + "-" + pod})
	}
	for _, v := range t.Spec.Volumes {
		if !slices.ContainsFunc(set.ClaimTemplates, func(t model.ClaimTemplate) bool { return t.Name == v.Name }) {
			spec.Volumes = append(spec.Volumes, v)
		}
	}
	c.specs[key] = &spec
	return &spec
}

// create makes the claims that a pod needs and the pod.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_pod_control.go CreateStatefulPod.
func (s *statefulSync) create(pod *model.Pod) error {
	if err := s.createClaims(pod); err != nil {
		s.tell("Create", pod, err)
		return err
	}
	made, err := s.c.loop.Create(pod)
	if apiserver.Is(err, apiserver.AlreadyExists) {
		return err
	}
	if err == nil {
		s.wrote(made)
	}
	s.tell("Create", pod, err)
	return err
}

// delete deletes a pod; one that is gone already is fine.
func (s *statefulSync) delete(pod *model.Pod) error {
	err := s.c.loop.Delete(model.KindPod, pod.Namespace, pod.Name, apiserver.DeleteOptions{})
	if apiserver.Is(err, apiserver.NotFound) {
		err = nil
	}
	s.tell("Delete", pod, err)
	return err
}

// tell records an event about what was done with a pod.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_pod_control.go recordPodEvent.
func (s *statefulSync) tell(verb string, pod *model.Pod, err error) {
	if err == nil {
		s.c.loop.Event(s.set, apiserver.Normal, "Successful"+verb, "%s Pod %s in StatefulSet %s successful", verb, pod.Name, s.set.Name)
		return
	}
	s.c.loop.Event(s.set, apiserver.Warning, "Failed"+verb, "%s Pod %s in StatefulSet %s failed error: %s", verb, pod.Name, s.set.Name, err)
}

func (s *statefulSync) wrote(o model.Object) {
	s.c.consistency.WroteAt(apiserver.NameOf(s.set), s.set.UID, o)
}

// createClaims makes the claims of a pod that are not there.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_pod_control.go createPersistentVolumeClaims.
func (s *statefulSync) createClaims(pod *model.Pod) error {
	var errs []string
	for i := range s.set.ClaimTemplates {
		t := &s.set.ClaimTemplates[i]
		name := t.Name + "-" + pod.Name
		if known, ok := s.c.claims.Get(s.set.Namespace, name); ok {
			if known.Deleting {
				errs = append(errs, fmt.Sprintf("pvc %s is being deleted", name))
			}
			continue
		}
		made, err := s.c.loop.Create(s.claim(t, name))
		switch {
		case err == nil:
			s.wrote(made)
			s.c.loop.Event(s.set, apiserver.Normal, "SuccessfulCreate", "Create Claim %s Pod %s in StatefulSet %s success", name, pod.Name, s.set.Name)
		case apiserver.Is(err, apiserver.AlreadyExists):
			errs = append(errs, fmt.Sprintf("failed to create PVC %s: %s", name, err))
		default:
			errs = append(errs, fmt.Sprintf("failed to create PVC %s: %s", name, err))
			s.c.loop.Event(s.set, apiserver.Warning, "FailedCreate", "Create Claim %s for Pod %s in StatefulSet %s failed error: %s", name, pod.Name, s.set.Name, err)
		}
	}
	return aggregate(errs)
}

// claim is the claim of a pod: the template's labels and those that the set's selector names.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_utils.go getPersistentVolumeClaims.
func (s *statefulSync) claim(t *model.ClaimTemplate, name string) *model.PersistentVolumeClaim {
	labels := map[string]string{}
	for k, v := range t.Labels {
		labels[k] = v
	}
	for _, r := range s.set.Selector.Requirements {
		if r.Operator == model.OpIn && len(r.Values) == 1 {
			labels[r.Key] = r.Values[0]
		}
	}
	return &model.PersistentVolumeClaim{ObjectMeta: model.ObjectMeta{Name: name, Namespace: s.set.Namespace, Labels: labels,
		Annotations: t.Annotations}, Spec: t.Spec, Phase: "Pending"}
}
