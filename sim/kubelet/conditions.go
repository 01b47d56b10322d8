package kubelet

import (
	"strings"

	"towtank.dev/towtank/model"
)

// allContainersRestarting is the condition of a pod whose rules can restart all its containers.
const allContainersRestarting = "AllContainersRestarting"

// ownedByKubelet says whether the kubelet alone sets a condition.
// Source: kubernetes v1.37.2 pkg/kubelet/types/pod_status.go PodConditionsByKubelet.
func ownedByKubelet(kind string) bool {
	switch kind {
	case model.PodScheduled, model.PodReady, model.PodInitialized, model.ContainersReady, model.PodReadyToStartContainers,
		allContainersRestarting, "PodResizePending", "PodResizeInProgress":
		return true
	}
	return false
}

// conditions are those that others have set, and behind them the kubelet's own, in its order.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go generateAPIPodStatus; status/generate.go.
func (w *worker) conditions(out []model.PodCondition, s, old *model.PodStatus, restarting bool) []model.PodCondition {
	for i := range w.pod.Status.Conditions {
		c := w.pod.Status.Conditions[i]
		if !ownedByKubelet(c.Type) || strings.HasPrefix(c.Type, "PodResize") {
			out = append(out, c)
		}
	}
	if c := old.Condition(model.DisruptionTarget); c != nil {
		out = replaceCondition(out, *c)
	}
	s.Conditions = out
	containers := containersReady(w.pod, s, old.Condition(model.ContainersReady))
	out = append(out, w.sandboxCondition(), w.initCondition(s, old), readyCondition(w.pod, containers, out), containers,
		model.PodCondition{Type: model.PodScheduled, Status: "True"})
	if w.canRestartAll() {
		out = append(out, w.restartCondition(s, restarting))
	}
	return out
}

func (w *worker) sandboxCondition() model.PodCondition {
	c := model.PodCondition{Type: model.PodReadyToStartContainers, Status: "True"}
	switch w.sandboxView {
	case noSandbox:
		c.Status, c.Reason, c.Message = "False", "PodSandboxNotReady", "no pod sandbox exists"
	case sandboxDown:
		c.Status, c.Reason, c.Message = "False", "PodSandboxNotReady", "pod sandbox is not ready"
	}
	return c
}

func (w *worker) initCondition(s, old *model.PodStatus) model.PodCondition {
	c := model.PodCondition{Type: model.PodInitialized, Status: "True"}
	if s.Phase == model.PodSucceeded {
		c.Reason = "PodCompleted"
		return c
	}
	for i := range s.Containers {
		if begun(&s.Containers[i]) {
			return c
		}
	}
	var incomplete []string
	for i := range s.InitContainers {
		in := &s.InitContainers[i]
		if w.containers[i].sidecar && !in.Started || !w.containers[i].sidecar && !in.Ready {
			incomplete = append(incomplete, in.Name)
		}
	}
	if len(incomplete) == 0 {
		return c
	}
	if was := old.Condition(model.PodInitialized); was != nil && was.Status == "True" {
		return c // what was initialized once stays so, also while all its containers begin anew
	}
	c.Status, c.Reason = "False", "ContainersNotInitialized"
	c.Message = "containers with incomplete status: [" + strings.Join(incomplete, " ") + "]"
	return c
}

// begun says whether a container has run.
func begun(s *model.ContainerStatus) bool {
	return s.State.Kind == model.ContainerRunning || s.State.Kind == model.ContainerTerminated || s.Last.Kind == model.ContainerTerminated
}

// containersReady is the condition that all regular containers and sidecars are ready; before is what it was,
// nil when that is not known.
func containersReady(pod *model.Pod, s *model.PodStatus, before *model.PodCondition) model.PodCondition {
	c := model.PodCondition{Type: model.ContainersReady, Status: "False"}
	switch s.Phase {
	case model.PodSucceeded:
		c.Reason = "PodCompleted"
		return c
	case model.PodFailed:
		c.Reason = "PodFailed"
		return c
	}
	var buffer [160]byte
	text := append(buffer[:0], "containers with unready status: ["...)
	start := len(text)
	add := func(name string) {
		if len(text) > start {
			text = append(text, ' ')
		}
		text = append(text, name...)
	}
	for i := range s.InitContainers {
		if k := &s.InitContainers[i]; !k.Ready && i < len(pod.Spec.InitContainers) && pod.Spec.InitContainers[i].Sidecar() {
			add(k.Name)
		}
	}
	for i := range pod.Spec.Containers {
		if k := containerOf(s, pod.Spec.Containers[i].Name); k == nil || !k.Ready {
			add(pod.Spec.Containers[i].Name)
		}
	}
	if len(text) == start {
		c.Status = "True"
		return c
	}
	text = append(text, ']')
	c.Reason = "ContainersNotReady"
	if before != nil && before.Message == string(text) { // often it is still the same one
		c.Message = before.Message
	} else {
		c.Message = string(text)
	}
	return c
}

func containerOf(s *model.PodStatus, name string) *model.ContainerStatus {
	for i := range s.Containers {
		if s.Containers[i].Name == name {
			return &s.Containers[i]
		}
	}
	return nil
}

// readyCondition is the condition that a pod is ready: its containers are, and its readiness gates are met
// by the conditions.
// Source: kubernetes v1.37.2 pkg/kubelet/status/generate.go GeneratePodReadyCondition.
func readyCondition(pod *model.Pod, containers model.PodCondition, conditions []model.PodCondition) model.PodCondition {
	c := containers
	c.Type = model.PodReady
	if c.Status != "True" || len(pod.Spec.ReadinessGates) == 0 {
		return c
	}
	var why []string
	has := model.PodStatus{Conditions: conditions}
	for _, gate := range pod.Spec.ReadinessGates {
		switch met := has.Condition(gate); {
		case met == nil:
			why = append(why, `corresponding condition of pod readiness gate "`+gate+`" does not exist.`)
		case met.Status != "True":
			why = append(why, `the status of pod readiness gate "`+gate+`" is not "True", but `+met.Status)
		}
	}
	if len(why) > 0 {
		c.Status, c.Reason, c.Message = "False", "ReadinessGatesNotReady", strings.Join(why, ", ")
	}
	return c
}
