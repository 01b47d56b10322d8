package images

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// follower knows of the containers on nodes what pods' statuses say, so that no image of theirs is collected and
// what runs is in memory, also where nobody has made writable layers for them.
type follower struct{ pods map[string][]followed } // by UID

// followed is a container of which a status has told.
type followed struct {
	name      string
	container *Container
}

// Deliver takes a node that comes or goes, and a pod's change.
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
		switch {
		case c.Type == apiserver.Deleted:
			m.podGone(now, o)
		case o.NodeName != "":
			if c.Type == apiserver.Added {
				m.podCame(now, o)
			}
			m.podChanged(now, o)
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

// podChanged takes over what the status of a pod on a node says of its containers.
func (m *Manager) podChanged(now sim.Time, pod *model.Pod) {
	for i := range pod.Status.InitContainers {
		m.containerSeen(now, pod, pod.Spec.InitContainers, &pod.Status.InitContainers[i])
	}
	for i := range pod.Status.Containers {
		m.containerSeen(now, pod, pod.Spec.Containers, &pod.Status.Containers[i])
	}
}

// containerSeen takes one container's status: one that runs or has run exists.
func (m *Manager) containerSeen(now sim.Time, pod *model.Pod, specs []model.Container, s *model.ContainerStatus) {
	list := m.follower.pods[pod.UID]
	k := slices.IndexFunc(list, func(f followed) bool { return f.name == s.Name })
	if k < 0 {
		if !exists(s) {
			return
		}
		i := slices.IndexFunc(specs, func(c model.Container) bool { return c.Name == s.Name })
		if i < 0 {
			return
		}
		k = len(list)
		list = append(list, followed{s.Name, m.Create(now, pod.NodeName, specs[i].Image)})
		m.follower.pods[pod.UID] = list
	}
	if s.State.Kind == model.ContainerRunning {
		m.Start(list[k].container)
	} else {
		m.Stop(list[k].container)
	}
}

// podGone ends the containers of a pod.
func (m *Manager) podGone(now sim.Time, pod *model.Pod) {
	for _, f := range m.follower.pods[pod.UID] {
		m.Remove(now, f.container)
	}
	delete(m.follower.pods, pod.UID)
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
