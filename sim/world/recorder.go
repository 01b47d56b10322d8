package world

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/record"
)

// recorder makes the record out of every write to the API server and every decision. It keeps what is
// alive; the row of a pod or node is passed on when its life is over.
type recorder struct {
	world     *world
	sinks     []record.Sink
	resources resources
	specs     map[*model.PodSpec]*need
	lives     map[string]*life // by UID
	first     *life
	lastLife  *life
	nodes     map[string]*nodeUse
	order     []*nodeUse // as they came; gone ones are taken out
	totals    *totals
	counts    counts
	// orphans counts pods that are bound to a node which is not there.
	orphans int
	// workloads are those that are there, linked as they came.
	workloads                   map[string]*workloadUse
	firstWorkload, lastWorkload *workloadUse
	container                   record.ContainerRow // written over and over
}

// counts are the pods that are alive, by what they are doing.
type counts struct{ pending, running, ready, ended, readyNodes int64 }

// need is what the pods of one spec request.
type need struct {
	all      amounts
	extended []record.Amount
}

// rememberedSpecs bounds how many specs' needs are remembered.
const rememberedSpecs = 4096

// life is what is known of a pod until its row is written. There is one for every pod that is there: what
// the object says itself is not said again here.
type life struct {
	pod  *model.Pod // as it was last seen while not over; nil for a moment at birth
	need *need
	node *nodeUse // on which it takes room; nil when on none
	// The instants of its row.
	tried, scheduled, started, ready, ended sim.Time

	attempts, restarts, preemptions int32
	isReady                         bool
	unready                         unready
	starts                          []start // of its containers, init containers first; nil while nothing is known of them
	// over: the pod holds and waits for nothing any more; its row waits for the object to be gone when it
	// is being deleted.
	over       bool
	message    string    // the scheduler's, of its last failed attempt
	arrival    *arrivals // of which it is one, until its first attempt
	prev, next *life
}

func newRecorder(w *world, sinks []record.Sink) *recorder {
	r := &recorder{world: w, sinks: sinks, resources: newResources(w.cfg.Extended),
		specs: map[*model.PodSpec]*need{}, lives: map[string]*life{}, nodes: map[string]*nodeUse{}, workloads: map[string]*workloadUse{}}
	r.totals = newTotals(len(r.resources.names))
	w.api.Events.Listen(r.heard)
	return r
}

func (r *recorder) begin(h *record.Header) {
	for _, s := range r.sinks {
		s.Begin(h)
	}
}

// change records a write.
func (r *recorder) change(c apiserver.Change) {
	now := r.world.engine.Now()
	switch o := c.Object().(type) {
	case *model.Pod:
		r.totals.advance(now)
		r.pod(now, c, o)
	case *model.Node:
		r.totals.advance(now)
		r.node(now, c, o)
	case *model.Deployment, *model.StatefulSet, *model.DaemonSet, *model.Job:
		r.workload(now, c, o)
		return
	default:
		return
	}
	r.world.sampler.changed(now)
}

func (r *recorder) pod(now sim.Time, c apiserver.Change, pod *model.Pod) {
	l, known := r.lives[pod.UID]
	switch {
	case c.Type == apiserver.Added:
		r.update(now, r.born(pod), pod)
	case !known: // it has ended; its row is written
	case c.Type == apiserver.Modified:
		if !l.over {
			r.update(now, l, pod)
		}
	default:
		if !l.over {
			l.ended = now
			r.leave(l)
		}
		r.file(l, true)
	}
}

// born begins a life, of which update is to follow.
func (r *recorder) born(pod *model.Pod) *life {
	l := &life{need: r.needOf(pod), prev: r.lastLife,
		tried: sim.Never, scheduled: sim.Never, started: sim.Never, ready: sim.Never, ended: sim.Never, unready: unready{since: sim.Never}}
	if r.lastLife == nil {
		r.first = l
	} else {
		r.lastLife.next = l
	}
	r.lastLife = l
	r.lives[pod.UID] = l
	r.counts.pending++
	r.totals.queue++
	return l
}

func (r *recorder) needOf(pod *model.Pod) *need {
	if n, ok := r.specs[pod.Spec]; ok && pod.Status.Resize == nil {
		return n
	}
	list := pod.EffectiveRequests()
	n := &need{r.resources.of(list), extendedOf(list)}
	n.all[podCount] = 1
	if pod.Status.Resize == nil {
		if len(r.specs) >= rememberedSpecs {
			clear(r.specs)
		}
		r.specs[pod.Spec] = n
	}
	return n
}

// update takes the pod as it is from now on.
func (r *recorder) update(now sim.Time, l *life, pod *model.Pod) {
	node, phase := "", model.PodPending
	if l.pod != nil {
		node, phase = l.pod.NodeName, l.pod.Status.Phase
	}
	l.pod = pod
	if node == "" && pod.NodeName != "" {
		r.bound(now, l)
	}
	s := &pod.Status
	r.countPhase(phase, -1)
	r.countPhase(s.Phase, +1)
	r.see(l, s)
	l.seeReady(now)
	r.seeContainers(now, l)
	if pod.Terminal() {
		l.ended = now
		if r.world.api.Loading() {
			l.ended = lastEnd(s, pod.Created)
		} else {
			r.counts.ended++
		}
		r.leave(l)
		if !pod.Deleting {
			r.file(l, false)
		}
	}
}

// bound is the pod's coming to its node.
func (r *recorder) bound(now sim.Time, l *life) {
	r.totals.queue--
	l.scheduled = now
	if r.world.api.Loading() {
		l.scheduled = sim.Never
		if c := l.pod.Status.Condition(model.PodScheduled); c != nil && c.Status == "True" {
			l.scheduled = c.LastTransition
		}
	}
	if l.pod.Terminal() {
		return
	}
	n, ok := r.nodes[l.pod.NodeName]
	if !ok {
		r.orphans++
		return
	}
	r.occupy(now, l, n)
	if !r.world.api.Loading() {
		n.started++
	}
	if r.world.drive == nil || !r.world.drive.writing {
		n.foreign = true
	}
}

func (r *recorder) occupy(now sim.Time, l *life, n *nodeUse) {
	n.advance(now)
	l.node = n
	if n.requested[podCount] == 0 {
		r.totals.used++
	}
	n.requested.add(l.need.all, +1)
	r.totals.requested.add(l.need.all, +1)
}

// see reads the first instants and the counts of a pod out of its status.
func (r *recorder) see(l *life, s *model.PodStatus) {
	restarts := int32(0)
	for _, list := range [2][]model.ContainerStatus{s.InitContainers, s.Containers} {
		for i := range list {
			restarts += list[i].RestartCount
			state := &list[i].State
			if state.Kind == model.ContainerRunning || state.Kind == model.ContainerTerminated && state.Reason != statusUnknown {
				l.started = min(l.started, state.Started)
				if state.Started < l.pod.Created && !r.world.api.Loading() {
					l.scheduled = sim.Never // a new mirror of a static pod that runs already
				}
			}
		}
	}
	l.restarts = restarts
	c := s.Condition(model.PodReady)
	ready := c != nil && c.Status == "True"
	if ready && l.ready == sim.Never {
		l.ready = c.LastTransition
	}
	if ready != l.isReady {
		l.isReady = ready
		r.counts.ready += sign(ready)
	}
}

// seeReady sums the time that the pod is not ready after it was, until its end begins.
func (l *life) seeReady(now sim.Time) {
	switch {
	case l.isReady || l.pod.Deleting || l.pod.Terminal() || finished(l.pod):
		l.unready.stop(now)
	case l.ready != sim.Never && l.unready.since == sim.Never:
		l.unready.since = now
	}
}

// finished says whether all containers of a pod have ended for good, which its phase says a moment later.
func finished(pod *model.Pod) bool {
	if pod.Spec.RestartPolicy == model.RestartAlways || len(pod.Status.Containers) == 0 {
		return false
	}
	for i := range pod.Status.Containers {
		s := &pod.Status.Containers[i].State
		if s.Kind != model.ContainerTerminated || s.ExitCode != 0 && pod.Spec.RestartPolicy != model.RestartNever {
			return false
		}
	}
	return true
}

func sign(up bool) int64 {
	if up {
		return 1
	}
	return -1
}

func (r *recorder) countPhase(phase model.Phase, by int64) {
	switch phase {
	case model.PodPending:
		r.counts.pending += by
	case model.PodRunning:
		r.counts.running += by
	}
}
