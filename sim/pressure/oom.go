package pressure

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/behaviour"
)

// oomReason is the reason that runtimes give a container that was killed for its memory.
// Source: containerd internal/cri/server/events.go handleContainerExit (oomExitReason).
const oomReason = "OOMKilled"

// pool is memory that some containers share, and cannot have more of.
type pool struct {
	uses  []*use
	limit int64
	whole bool // the machine's
}

func (p *pool) total(now sim.Time) (value, slope float64) {
	for _, u := range p.uses {
		value += u.memory.at(now)
		slope += u.memory.slope
	}
	return value, slope
}

// eachPool goes through what a node's containers share, from the narrowest, until it is told to stop: each
// container's own limit, the pod's where it has one, what all pods may have, and what there is.
// Source: kubernetes v1.37.2 pkg/kubelet/cm/node_container_manager_linux.go getPodCgroupsConfig (all pods may
// have what is not reserved; the hard eviction threshold is theirs).
func (m *Manager) eachPool(n *node, do func(p pool) (goesOn bool)) {
	for i, u := range n.uses {
		if u.limit > 0 && !do(pool{uses: n.uses[i : i+1], limit: u.limit}) {
			return
		}
	}
	for _, p := range n.pods {
		if p.limit > 0 && !do(pool{uses: n.of(p), limit: p.limit}) {
			return
		}
	}
	all, capacity := m.memory(n)
	if capacity > 0 && (all == capacity || do(pool{uses: n.uses, limit: all})) {
		do(pool{uses: n.uses, limit: capacity, whole: true})
	}
}

// of are the containers of a pod.
func (n *node) of(p *pod) (out []*use) {
	for _, u := range n.uses {
		if u.pod == p {
			out = append(out, u)
		}
	}
	return out
}

// memory is what all pods of a node may have and what the node has, in bytes; 0, when that is not known.
func (m *Manager) memory(n *node) (all, capacity int64) {
	object, ok := m.api.Nodes.Get("", n.name)
	if !ok {
		return 0, 0
	}
	allocatable, capacity := memoryOf(object.Status.Allocatable), memoryOf(object.Status.Capacity)
	if capacity == 0 {
		capacity = allocatable
	}
	all = allocatable + n.config.hardMemory(capacity)
	if allocatable == 0 {
		all = capacity
	}
	return min(all, capacity), capacity
}

// kill ends a container of the first pool that is exhausted, and says whether there was one.
func (m *Manager) kill(now sim.Time, n *node) (killed bool) {
	var p pool
	m.eachPool(n, func(next pool) bool {
		value, _ := next.total(now)
		if killed = over(value, float64(next.limit)); killed {
			p = next
		}
		return !killed
	})
	if !killed {
		return false
	}
	victim := m.victim(now, n, &p)
	if p.whole {
		m.tellOOM(n, victim)
	}
	if !m.kubelets.KillContainer(now, victim.Pod.UID, victim.Spec.Name, behaviour.ExitKill, oomReason) {
		m.Ends(now, victim.Use) // it is not there any more
	}
	return true
}

// victim is whom the kernel kills: who has the highest score, of several the one that started last.
// Source: linux 6.12 mm/oom_kill.c oom_evaluate_task.
func (m *Manager) victim(now sim.Time, n *node, p *pool) *use {
	_, capacity := m.memory(n)
	var worst *use
	most := 0.0
	for _, u := range p.uses {
		adj := bestEffortAdj
		if capacity > 0 {
			adj = ScoreAdj(u.Pod, u.Spec, capacity)
		}
		if score := Badness(u.memory.at(now), adj, p.limit); worst == nil || score >= most {
			worst, most = u, score
		}
	}
	return worst
}

// tellOOM tells of a machine without memory. The process goes by its container's name.
// Source: kubernetes v1.37.2 pkg/kubelet/oom/oom_watcher_linux.go Start.
func (m *Manager) tellOOM(n *node, victim *use) {
	draw := m.pids.Of(victim.Pod.UID).Of(victim.Spec.Name).Draw(uint64(victim.Life.Restart()))
	m.tell(n, apiserver.Warning, "SystemOOM", fmt.Sprintf("System OOM encountered, victim process: %s, pid: %d",
		victim.Spec.Name, 1000+draw.Uint64()%31000))
}

// tell tells an event about a node.
func (m *Manager) tell(n *node, kind, reason, message string) {
	if object, ok := m.api.Nodes.Get("", n.name); ok {
		m.api.Events.Emit(object, apiserver.Note{Type: kind, Reason: reason, Message: message, Component: "kubelet", Host: n.name})
	}
}

// tellPod tells one about a pod.
func (m *Manager) tellPod(n *node, pod *model.Pod, reason, message string) {
	m.api.Events.Emit(pod, apiserver.Note{Type: apiserver.Warning, Reason: reason, Message: message, Component: "kubelet", Host: n.name})
}

// nextKill is when the first pool is exhausted, as things go now.
func (m *Manager) nextKill(now sim.Time, n *node) sim.Time {
	next := sim.Never
	m.eachPool(n, func(p pool) bool {
		if value, slope := p.total(now); slope > 0 {
			next = min(next, max(passes(now, value, slope, float64(p.limit)), now.Add(shortest)))
		}
		return true
	})
	return next
}
