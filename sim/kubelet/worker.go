package kubelet

import (
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// worker looks after one pod on its node.
type worker struct {
	pod        *model.Pod // as last seen
	host       *host
	prev, next *worker

	lives      *behaviour.Lives // what behaviours say of its containers
	fixed      *float64         // seconds to run
	containers []container
	inits      int // so many of the containers are init containers; they stand first

	begun       bool
	since       sim.Time // status.startTime
	initialized bool
	sandbox     bool // a container has been started
	// queue are the containers that are started in the pass under way, strictly one after another;
	// passing says that there is one.
	queue    []int
	passing  bool
	starting sim.Handle
	// deleting: the object has a deletionTimestamp. stopping: containers are being stopped, until
	// deadline at most. failed: an init container has failed for good.
	deleting bool
	stopping bool
	deadline sim.Time
	failed   bool
}

// stage is where a container is in its life.
type stage uint8

const (
	waiting stage = iota
	running
	terminated
)

// container is the life of one container.
type container struct {
	spec    *model.Container
	path    string // in the pod, as events name it
	stage   stage
	init    bool // a plain init container
	sidecar bool
	crash   bool // shown as waiting in CrashLoopBackOff
	isReady bool
	began   bool // has been started at least once
	// signalled: SIGTERM has been sent.
	signalled bool
	restarts  int32

	startedAt, endedAt sim.Time
	exit               int32
	reason             string // of its end
	cause              cause  // of the end that is scheduled
	last               model.ContainerState
	backoff            backoff

	end, readiness, wait sim.Handle
	held                 time.Duration // the back-off that applies
	due                  sim.Time      // when it is over
}

// cause is why a container ends.
type cause uint8

const (
	byItself cause = iota
	byTerm
	byKill
)

// begin is the kubelet's first sight of a pod.
func (f *Fleet) begin(now sim.Time, w *worker) {
	w.begun, w.since = true, now
	f.resolve(w)
	if seconds, ok := f.fixed[w.pod.UID]; ok {
		w.fixed = &seconds
		delete(f.fixed, w.pod.UID)
	}
	spec := w.pod.Spec
	w.inits = len(spec.InitContainers)
	w.containers = make([]container, w.inits+len(spec.Containers))
	for i := range spec.InitContainers {
		c := &w.containers[i]
		c.spec = &spec.InitContainers[i]
		c.path = "spec.initContainers{" + c.spec.Name + "}"
		c.sidecar = c.spec.Sidecar()
		c.init = !c.sidecar
	}
	for i := range spec.Containers {
		c := &w.containers[w.inits+i]
		c.spec = &spec.Containers[i]
		c.path = "spec.containers{" + c.spec.Name + "}"
	}
	w.initialized = w.inits == 0
	if w.pod.Status.HasStarted {
		w.since = w.pod.Status.Started
	}
	if w.pod.Status.Phase == model.PodRunning || len(w.pod.Status.Containers) > 0 {
		f.adopt(now, w)
	}
	w.deleting = w.pod.Deleting
	f.sync(now, w)
}

// sync brings a pod closer to what it should be: it plans what to start, tells the status and begins to
// start. Like the kubelet's, syncs of one pod never overlap: while containers are being started, a
// deletion or the end of another container waits.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions, SyncPod.
func (f *Fleet) sync(now sim.Time, w *worker) {
	switch {
	case w.passing || w.stopping:
		return
	case w.deleting:
		f.terminate(now, w)
		return
	}
	if over := f.plan(now, w); over {
		f.complete(now, w)
		return
	}
	w.passing = len(w.queue) > 0
	f.report(now, w)
	f.start(now, w)
}

// plan queues the containers to be started now and says whether the pod has run its course.
func (f *Fleet) plan(now sim.Time, w *worker) (over bool) {
	w.queue = w.queue[:0]
	if !w.initialized && !f.planInit(now, w) {
		return w.failed
	}
	w.initialized = true
	over = true
	for i := w.inits; i < len(w.containers); i++ {
		c := &w.containers[i]
		if c.stage == terminated && !c.restartable(w.pod.Spec.RestartPolicy) {
			continue
		}
		over = false
		f.wanted(now, w, i)
	}
	for i := 0; i < w.inits && !over; i++ {
		if w.containers[i].sidecar {
			f.wanted(now, w, i)
		}
	}
	return over
}

// planInit queues the next init container, one at a time and in order. It says whether all of them have
// done their part: a plain one ended with 0, a sidecar runs.
func (f *Fleet) planInit(now sim.Time, w *worker) (done bool) {
	for i := range w.inits {
		c := &w.containers[i]
		switch {
		case c.init && c.stage == terminated && c.exit == 0:
		case c.init && c.stage == terminated && !c.restartable(w.pod.Spec.RestartPolicy):
			w.failed = true
			return false
		case c.sidecar && c.stage == running:
		default:
			f.wanted(now, w, i)
			return false
		}
	}
	return true
}

// wanted queues a container that should run and does not, or lets it wait for its back-off.
func (f *Fleet) wanted(now sim.Time, w *worker, i int) {
	c := &w.containers[i]
	switch {
	case c.stage == running:
	case f.isWaiting(c):
	case c.stage == terminated:
		f.backOff(now, w, i)
	default:
		w.queue = append(w.queue, i)
	}
}

// isWaiting says whether a container waits for its back-off.
func (f *Fleet) isWaiting(c *container) bool {
	_, ok := f.engine.When(c.wait)
	return ok
}

// restartable says whether a container that has ended is to be started again.
// Source: kubernetes v1.37.2 pkg/api/v1/pod/util.go ContainerShouldRestart.
func (c *container) restartable(pod model.RestartPolicy) bool {
	policy := pod
	if c.spec.RestartPolicy != "" {
		for i := range c.spec.RestartRules {
			if matches(&c.spec.RestartRules[i], c.exit) {
				return true
			}
		}
		policy = c.spec.RestartPolicy
	}
	if c.init && policy == model.RestartAlways {
		policy = model.RestartOnFailure // a plain init container that succeeded is done
	}
	return policy == model.RestartAlways || policy == model.RestartOnFailure && c.exit != 0
}

// matches says whether a rule on exit codes applies.
func matches(r *model.RestartRule, exit int32) bool {
	return slices.Contains(r.Codes, exit) == (r.Operator == "In")
}
