package world

import (
	"strings"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/record"
)

// start is what is known of the next or present start of a container.
type start struct {
	restart int32    // its number, at least
	waiting sim.Time // since when the container waits for it
	making
	started, ready sim.Time
	// next is what is heard of the start after it while no status has told of its end; nil: nothing.
	next *making
}

// making is how the runtime makes a container: its image is pulled, then it is created.
type making struct {
	pull             time.Duration
	pulled           bool
	pulling, created sim.Time
}

// awaited is a start of which nothing has happened but the waiting.
func awaited(restart int32, since sim.Time) start {
	return start{restart: restart, waiting: since, making: making{pulling: sim.Never, created: sim.Never}, started: sim.Never, ready: sim.Never}
}

// seeContainers reads the starts and ends of a pod's containers out of its status. Init containers come first.
func (r *recorder) seeContainers(now sim.Time, l *life) {
	spec, s := l.pod.Spec, &l.pod.Status
	if len(s.InitContainers)+len(s.Containers) == 0 {
		return
	}
	l.await()
	for i := range spec.InitContainers {
		if c := statusOf(s.InitContainers, spec.InitContainers[i].Name, i); c != nil {
			r.seeContainer(now, l, i, c)
		}
	}
	for i := range spec.Containers {
		if c := statusOf(s.Containers, spec.Containers[i].Name, i); c != nil {
			r.seeContainer(now, l, len(spec.InitContainers)+i, c)
		}
	}
}

// await makes room for the starts of the pod's containers.
func (l *life) await() {
	if l.starts != nil {
		return
	}
	l.starts = make([]start, len(l.pod.Spec.InitContainers)+len(l.pod.Spec.Containers))
	for i := range l.starts {
		l.starts[i] = awaited(0, l.scheduled)
	}
}

// statusOf finds a container's status, mostly at its own place.
func statusOf(list []model.ContainerStatus, name string, at int) *model.ContainerStatus {
	if at < len(list) && list[at].Name == name {
		return &list[at]
	}
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}

func (r *recorder) seeContainer(now sim.Time, l *life, i int, c *model.ContainerStatus) {
	st := &l.starts[i]
	last, ran := &c.Last, c.State.Kind == model.ContainerRunning && c.RestartCount == st.restart
	if last.Kind == model.ContainerTerminated && st.started != sim.Never && last.Finished >= st.started && !ran {
		r.ended(l, i, last)
	}
	switch c.State.Kind {
	case model.ContainerRunning:
		if st.started == sim.Never {
			st.restart, st.started = c.RestartCount, c.State.Started
			if r.world.api.Loading() || c.State.Started < l.pod.Created {
				st.waiting = sim.Never
			}
		}
		if c.Ready && st.ready == sim.Never {
			st.ready = max(now, st.started)
		}
	case model.ContainerTerminated:
		if c.RestartCount < st.restart {
			return // that is told
		}
		st.restart = c.RestartCount
		if st.started == sim.Never && c.State.Reason != statusUnknown {
			st.started = c.State.Started
		}
		r.ended(l, i, &c.State)
	}
}

// statusUnknown is the reason of a container of which the kubelet knows nothing.
// Source: kubernetes v1.37.2 pkg/kubelet/container/runtime.go ContainerReasonStatusUnknown.
const statusUnknown = "ContainerStatusUnknown"

// ended writes the row of a start that has come to its end, and waits for the next one.
func (r *recorder) ended(l *life, i int, s *model.ContainerState) {
	st := &l.starts[i]
	if st.started != sim.Never {
		r.writeContainer(l, i, s.Finished, s.ExitCode, s.Reason)
	}
	next := awaited(st.restart+1, s.Finished)
	if st.next != nil {
		next.making = *st.next
	}
	*st = next
}

// writeStarts writes the rows of the starts that have not ended.
func (r *recorder) writeStarts(l *life) {
	for i := range l.starts {
		if l.starts[i].started != sim.Never {
			r.writeContainer(l, i, l.ended, 0, "")
		}
	}
	l.starts = nil
}

func (r *recorder) writeContainer(l *life, i int, ended sim.Time, code int32, reason string) {
	st, pod := &l.starts[i], l.pod
	c, role := containerAt(pod.Spec, i)
	r.container = record.ContainerRow{Namespace: pod.Namespace, Pod: pod.Name, UID: pod.UID, Container: c.Name, Role: role,
		Restart: st.restart, Image: c.Image, Node: pod.NodeName, Waiting: st.waiting, Pull: st.pull, Pulled: st.pulled,
		Created: st.created, Started: st.started, Ready: st.ready, Ended: ended, ExitCode: code, Reason: reason}
	if st.restart > 0 && st.waiting != sim.Never {
		r.container.HeldBack = max(0, st.started.Sub(st.waiting)-st.pull)
	}
	for _, s := range r.sinks {
		s.Container(&r.container)
	}
}

// containerAt is a container by its number among all, init containers first.
func containerAt(spec *model.PodSpec, i int) (c *model.Container, role string) {
	n := len(spec.InitContainers)
	switch {
	case i >= n:
		return &spec.Containers[i-n], "regular"
	case spec.InitContainers[i].Sidecar():
		return &spec.InitContainers[i], "sidecar"
	}
	return &spec.InitContainers[i], "init"
}

// heard follows pulls and creations, of which statuses say nothing.
func (r *recorder) heard(about model.Object, n apiserver.Note) {
	switch n.Reason {
	case "Pulling", "Pulled", "Failed", "Created":
	default:
		return
	}
	l, ok := r.lives[about.Meta().UID]
	if !ok || l.over || l.pod == nil || n.FieldPath == "" {
		return
	}
	i := containerNamed(l.pod.Spec, n.FieldPath)
	if i < 0 {
		return
	}
	l.await()
	st := &l.starts[i]
	m := &st.making
	if st.started != sim.Never {
		if st.next == nil {
			st.next = &making{pulling: sim.Never, created: sim.Never}
		}
		m = st.next
	}
	m.hear(r.world.engine.Now(), n.Reason)
}

func (m *making) hear(now sim.Time, reason string) {
	if reason == "Created" {
		m.created = now
		return
	}
	if m.pulling != sim.Never {
		m.pull += now.Sub(m.pulling)
		m.pulled = m.pulled || reason == "Pulled"
		m.pulling = sim.Never
	}
	if reason == "Pulling" {
		m.pulling = now
	}
}

// containerNamed is the number of the container that a field path means, such as spec.initContainers{wait}.
func containerNamed(spec *model.PodSpec, path string) int {
	const inits, regular = "spec.initContainers{", "spec.containers{"
	list, first := spec.Containers, len(spec.InitContainers)
	name, ok := strings.CutPrefix(path, regular)
	if !ok {
		list, first = spec.InitContainers, 0
		name = strings.TrimPrefix(path, inits)
	}
	name = strings.TrimSuffix(name, "}")
	for i := range list {
		if list[i].Name == name {
			return first + i
		}
	}
	return -1
}
