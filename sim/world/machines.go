package world

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/kubelet"
)

// machines are the nodes as machines: what breaks them reaches their kubelets and their leases here.
type machines struct{ *world }

// Crash has a node lose power.
func (m machines) Crash(now sim.Time, node string) {
	m.leases.Silence(now, node)
	m.kubelets.Crash(now, node)
	m.power(now, node)
}

// Boot starts a crashed node again.
func (m machines) Boot(now sim.Time, node string) {
	if !m.kubelets.ShuttingDown(node) && !m.kubelets.Trouble(node).Cut {
		m.heard(now, node)
	}
	m.kubelets.Boot(now, node)
	m.power(now, node)
}

// Shutdown shuts a node down: it is not ready from now on, and crashes when its kubelet lets it.
func (m machines) Shutdown(now sim.Time, node string) {
	takesPart := m.kubelets.Shutdown(now, node, func(now sim.Time, boot bool) {
		m.Crash(now, node)
		if boot {
			m.Boot(now, node)
		}
	})
	if takesPart && !m.leases.Silent(node) {
		m.say(node, []model.NodeCondition{kubelet.NotReady(now)}, now, model.ConditionTrue)
	}
}

// StopKubelet stops a node's kubelet.
func (m machines) StopKubelet(now sim.Time, node string) {
	m.leases.Silence(now, node)
	m.kubelets.StopKubelet(now, node)
}

// StartKubelet starts it again.
func (m machines) StartKubelet(now sim.Time, node string) {
	if is := m.kubelets.Trouble(node); !is.Cut && !is.Crashed {
		m.heard(now, node)
	}
	m.kubelets.StartKubelet(now, node)
}

// Cut cuts a node off from the control plane.
func (m machines) Cut(now sim.Time, node string) {
	m.cable(now, node, true)
	if control(m).drawnBack(node, true) {
		return
	}
	m.cut(now, node)
}

func (m machines) cut(now sim.Time, node string) {
	m.leases.Silence(now, node)
	m.kubelets.Cut(now, node)
}

// Mend connects it again.
func (m machines) Mend(now sim.Time, node string) {
	m.cable(now, node, false)
	if control(m).drawnBack(node, false) {
		return
	}
	if !m.kubelets.Trouble(node).Off {
		m.heard(now, node)
	}
	m.kubelets.Mend(now, node)
}

// KillContainer ends a container of a pod.
func (m machines) KillContainer(now sim.Time, podUID, container string, exit int32, reason string) bool {
	return m.kubelets.KillContainer(now, podUID, container, exit, reason)
}

// heard is a kubelet that is heard again: it renews its lease and says how its node is.
func (m machines) heard(now sim.Time, node string) {
	m.leases.Resume(now, node)
	m.say(node, healthy, now, model.ConditionUnknown)
}

// say has a kubelet say how its node is: of conditions that are so now, or that it has been shut down with.
func (m machines) say(node string, conditions []model.NodeCondition, now sim.Time, so string) {
	n, ok := m.api.Nodes.Get("", node)
	if !ok {
		return
	}
	out := apiserver.Copy(n).(*model.Node)
	out.Status.Conditions = slices.Clone(n.Status.Conditions)
	changed := false
	for i := range conditions {
		changed = set(&out.Status, conditions[i], now, so) || changed
	}
	if changed {
		// The node is there, so that the write cannot fail.
		_ = m.api.Update(out)
	}
}

// healthy is what a kubelet says of a node to which nothing is the matter.
// Source: kubernetes v1.37.2 pkg/kubelet/nodestatus/setters.go MemoryPressureCondition, DiskPressureCondition,
// PIDPressureCondition, ReadyCondition.
var healthy = []model.NodeCondition{
	{Type: "MemoryPressure", Status: model.ConditionFalse, Reason: "KubeletHasSufficientMemory", Message: "kubelet has sufficient memory available"},
	{Type: "DiskPressure", Status: model.ConditionFalse, Reason: "KubeletHasNoDiskPressure", Message: "kubelet has no disk pressure"},
	{Type: "PIDPressure", Status: model.ConditionFalse, Reason: "KubeletHasSufficientPID", Message: "kubelet has sufficient PID available"},
	{Type: "Ready", Status: model.ConditionTrue, Reason: "KubeletReady", Message: "kubelet is posting ready status"},
}

// set brings a condition of a node up to date that is so now, or that says the node is being shut down; one
// that is not there is not added.
func set(s *model.NodeStatus, want model.NodeCondition, now sim.Time, so string) (changed bool) {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if c.Type != want.Type || c.Status != so && c.Message != kubelet.ShuttingDown {
			continue
		}
		want.LastTransition, want.LastHeartbeat = now, now
		*c = want
		return true
	}
	return false
}
