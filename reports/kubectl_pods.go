package reports

import (
	"fmt"
	"strconv"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

var podColumns = &KubectlKind{Kind: model.KindPod, Names: []string{"pods", "pod", "po"}, Namespace: true,
	Heads:     []string{"NAME", "READY", "STATUS", "RESTARTS", "AGE"},
	WideHeads: []string{"IP", "NODE", "NOMINATED NODE", "READINESS GATES"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		pod := o.(*model.Pod)
		c := countPod(pod)
		restarts := strconv.Itoa(c.restarts)
		if c.restarts > 0 && c.lastRestart != sim.Never {
			restarts += " (" + k.Age(c.lastRestart) + " ago)"
		}
		return []string{pod.Name, fmt.Sprintf("%d/%d", c.ready, c.total), c.status, restarts, k.Age(pod.Created)},
			[]string{orNone(pod.Status.PodIP), orNone(pod.NodeName), orNone(pod.Status.NominatedNodeName), gatesText(pod)}
	}}

// podCount is what kubectl counts in a pod.
type podCount struct {
	pod          *model.Pod
	ready, total int
	restarts     int
	lastRestart  sim.Time // sim.Never: none
	status       string
}

// unreachableReason is the reason of pods whose node is unreachable.
// Source: kubernetes v1.37.2 pkg/util/node/node.go NodeUnreachablePodReason.
const unreachableReason = "NodeLost"

// countPod finds what kubectl says of a pod: how many containers are ready, its status in a word, its restarts.
// Source: kubernetes v1.37.2 pkg/printers/internalversion/printers.go printPod.
func countPod(pod *model.Pod) *podCount {
	s := &pod.Status
	c := &podCount{pod: pod, total: len(pod.Spec.Containers), lastRestart: sim.Never, status: orWord(s.Reason, string(s.Phase))}
	if scheduled := s.Condition(model.PodScheduled); scheduled != nil && scheduled.Reason == "SchedulingGated" {
		c.status = scheduled.Reason
	}
	for i := range pod.Spec.InitContainers {
		if pod.Spec.InitContainers[i].Sidecar() {
			c.total++
		}
	}
	initializing := c.initContainers()
	if condition := s.Condition(model.PodInitialized); !initializing || condition != nil && condition.Status == model.ConditionTrue {
		c.containers()
	}
	switch {
	case pod.Deleting && s.Reason == unreachableReason:
		c.status = string(model.PodUnknown)
	case pod.Deleting && !pod.Terminal():
		c.status = "Terminating"
	}
	return c
}

// restarted counts the restarts of a container in.
func (c *podCount) restarted(s *model.ContainerStatus) {
	c.restarts += int(s.RestartCount)
	if s.Last.Kind == model.ContainerTerminated && (c.lastRestart == sim.Never || s.Last.Finished > c.lastRestart) {
		c.lastRestart = s.Last.Finished
	}
}

// initContainers goes through init containers up to the first that holds the pod up, and says whether there is one.
func (c *podCount) initContainers() bool {
	for i := range c.pod.Status.InitContainers {
		s := &c.pod.Status.InitContainers[i]
		c.restarted(s)
		switch {
		case s.State.Kind == model.ContainerTerminated && s.State.ExitCode == 0:
			continue
		case c.sidecar(s.Name) && s.Started:
			if s.Ready {
				c.ready++
			}
			continue
		case s.State.Kind == model.ContainerTerminated:
			c.status = "Init:" + orWord(s.State.Reason, fmt.Sprintf("ExitCode:%d", s.State.ExitCode))
		case s.State.Kind == model.ContainerWaiting && s.State.Reason != "" && s.State.Reason != "PodInitializing":
			c.status = "Init:" + s.State.Reason
		default:
			c.status = fmt.Sprintf("Init:%d/%d", i, len(c.pod.Spec.InitContainers))
		}
		return true
	}
	return false
}

func (c *podCount) sidecar(name string) bool {
	for i := range c.pod.Spec.InitContainers {
		if init := &c.pod.Spec.InitContainers[i]; init.Name == name {
			return init.Sidecar()
		}
	}
	return false
}

// containers goes through the regular containers, last one first: the first one's word is what stays. Of the
// init containers only the restarts of sidecars count from now on.
func (c *podCount) containers() {
	c.restarts, c.lastRestart = 0, sim.Never
	for i := range c.pod.Status.InitContainers {
		if s := &c.pod.Status.InitContainers[i]; c.sidecar(s.Name) {
			c.restarted(s)
		}
	}
	running, failed := false, ""
	for i := len(c.pod.Status.Containers) - 1; i >= 0; i-- {
		s := &c.pod.Status.Containers[i]
		c.restarted(s)
		switch {
		case s.State.Kind == model.ContainerWaiting && s.State.Reason != "":
			c.status = s.State.Reason
		case s.State.Kind == model.ContainerTerminated:
			c.status = orWord(s.State.Reason, fmt.Sprintf("ExitCode:%d", s.State.ExitCode))
			if s.State.ExitCode != 0 {
				failed = c.status
			}
		case s.Ready && s.State.Kind == model.ContainerRunning:
			running = true
			c.ready++
		}
	}
	if c.status != "Completed" {
		return
	}
	ready := c.pod.Status.Condition(model.PodReady)
	switch {
	case running && ready != nil && ready.Status == model.ConditionTrue:
		c.status = "Running"
	case failed != "":
		c.status = failed
	case running:
		c.status = "NotReady"
	}
}

// gatesText is the column READINESS GATES.
func gatesText(pod *model.Pod) string {
	if len(pod.Spec.ReadinessGates) == 0 {
		return noneWord
	}
	open := 0
	for _, gate := range pod.Spec.ReadinessGates {
		if c := pod.Status.Condition(gate); c != nil && c.Status == model.ConditionTrue {
			open++
		}
	}
	return fmt.Sprintf("%d/%d", open, len(pod.Spec.ReadinessGates))
}
