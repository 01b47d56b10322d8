package images

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// Deliver takes a node that comes or goes, and a pod that comes.
func (m *Manager) Deliver(now sim.Time, c apiserver.Change) {
	switch o := c.Object().(type) {
	case *model.Node:
		switch c.Type {
		case apiserver.Added:
			m.node(now, o.Name)
		case apiserver.Deleted:
			m.nodeGone(now, o.Name)
		}
	case *model.Pod:
		if c.Type == apiserver.Added && o.NodeName != "" {
			m.podCame(now, o)
		}
	}
}

// podCame has the images on the node with which a pod ran before the run began. One that runs, by its phase, and
// tells of no containers has all of them running.
func (m *Manager) podCame(now sim.Time, pod *model.Pod) {
	bare := pod.Status.Phase == model.PodRunning && len(pod.Status.Containers) == 0
	m.ranBefore(now, pod.NodeName, pod.Spec.InitContainers, pod.Status.InitContainers, bare)
	m.ranBefore(now, pod.NodeName, pod.Spec.Containers, pod.Status.Containers, bare)
}

func (m *Manager) ranBefore(now sim.Time, nodeName string, specs []model.Container, statuses []model.ContainerStatus, all bool) {
	for i := range specs {
		ran := func(s model.ContainerStatus) bool { return s.Name == specs[i].Name && exists(&s) }
		k := m.name(specs[i].Image)
		if !all && !slices.ContainsFunc(statuses, ran) || k.err != nil {
			continue
		}
		if n := m.node(now, nodeName); n.byName[k.full] == nil {
			m.counted(k)
			n.put(n.started, k.image, k.Name)
			m.usageChanged(now, n)
			m.imagesChanged(now, n)
		}
	}
}

// exists says whether a status is that of a container that runs or has run.
func exists(s *model.ContainerStatus) bool {
	return s.State.Kind == model.ContainerRunning || s.State.Kind == model.ContainerTerminated || s.Last.Kind == model.ContainerTerminated
}

// nodeGone forgets a node with its pulls and its disk.
func (m *Manager) nodeGone(now sim.Time, name string) {
	n := m.nodes[name]
	if n == nil {
		return
	}
	m.giveUp(now, n)
	m.engine.Cancel(n.collection)
	m.engine.Cancel(n.reporting)
	n.gone = true
	delete(m.nodes, name)
}
