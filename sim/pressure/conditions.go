package pressure

import (
	"slices"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// condition is a condition of a node that says what it is short of.
type condition uint8

const (
	memoryPressure condition = iota
	diskPressure
	pidPressure
	conditions
)

// saying is what a kubelet says of a condition.
type saying struct{ kind, reason, message, event string }

// sayings are by condition, and by whether it is so.
// Source: kubernetes v1.37.2 pkg/kubelet/nodestatus/setters.go MemoryPressureCondition, DiskPressureCondition,
// PIDPressureCondition.
var sayings = [conditions][2]saying{
	memoryPressure: {
		{"MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available", "NodeHasSufficientMemory"},
		{"MemoryPressure", "KubeletHasInsufficientMemory", "kubelet has insufficient memory available", "NodeHasInsufficientMemory"},
	},
	diskPressure: {
		{"DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure", "NodeHasNoDiskPressure"},
		{"DiskPressure", "KubeletHasDiskPressure", "kubelet has disk pressure", "NodeHasDiskPressure"},
	},
	pidPressure: {
		{"PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available", "NodeHasSufficientPID"},
		{"PIDPressure", "KubeletHasInsufficientPID", "kubelet has insufficient PID available", "NodeHasInsufficientPID"},
	},
}

// says is what there is to say of a condition now.
func (n *node) says(k condition) *saying {
	if n.active[k] {
		return &sayings[k][1]
	}
	return &sayings[k][0]
}

// conditionsText names the conditions as a refusal does.
func (n *node) conditionsText() string {
	var names []string
	for k := range conditions {
		if n.active[k] {
			names = append(names, sayings[k][0].kind)
		}
	}
	return "[" + strings.Join(names, " ") + "]"
}

// stale says whether a node's status says otherwise of a condition. One that was never there is not missed
// as long as all is well.
func (n *node) stale(s *model.NodeStatus, k condition) bool {
	c := s.Condition(sayings[k][0].kind)
	if c == nil {
		return n.active[k]
	}
	return (c.Status == model.ConditionTrue) != n.active[k]
}

// nodeStatus has the node's status written, if it says otherwise, when the kubelet next looks at it.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go nodeStatusUpdateFrequency (10 s).
func (m *Manager) nodeStatus(now sim.Time, n *node) {
	object, ok := m.api.Nodes.Get("", n.name)
	if !ok {
		return
	}
	for k := range conditions {
		if n.stale(&object.Status, k) {
			m.schedule(&n.status, opStatus, n, tick(n.statuses, now))
		}
	}
}

// writeStatus writes it, and tells of what has changed.
func (m *Manager) writeStatus(now sim.Time, n *node) {
	object, ok := m.api.Nodes.Get("", n.name)
	if !ok {
		return
	}
	if !m.kubelets.Reaches(n.name) {
		m.schedule(&n.status, opStatus, n, now.Add(monitoringPeriod))
		return
	}
	out := apiserver.Copy(object).(*model.Node)
	out.Status.Conditions = slices.Clone(object.Status.Conditions)
	var events []string
	for k := range conditions {
		if !n.stale(&object.Status, k) {
			continue
		}
		say := n.says(k)
		c := model.NodeCondition{Type: say.kind, Status: model.ConditionFalse, Reason: say.reason, Message: say.message,
			LastHeartbeat: now, LastTransition: now}
		if n.active[k] {
			c.Status = model.ConditionTrue
		}
		if have := out.Status.Condition(say.kind); have != nil {
			*have = c
		} else {
			out.Status.Conditions = append(out.Status.Conditions, c)
		}
		events = append(events, say.event)
	}
	if len(events) == 0 {
		return
	}
	// The node is there, so that the write cannot fail.
	_ = m.api.Update(out)
	for _, event := range events {
		m.tell(n, apiserver.Normal, event, "Node "+n.name+" status is now: "+event)
	}
}
