package kubelet

import (
	"fmt"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// resolve finds out what behaviours say of a pod, also when its labels or annotations have changed: what has
// begun, such as a time to run, stays as it was.
func (f *Fleet) resolve(w *worker) {
	w.lives = f.set.For(w.pod, f.ownBehaviours(w.pod))
	for i := range w.containers {
		if c := &w.containers[i]; c.rt.cur != nil {
			c.life = w.lives.Life(w.pod, i, c.rt.cur.restarts)
			c.shared()
		}
	}
}

// ownBehaviours are the behaviours that the pod brings itself.
func (f *Fleet) ownBehaviours(pod *model.Pod) []Behaviour {
	if f.options.Annotations == nil || !annotated(pod.Annotations) {
		return nil
	}
	own, err := f.options.Annotations(pod)
	if err != nil {
		f.note(fmt.Sprintf("annotations of pod %s/%s were ignored: %v", pod.Namespace, pod.Name, err))
	}
	return own
}

func annotated(annotations map[string]string) bool {
	for key := range annotations {
		if strings.HasPrefix(key, AnnotationPrefix) {
			return true
		}
	}
	return false
}

// adopt takes over a pod that ran before the run began, from its status.
func (f *Fleet) adopt(now sim.Time, w *worker) {
	status := &w.pod.Status
	bare := len(status.Containers) == 0
	since := now
	if status.HasStarted {
		since = status.Started
	}
	for i := range w.containers {
		c := &w.containers[i]
		known := findStatus(status, c.spec.Name)
		switch {
		case known != nil:
			c.adopt(known)
		case bare && !c.init:
			c.own(&instance{state: running, started: since}, nil)
			c.trusted = true
		case bare:
			c.own(&instance{state: exited, started: since, finished: since, reason: "Completed"}, nil)
		}
	}
	f.restore(now, w)
	for i := range w.containers {
		c := &w.containers[i]
		if c.rt.cur == nil {
			continue
		}
		w.sandbox = sandboxUp
		c.life = w.lives.Life(w.pod, i, c.rt.cur.restarts)
		c.instances = uint64(c.rt.cur.restarts) + 1
		if cur := c.rt.cur; cur.id == "" {
			cur.id = f.containerID(w, c)
		}
		if c.layer == nil {
			f.makeLayer(now, w, c)
		}
		if c.running() {
			f.startLayer(c)
			if c.use == nil {
				f.meterStarts(now, w, i)
			}
			c.shared()
			f.followRuns(now, w, i)
			f.scheduleEnd(w, i, c.rt.cur.started)
			if !c.trusted {
				f.hold(now, w, i)
			}
		}
	}
	if f.lostSandbox(w) && w.sandbox == sandboxUp {
		w.sandbox = sandboxDown
	}
	w.look()
	w.mounting.done = true
	w.ip = status.PodIP
	if w.sandbox == sandboxUp && w.ip == "" {
		f.giveAddress(w)
	}
	w.count()
}

// own gives a container instances of before the run.
func (c *container) own(cur, prev *instance) {
	cur.image, cur.number = c.spec.Image, uint64(cur.restarts)+1
	c.rt = pair{cur, prev}
}

// adopt takes over a container from its status.
func (c *container) adopt(s *model.ContainerStatus) {
	c.imageID = s.ImageID
	var prev *instance
	if s.Last.Kind == model.ContainerTerminated {
		prev = past(&s.Last, max(s.RestartCount-1, 0))
		prev.number = uint64(prev.restarts) + 1
	}
	switch s.State.Kind {
	case model.ContainerRunning:
		c.own(&instance{id: s.ContainerID, restarts: s.RestartCount, state: running, started: s.State.Started}, prev)
		c.trusted = s.Ready
	case model.ContainerTerminated:
		cur := past(&s.State, s.RestartCount)
		cur.id = s.ContainerID
		c.own(cur, prev)
	default:
		if prev != nil { // in back-off
			prev.restarts = s.RestartCount
			c.own(prev, nil)
		}
	}
}

// past is an instance that has ended.
func past(s *model.ContainerState, restarts int32) *instance {
	return &instance{restarts: restarts, state: exited, started: s.Started, finished: s.Finished, exit: s.ExitCode, reason: s.Reason}
}

func findStatus(s *model.PodStatus, name string) *model.ContainerStatus {
	for _, list := range [2][]model.ContainerStatus{s.InitContainers, s.Containers} {
		for i := range list {
			if list[i].Name == name {
				return &list[i]
			}
		}
	}
	return nil
}
