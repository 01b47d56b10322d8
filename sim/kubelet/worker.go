package kubelet

import (
	"net/netip"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// none is no address.
var none netip.Addr

// worker looks after one pod on its node.
type worker struct {
	pod        *model.Pod // as last seen
	host       *host
	prev, next *worker

	lives      *behaviour.Lives
	fixed      *float64    // seconds to run
	containers []container // init containers first
	inits      int
	order      []int // of the regular containers by name, as statuses list them

	// The pod's sandbox, as the runtime has it, as the last relist saw it, and as a sync works from it.
	sandbox, sandboxSeen, sandboxView sandbox
	address                           netip.Addr
	ip                                string

	stage   stage
	begun   bool
	due     bool // for the next relist
	dropped bool
	// pending: there is a reason for another sync. terminating, terminated and finished are the states of
	// the pod worker: told to stop for good; all containers have stopped; nothing is left to do.
	pending, terminating, terminated, finished bool
	// orphan: the object is gone.
	orphan bool
	// graced: the grace of termination is not the pod's own but grace, in seconds.
	graced bool
	grace  int64
	evict  *eviction

	// synced says whether there has been a sync; lastSync is its end. fresh: a relist has looked since.
	synced, fresh bool
	lastSync      sim.Time
	// wake is when the work queue has the pod synced again; with lazy that would change nothing and is no
	// event.
	wakeAt sim.Time
	lazy   bool
	draws  uint64
	jitter sim.Key // of the pod's sync times
	timer  sim.Handle

	steps    []step
	step     int
	acted    bool     // the sync under way has done something
	failed   bool     // or tried to
	retryAt  sim.Time // when the first back-off ends; Never: there is none
	kills    int      // containers that are being stopped
	failures int      // syncs that failed since one last started a container

	status   model.PodStatus // what the kubelet says
	known    bool            // it has said something
	dirty    bool            // it is to be written
	wrote    uint64          // the resource version of what was written last
	deadline sim.Handle
	starting sim.Handle // the end of making the sandbox, or of waiting for volumes
	mounting mounting
	rejected bool // by admission
	requests model.ResourceList
	counted  bool // they are among what the node has given away
	restart  bool // all containers are to begin anew
	late     bool // probe workers are still to be made
	use      *Use // the last one that the meter was told of

	static     *static     // nil: it is one of the API server's
	mirror     *model.Pod  // a static pod's, as last seen; nil: it has none
	preemption *preemption // nil: it waits for no other to stop
}

// sandbox is the state of a pod's sandbox.
type sandbox uint8

const (
	noSandbox sandbox = iota
	sandboxUp
	sandboxDown
)

// stage is what a worker is at.
type stage uint8

const (
	idle            stage = iota
	waiting               // for the runtime to be looked at again before it syncs
	mountingVolumes       // waits for volumes, as the beginning of a sync
	stepping              // goes through the steps of a sync
	stopping              // stops all containers, as a part of a sync
	terminator            // stops all containers for good
)

// begin is the kubelet's first sight of a pod.
func (f *Fleet) begin(now sim.Time, w *worker) {
	w.begun = true
	if seconds, ok := f.fixed[w.pod.UID]; ok {
		w.fixed = &seconds
		delete(f.fixed, w.pod.UID)
	}
	spec := w.pod.Spec
	w.requests = f.requestsOf(w.pod)
	w.inits = len(spec.InitContainers)
	w.containers = make([]container, w.inits+len(spec.Containers))
	w.takeSpec()
	for i := range w.inits {
		c := &w.containers[i]
		c.sidecar = c.spec.Sidecar()
		c.init = !c.sidecar
	}
	w.sortByName()
	f.resolve(w)
	if w.pod.Status.Phase == model.PodRunning || len(w.pod.Status.Containers) > 0 {
		f.adopt(now, w)
	} else if !f.admit(w) {
		return
	}
	f.update(now, w)
}

// takeSpec takes over the containers of the pod's spec, which may have changed in what can change: the
// images.
func (w *worker) takeSpec() {
	for i := range w.containers {
		w.containers[i].spec = containerSpec(w.pod.Spec, i)
	}
}

// sortByName orders the regular containers as statuses list them.
// Source: kubernetes v1.37.2 pkg/kubelet/types/types.go SortedContainerStatuses.
func (w *worker) sortByName() {
	regular := w.containers[w.inits:]
	sorted := true
	for i := 1; i < len(regular); i++ {
		sorted = sorted && regular[i-1].spec.Name <= regular[i].spec.Name
	}
	if sorted {
		return
	}
	w.order = make([]int, len(regular))
	for i := range w.order {
		j := i
		for ; j > 0 && regular[w.order[j-1]].spec.Name > regular[i].spec.Name; j-- {
			w.order[j] = w.order[j-1]
		}
		w.order[j] = i
	}
}

// update is a reason to sync a pod. Reasons that come while a sync is under way make one more sync.
// Source: kubernetes v1.37.2 pkg/kubelet/pod_workers.go UpdatePod.
func (f *Fleet) update(now sim.Time, w *worker) {
	if w.finished || !w.begun {
		return
	}
	f.catchUp(now, w)
	if !w.terminating && (w.pod.Deleting || w.orphan || w.evict != nil) {
		w.terminating = true
	}
	if w.terminating && !w.terminated {
		w.shorten()
	}
	w.pending = true
	f.loop(now, w)
}

// shorten takes over the grace of a deletion or an eviction, which can only become shorter and is one
// second at least.
// Source: kubernetes v1.37.2 pkg/kubelet/pod_workers.go calculateEffectiveGracePeriod.
func (w *worker) shorten() {
	grace, set := w.grace, w.graced
	take := func(seconds int64) {
		if !set || seconds < grace {
			grace, set = seconds, true
		}
	}
	if w.pod.Deleting {
		take(w.pod.DeletionGracePeriodSeconds)
	} else if w.orphan {
		take(0)
	}
	if w.evict != nil && w.evict.hasGrace {
		take(w.evict.grace)
	}
	if !set {
		grace, set = w.pod.Spec.TerminationGracePeriodSeconds, true
	}
	w.grace, w.graced = max(grace, 1), set
}

// loop syncs as long as there is reason to and the worker is free.
// Source: kubernetes v1.37.2 pkg/kubelet/pod_workers.go podWorkerLoop.
func (f *Fleet) loop(now sim.Time, w *worker) {
	for w.stage == idle && w.pending && !w.finished && w.preemption == nil {
		w.pending = false
		if !f.isFresh(now, w) {
			w.stage = waiting
			f.needRelist(now, w)
			return
		}
		f.sync(now, w)
	}
}

// wake goes on with a worker that has waited for a relist.
func (f *Fleet) wake(now sim.Time, w *worker) {
	w.stage = idle
	f.sync(now, w)
	f.loop(now, w)
}

// isFresh says whether a relist has looked at the runtime since the last sync.
// Source: kubernetes v1.37.2 pkg/kubelet/container/cache.go GetNewerThan.
func (f *Fleet) isFresh(now sim.Time, w *worker) bool {
	return !w.synced || w.fresh || w.host.timers.Relist == 0 || atOrBefore(now, w.host.relists, w.host.timers.Relist) > w.lastSync
}

// sync works from what the last relist saw; where relists take no time, that is what there is.
func (f *Fleet) sync(now sim.Time, w *worker) {
	if w.host.timers.Relist == 0 {
		w.look()
	}
	w.sandboxView = w.sandboxSeen
	for i := range w.containers {
		w.containers[i].view = w.containers[i].seen
	}
	w.acted, w.failed, w.retryAt = false, false, sim.Never
	switch {
	case w.terminated:
		f.syncTerminated(now, w)
	case w.terminating:
		f.syncTerminating(now, w)
	default:
		f.syncPod(now, w)
	}
}

// syncEnded is the end of a sync. What it has done is looked at without waiting for the next relist.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go SyncPod (postSync).
func (f *Fleet) syncEnded(now sim.Time, w *worker) {
	w.stage = idle
	f.spare.giveSteps(w)
	w.synced, w.lastSync, w.fresh = true, now, false
	f.queue(now, w)
	f.loop(now, w)
	switch {
	case w.finished || w.dropped:
	case w.acted && !w.failed:
		f.relist(now, w)
		f.addLateProbes(now, w)
	case w.unseen():
		f.needRelist(now, w)
	}
}

// queue says when the pod is synced again without another reason: soon after a back-off ends, 10 to 15 s
// after another failure, and else after the sync period.
// Source: kubernetes v1.37.2 pkg/kubelet/pod_workers.go completeWork.
func (f *Fleet) queue(now sim.Time, w *worker) {
	f.engine.Cancel(w.timer)
	if w.terminated {
		return // the next sync is the last, and is not waited for
	}
	after := w.host.timers.Sync
	switch {
	case w.failed && w.retryAt != sim.Never:
		after = min(max(w.retryAt.Sub(now), 0), w.host.timers.Sync)
	case w.failed:
		after = backOffPeriod
	}
	w.wakeAt = atOrAfter(now.Add(f.jittered(w, after)), w.host.ticks, tickPeriod)
	w.lazy = !w.failed && !w.wantsProbes() && !w.unmirrored()
	if !w.lazy {
		w.timer = f.at(w.wakeAt, opTick, w, 0)
	}
}

// jittered is a time drawn between d and half as much again.
func (f *Fleet) jittered(w *worker, d time.Duration) time.Duration {
	f.scratch = w.jitter.Draw(w.draws)
	w.draws++
	return d + part(f.scratch.Float64()*syncJitter, d)
}

// catchUp goes through the syncs that have been due since the last one and would have changed nothing.
func (f *Fleet) catchUp(now sim.Time, w *worker) {
	for w.lazy && w.stage == idle && w.wakeAt < now {
		w.lastSync, w.fresh = w.wakeAt, false
		w.wakeAt = atOrAfter(w.lastSync.Add(f.jittered(w, w.host.timers.Sync)), w.host.ticks, tickPeriod)
	}
}
