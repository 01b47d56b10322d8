package reports

import (
	"fmt"
	"strings"

	"towtank.dev/towtank/model"
)

// template describes the pod template of an object.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go DescribePodTemplate.
func (d *Describer) template(s *sheet, of model.Object, t *model.PodTemplate) {
	const space = "  "
	s.put(0, "Pod Template:")
	if t == nil || t.Spec == nil {
		s.put(1, "%s", unsetWord)
		return
	}
	s.many(space+"Labels", pairs(t.Labels, "="))
	if len(t.Annotations) > 0 {
		s.annotations(space+"Annotations", t.Annotations)
	}
	if t.Spec.ServiceAccountName != "" {
		s.put(1, "Service Account:\t%s", t.Spec.ServiceAccountName)
	}
	if len(t.Spec.InitContainers) > 0 {
		d.containers(s, "Init Containers", space, of, t.Spec.InitContainers, nil)
	}
	d.containers(s, "Containers", space, of, t.Spec.Containers, nil)
	describeVolumes(s, space, t.Spec.Volumes)
	describeSpreading(s, space, t.Spec.SpreadTerms)
	if t.Spec.PriorityClassName != "" {
		s.put(1, "Priority Class Name:\t%s", t.Spec.PriorityClassName)
	}
	s.many(space+"Node-Selectors", pairs(t.Spec.NodeSelector, "="))
	s.many(space+"Tolerations", tolerations(t.Spec.Tolerations))
}

// podsStatus counts the pods of a controller by their phases.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go getPodStatusForController.
func (d *Describer) podsStatus(s *sheet, m *model.ObjectMeta) {
	phases := map[model.Phase]int{}
	for _, pod := range objectsOf[*model.Pod](d, model.KindPod, m.Namespace) {
		if owner := pod.Controller(); owner != nil && owner.UID == m.UID {
			phases[pod.Status.Phase]++
		}
	}
	s.put(0, "Pods Status:\t%d Running / %d Waiting / %d Succeeded / %d Failed",
		phases[model.PodRunning], phases[model.PodPending], phases[model.PodSucceeded], phases[model.PodFailed])
}

// reasons are the conditions of a workload, with their reasons.
func (s *sheet) reasons(conditions []model.Condition) {
	if len(conditions) == 0 {
		return
	}
	s.put(0, "Conditions:")
	s.put(1, "Type\tStatus\tReason")
	s.put(1, "----\t------\t------")
	for i := range conditions {
		s.put(1, "%s \t%s\t%s", conditions[i].Type, conditions[i].Status, conditions[i].Reason)
	}
}

// shareWord writes a number or a percentage that is there.
func shareWord(v model.IntOrPercent) string { return shareText(&v) }

// numberOr writes a number that is there, followed by a unit.
func numberOr[T int32 | int64](n *T, unit, word string) string {
	if n == nil {
		return word
	}
	return fmt.Sprint(*n) + unit
}

// equalities write equal labels in one line, sorted.
func equalities(m map[string]string) string { return labelText(m) }

// orderedList puts words in brackets, as Go prints a list.
func orderedList(words []string) string { return "[" + strings.Join(words, " ") + "]" }
