package timelinediff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// fact is what of an object is compared: its state in one line; false where nothing is.
func fact(stream string, o *object, containers bool) (string, bool) {
	s := &o.Status
	switch stream {
	case "pods":
		return podFact(o, containers), true
	case "nodes":
		return nodeFact(o), true
	case "replicasets", "statefulsets", "deployments":
		spec := "None"
		if o.Spec.Replicas != nil {
			spec = fmt.Sprint(*o.Spec.Replicas)
		}
		return strings.TrimRight(fmt.Sprintf("spec=%s replicas=%d updatedReplicas=%d readyReplicas=%d availableReplicas=%d %s", spec,
			s.Replicas, s.UpdatedReplicas, s.ReadyReplicas, s.AvailableReplicas, s.conditionsText()), " "), true
	case "daemonsets":
		return fmt.Sprintf("desiredNumberScheduled=%d currentNumberScheduled=%d updatedNumberScheduled=%d numberReady=%d numberAvailable=%d numberMisscheduled=%d",
			s.DesiredNumberScheduled, s.CurrentNumberScheduled, s.UpdatedNumberScheduled, s.NumberReady, s.NumberAvailable, s.NumberMisscheduled), true
	case "jobs":
		return strings.TrimRight(fmt.Sprintf("active=%d ready=%d succeeded=%d failed=%d %s", s.Active, s.Ready, s.Succeeded, s.Failed, s.conditionsText()), " "), true
	case "hpas":
		return fmt.Sprintf("currentReplicas=%d desiredReplicas=%d", s.CurrentReplicas, s.DesiredReplicas), true
	case "pdbs":
		return fmt.Sprintf("disruptionsAllowed=%d currentHealthy=%d desiredHealthy=%d expectedPods=%d",
			s.DisruptionsAllowed, s.CurrentHealthy, s.DesiredHealthy, s.ExpectedPods), true
	}
	return "", false
}

func (s *status) conditionsText() string {
	sorted := slices.SortedStableFunc(slices.Values(s.Conditions), func(a, b condition) int { return cmp.Compare(a.Type, b.Type) })
	var words []string
	for _, c := range sorted {
		words = append(words, c.Type+"="+c.Status+"/"+c.Reason)
	}
	return strings.Join(words, " ")
}

func podFact(o *object, containers bool) string {
	s := &o.Status
	bound := "unbound"
	if o.Spec.NodeName != "" {
		bound = "bound"
	}
	words := []string{cmp.Or(s.Phase, "Pending"), bound, "Ready=" + cmp.Or(s.condition("Ready").Status, "False")}
	add := func(yes bool, word string) {
		if yes {
			words = append(words, word)
		}
	}
	kind, _ := o.owner()
	add(kind == "DaemonSet", "on="+cmp.Or(o.Spec.NodeName, "?"))
	add(len(o.Metadata.DeletionTimestamp) > 0, "deleting")
	add(s.condition("PodScheduled").Status == "False", s.condition("PodScheduled").Reason)
	add(s.NominatedNodeName != "" && o.Spec.NodeName == "", "nominated")
	add(s.condition("DisruptionTarget").Status == "True", "disrupted:"+s.condition("DisruptionTarget").Reason)
	add(s.Reason != "", "reason:"+s.Reason)
	if containers {
		for _, kind := range []string{"ContainersReady", "Initialized", "PodReadyToStartContainers"} {
			words = append(words, kind+"="+cmp.Or(s.condition(kind).Status, "-"))
		}
		for _, list := range [][]containerStatus{s.InitContainerStatuses, s.ContainerStatuses} {
			for i := range list {
				words = append(words, list[i].String())
			}
		}
	}
	return strings.Join(words, " ")
}

// String is the state of a container in one line.
func (c *containerStatus) String() string {
	state, reason := "", ""
	switch {
	case c.State.Running != nil:
		state, reason = "running", c.State.Running.Reason
	case c.State.Waiting != nil:
		state, reason = "waiting", c.State.Waiting.Reason
	case c.State.Terminated != nil:
		state, reason = "terminated", c.State.Terminated.Reason
	default:
		return c.Name + ":-"
	}
	out := c.Name + ":" + state
	if reason != "" {
		out += "/" + reason
	}
	if c.State.Terminated != nil {
		out += fmt.Sprintf("/%d", c.State.Terminated.ExitCode)
	}
	out += fmt.Sprintf(" r%d", c.RestartCount)
	if c.Ready {
		out += " ready"
	} else {
		out += " unready"
	}
	if c.Started {
		out += " started"
	}
	return out
}

func nodeFact(o *object) string {
	var taints []string
	for _, t := range o.Spec.Taints {
		taints = append(taints, strings.ReplaceAll(t.Key, "node.kubernetes.io/", "")+":"+t.Effect)
	}
	slices.Sort(taints)
	unschedulable := "False"
	if o.Spec.Unschedulable {
		unschedulable = "True"
	}
	return fmt.Sprintf("Ready=%s unschedulable=%s taints=%s", cmp.Or(o.Status.condition("Ready").Status, "-"), unschedulable, strings.Join(taints, ","))
}
