package reports

import (
	"fmt"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
)

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describePod.
var podDescription = description{model.KindPod, func(d *Describer, s *sheet, o model.Object) {
	pod := o.(*model.Pod)
	d.podHead(s, pod)
	if len(pod.Spec.InitContainers) > 0 {
		d.containers(s, "Init Containers", "", pod, pod.Spec.InitContainers, pod.Status.InitContainers)
	}
	d.containers(s, "Containers", "", pod, pod.Spec.Containers, pod.Status.Containers)
	if len(pod.Spec.ReadinessGates) > 0 {
		s.put(0, "Readiness Gates:\n  Type\tStatus")
		for _, gate := range pod.Spec.ReadinessGates {
			status := noneWord
			if c := pod.Status.Condition(gate); c != nil {
				status = c.Status
			}
			s.put(1, "%s \t%s ", gate, status)
		}
	}
	if len(pod.Status.Conditions) > 0 {
		s.put(0, "Conditions:\n  Type\tStatus")
		for i := range pod.Status.Conditions {
			s.put(1, "%s \t%s ", pod.Status.Conditions[i].Type, pod.Status.Conditions[i].Status)
		}
	}
	describeVolumes(s, "", pod.Spec.Volumes)
	s.put(0, "QoS Class:\t%s", pod.Status.QOSClass)
	s.many("Node-Selectors", pairs(pod.Spec.NodeSelector, "="))
	s.many("Tolerations", tolerations(pod.Spec.Tolerations))
	describeSpreading(s, "", pod.Spec.SpreadTerms)
	d.events(s)
}}

func (d *Describer) podHead(s *sheet, pod *model.Pod) {
	s.put(0, "Name:\t%s", pod.Name)
	s.put(0, "Namespace:\t%s", pod.Namespace)
	if pod.Spec.HasPriority {
		s.put(0, "Priority:\t%d", pod.Spec.Priority)
	}
	s.maybe("Priority Class Name", pod.Spec.PriorityClassName)
	s.maybe("Runtime Class Name", pod.Spec.RuntimeClassName)
	s.maybe("Service Account", pod.Spec.ServiceAccountName)
	node := noneWord
	if pod.NodeName != "" {
		node = pod.NodeName + "/" + pod.Status.HostIP
	}
	s.put(0, "Node:\t%s", node)
	if pod.Status.HasStarted {
		s.put(0, "Start Time:\t%s", d.clock(pod.Status.Started))
	}
	s.many("Labels", pairs(pod.Labels, "="))
	s.annotations("Annotations", pod.Annotations)
	if pod.Deleting && !pod.Terminal() {
		s.put(0, "Status:\tTerminating (lasts %s)", d.Age(pod.Deleted))
		s.put(0, "Termination Grace Period:\t%ds", pod.DeletionGracePeriodSeconds)
	} else {
		s.put(0, "Status:\t%s", pod.Status.Phase)
	}
	s.maybe("Reason", pod.Status.Reason)
	s.maybe("Message", pod.Status.Message)
	s.put(0, "IP:\t%s", pod.Status.PodIP)
	if pod.Status.PodIP == "" {
		s.put(0, "IPs:\t%s", noneWord)
	} else {
		s.put(0, "IPs:")
		s.put(1, "IP:\t%s", pod.Status.PodIP)
	}
	s.controlledBy(&pod.ObjectMeta)
	s.maybe("NominatedNodeName", pod.Status.NominatedNodeName)
	if len(pod.Spec.PodRequests)+len(pod.Spec.PodLimits) > 0 {
		s.put(0, "Resources:")
		describeResources(s, 1, pod.Spec.PodLimits, pod.Spec.PodRequests)
	}
}

// maybe writes a value that is there.
func (s *sheet) maybe(title, value string) {
	if value != "" {
		s.put(0, "%s:\t%s", title, value)
	}
}

func describeVolumes(s *sheet, space string, volumes []model.Volume) {
	if len(volumes) == 0 {
		s.put(0, "%sVolumes:\t%s", space, noneWord)
		return
	}
	s.put(0, "%sVolumes:", space)
	for i := range volumes {
		v := &volumes[i]
		s.put(1, "%s%s:", nameIndent(space), v.Name)
		for _, line := range volumeLines(v) {
			s.put(2, "%s", line)
		}
	}
}

// volumeLines say what a volume is.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeVolumes.
func volumeLines(v *model.Volume) []string {
	switch v.Kind {
	case "persistentVolumeClaim":
		return []string{"Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)", "ClaimName:\t" + v.Claim,
			fmt.Sprintf("ReadOnly:\t%v", v.ReadOnly)}
	case "ephemeral":
		return []string{"Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)"}
	case "configMap":
		return []string{"Type:\tConfigMap (a volume populated by a ConfigMap)", "Name:\t" + v.Object, fmt.Sprintf("Optional:\t%v", v.Optional)}
	case "secret":
		return []string{"Type:\tSecret (a volume populated by a Secret)", "SecretName:\t" + v.Object, fmt.Sprintf("Optional:\t%v", v.Optional)}
	case "emptyDir":
		limit := unsetWord
		if !v.SizeLimit.IsZero() {
			limit = model.FormatQuantity("storage", v.SizeLimit)
		}
		return []string{"Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)", "Medium:\t" + v.Medium, "SizeLimit:\t" + limit}
	case "hostPath":
		return []string{"Type:\tHostPath (bare host directory volume)", "Path:\t" + v.Path, "HostPathType:\t" + noneWord}
	case "projected":
		return []string{"Type:\tProjected (a volume that contains injected data from multiple sources)"}
	}
	return []string{"Type:\t" + v.Kind}
}

// tolerations are lines, sorted by key.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go printTolerationsMultilineWithIndent.
func tolerations(list []model.Toleration) []string {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b model.Toleration) int { return strings.Compare(a.Key, b.Key) })
	var lines []string
	for i := range list {
		t := &list[i]
		line := t.Key
		if t.Value != "" {
			line += "=" + t.Value
		}
		if t.Effect != "" {
			line += ":" + string(t.Effect)
		}
		if t.Operator == "Exists" && t.Value == "" {
			line = strings.TrimPrefix(line+" op=Exists", " ")
		}
		if t.Seconds != nil {
			line += fmt.Sprintf(" for %ds", *t.Seconds)
		}
		lines = append(lines, line)
	}
	return lines
}

func describeSpreading(s *sheet, space string, terms []model.TopologySpreadConstraint) {
	terms = slices.Clone(terms)
	slices.SortStableFunc(terms, func(a, b model.TopologySpreadConstraint) int { return strings.Compare(a.TopologyKey, b.TopologyKey) })
	var lines []string
	for i := range terms {
		line := fmt.Sprintf("%s:%s when max skew %d is exceeded", terms[i].TopologyKey, terms[i].WhenUnsatisfiable, terms[i].MaxSkew)
		if terms[i].Selector != nil {
			line += " for selector " + selectorText(terms[i].Selector)
		}
		lines = append(lines, line)
	}
	if len(lines) > 0 {
		s.many(space+"Topology Spread Constraints", lines)
	}
}
