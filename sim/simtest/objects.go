package simtest

import (
	"fmt"
	"strconv"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/kubelet"
)

// newNode makes a node of an add-node command.
func newNode(name string, o options) *model.Node {
	whole := func(key string, otherwise int64) model.Quantity {
		n, err := strconv.ParseInt(o.get(key, strconv.FormatInt(otherwise, 10)), 10, 64)
		if err != nil {
			panic(err)
		}
		return model.WholeQuantity(n)
	}
	n := &model.Node{ObjectMeta: model.ObjectMeta{Name: name, Labels: map[string]string{model.LabelHostname: name}}}
	n.Status.Allocatable = model.ResourceList{
		{Name: model.ResourceCPU, Quantity: whole("cpu", 4)},
		{Name: model.ResourceMemory, Quantity: model.WholeQuantity(16 << 30)},
		{Name: model.ResourcePods, Quantity: whole("pods", 110)}}
	for i, key := range o.keys {
		switch key {
		case "cpu", "pods":
		case "taint":
			key, effect, _ := strings.Cut(o.values[i], ":")
			n.Taints = append(n.Taints, model.Taint{Key: key, Effect: model.Effect(effect)})
		default:
			n.Labels[key] = o.values[i]
		}
	}
	return n
}

// newPod makes a pod of a create-pod command, and says how many of it.
func newPod(name string, o options) (*model.Pod, int64, error) {
	spec := &model.PodSpec{SchedulerName: "default-scheduler", RestartPolicy: model.RestartPolicy(o.get("restart", "Never"))}
	pod := &model.Pod{ObjectMeta: model.ObjectMeta{Name: name, Namespace: "default", Annotations: map[string]string{}},
		Spec: spec, NodeName: o.get("node", "")}
	count, err := strconv.ParseInt(o.get("count", "1"), 10, 64)
	if err != nil {
		return nil, 0, err
	}
	if spec.TerminationGracePeriodSeconds, err = strconv.ParseInt(o.get("grace", "30"), 10, 64); err != nil {
		return nil, 0, err
	}
	cores, err := strconv.ParseInt(o.get("cpu", "1"), 10, 64)
	if err != nil {
		return nil, 0, err
	}
	for _, c := range list(o.get("init", "")) {
		spec.InitContainers = append(spec.InitContainers, model.Container{Name: c, Image: "init:1"})
	}
	for _, c := range list(o.get("sidecar", "")) {
		spec.InitContainers = append(spec.InitContainers, model.Container{Name: c, Image: "side:1", RestartPolicy: model.RestartAlways})
	}
	for i, c := range list(o.get("containers", "c")) {
		k := model.Container{Name: c, Image: "app:1"}
		if i == 0 {
			k.Requests = model.ResourceList{{Name: model.ResourceCPU, Quantity: model.WholeQuantity(cores)}}
		}
		spec.Containers = append(spec.Containers, k)
	}
	for i, key := range o.keys {
		field, _, _ := strings.Cut(key, ".")
		switch field {
		case "startup", "ready", "run", "exit", "stop":
			pod.Annotations[kubelet.AnnotationPrefix+key] = o.values[i]
		case "needs":
			label, value, _ := strings.Cut(o.values[i], "=")
			spec.NodeSelector = map[string]string{label: value}
		case "priority":
			spec.PriorityClassName = o.values[i]
		case "cpu", "node", "restart", "grace", "count", "init", "sidecar", "containers":
		default:
			return nil, 0, fmt.Errorf("unknown option %q", key)
		}
	}
	return pod, count, nil
}

func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// nodeLine is a node in one line.
func nodeLine(n *model.Node) string {
	words := []string{"node"}
	if n.Unschedulable {
		words = append(words, "cordoned")
	}
	for _, t := range n.Taints {
		words = append(words, "taint "+t.Key+":"+string(t.Effect))
	}
	return strings.Join(words, " ")
}

// podLine is the state of a pod in one line.
func podLine(p *model.Pod) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-9s", p.Status.Phase)
	for _, c := range [...]struct{ letter, kind string }{{"S", model.PodScheduled}, {"P", model.PodReadyToStartContainers},
		{"I", model.PodInitialized}, {"C", model.ContainersReady}, {"R", model.PodReady}} {
		fmt.Fprintf(&b, " %s=%s", c.letter, conditionText(p.Status.Condition(c.kind), c.letter == "C" || c.letter == "P"))
	}
	for _, statuses := range [][]model.ContainerStatus{p.Status.InitContainers, p.Status.Containers} {
		for i := range statuses {
			b.WriteString(" | " + containerText(&statuses[i]))
		}
	}
	if p.Deleting {
		fmt.Fprintf(&b, " | deleting(grace %d)", p.DeletionGracePeriodSeconds)
	}
	return b.String()
}

func conditionText(c *model.PodCondition, short bool) string {
	switch {
	case c == nil:
		return "-"
	case c.Reason == "" || short:
		return c.Status[:1]
	}
	return c.Status[:1] + "/" + c.Reason
}

func containerText(s *model.ContainerStatus) string {
	text := s.Name + ": " + string(s.State.Kind)
	if s.State.Reason != "" {
		text += "/" + s.State.Reason
	}
	if s.State.Kind == model.ContainerTerminated {
		text += fmt.Sprintf("(%d)", s.State.ExitCode)
	}
	text += fmt.Sprintf(" rc=%d", s.RestartCount)
	if s.Ready {
		text += " ready"
	}
	if s.Last.Kind != "" {
		text += fmt.Sprintf(" last=%s(%d)", s.Last.Reason, s.Last.ExitCode)
	}
	return text
}

// withoutUID cuts a pod's UID out of a message, in brackets as the kubelet writes it.
func withoutUID(message string) string {
	from, to := strings.LastIndex(message, "("), strings.LastIndex(message, ")")
	if from >= 0 && to-from == 37 {
		return message[:from] + "(UID)" + message[to+1:]
	}
	return message
}
