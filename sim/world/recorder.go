package world

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler"
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

// life is what is known of a pod until its row is written.
type life struct {
	row   record.PodRow
	need  *need
	node  *nodeUse // on which it takes room; nil when on none
	ready bool
	// over: the pod holds and waits for nothing any more; its row waits for the object to be gone when it
	// is being deleted.
	over       bool
	arrival    *arrivals // of which it is one, until its first attempt
	prev, next *life
}

func newRecorder(w *world, sinks []record.Sink) *recorder {
	r := &recorder{world: w, sinks: sinks, resources: newResources(w.cfg.Extended),
		specs: map[*model.PodSpec]*need{}, lives: map[string]*life{}, nodes: map[string]*nodeUse{}}
	r.totals = newTotals(len(r.resources.names))
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
		l.row.Gone = true
		if !l.over {
			l.row.Ended = now
			r.leave(l)
		}
		r.file(l)
	}
}

// born begins a life.
func (r *recorder) born(pod *model.Pod) *life {
	l := &life{need: r.needOf(pod), prev: r.lastLife}
	l.row = record.PodRow{Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID, Priority: pod.Spec.Priority,
		Scheduler: pod.Spec.SchedulerName, MilliCPU: l.need.all[cpu], Memory: l.need.all[memory],
		Extended: l.need.extended, Phase: string(model.PodPending), Created: pod.Created,
		Tried: sim.Never, Scheduled: sim.Never, Started: sim.Never, Ready: sim.Never, Ended: sim.Never}
	if owner := pod.Controller(); owner != nil {
		l.row.OwnerKind, l.row.OwnerName = owner.Kind, owner.Name
	}
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
	if l.row.Node == "" && pod.NodeName != "" {
		r.bound(now, l, pod)
	}
	s := &pod.Status
	r.countPhase(l.row.Phase, -1)
	l.row.Phase = string(s.Phase)
	r.countPhase(l.row.Phase, +1)
	r.see(now, l, s)
	if pod.Terminal() {
		l.row.Reason, l.row.ExitCode = s.Reason, exitCode(s)
		l.row.Ended = now
		if r.world.api.Loading() {
			l.row.Ended = lastEnd(s, pod.Created)
		} else {
			r.counts.ended++
		}
		r.leave(l)
		if !pod.Deleting {
			r.file(l)
		}
	}
}

// bound is the pod's coming to its node.
func (r *recorder) bound(now sim.Time, l *life, pod *model.Pod) {
	l.row.Node = pod.NodeName
	r.totals.queue--
	l.row.Scheduled = now
	if r.world.api.Loading() {
		l.row.Scheduled = sim.Never
		if c := pod.Status.Condition(model.PodScheduled); c != nil && c.Status == "True" {
			l.row.Scheduled = c.LastTransition
		}
	}
	if pod.Terminal() {
		return
	}
	n, ok := r.nodes[pod.NodeName]
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
func (r *recorder) see(now sim.Time, l *life, s *model.PodStatus) {
	restarts := int32(0)
	for _, list := range [2][]model.ContainerStatus{s.InitContainers, s.Containers} {
		for i := range list {
			restarts += list[i].RestartCount
			if k := list[i].State.Kind; k == model.ContainerRunning || k == model.ContainerTerminated {
				l.row.Started = min(l.row.Started, list[i].State.Started)
			}
		}
	}
	l.row.Restarts = restarts
	c := s.Condition(model.PodReady)
	ready := c != nil && c.Status == "True"
	if ready && l.row.Ready == sim.Never {
		l.row.Ready = c.LastTransition
	}
	if ready != l.ready {
		l.ready = ready
		r.counts.ready += sign(ready)
	}
}

func sign(up bool) int64 {
	if up {
		return 1
	}
	return -1
}

func (r *recorder) countPhase(phase string, by int64) {
	switch model.Phase(phase) {
	case model.PodPending:
		r.counts.pending += by
	case model.PodRunning:
		r.counts.running += by
	}
}

// finish writes the row of a life that is over and forgets it.
func (r *recorder) leave(l *life) {
	l.over = true
	r.countPhase(l.row.Phase, -1)
	if l.ready {
		r.counts.ready--
	}
	switch {
	case l.row.Node == "":
		r.totals.queue--
	case l.node != nil:
		r.release(l)
	default:
		r.orphans--
	}
	if l.arrival != nil {
		r.world.input.attempted(l.arrival, l.row.UID)
	}
}

// file writes the row of a pod whose life is over.
func (r *recorder) file(l *life) {
	r.unlink(l)
	r.writePod(l)
}

func (r *recorder) release(l *life) {
	l.node.advance(r.world.engine.Now())
	l.node.requested.add(l.need.all, -1)
	r.totals.requested.add(l.need.all, -1)
	if l.node.requested[podCount] == 0 {
		r.totals.used--
	}
	l.node = nil
}

func (r *recorder) unlink(l *life) {
	delete(r.lives, l.row.UID)
	if l.prev == nil {
		r.first = l.next
	} else {
		l.prev.next = l.next
	}
	if l.next == nil {
		r.lastLife = l.prev
	} else {
		l.next.prev = l.prev
	}
}

func (r *recorder) writePod(l *life) {
	for _, s := range r.sinks {
		s.Pod(&l.row)
	}
}

// exitCode is that of the container that ended first of those that failed, 0 when none did.
func exitCode(s *model.PodStatus) int32 {
	code, at := int32(0), sim.Never
	for _, list := range [2][]model.ContainerStatus{s.InitContainers, s.Containers} {
		for i := range list {
			if st := &list[i].State; st.Kind == model.ContainerTerminated && st.ExitCode != 0 && st.Finished < at {
				code, at = st.ExitCode, st.Finished
			}
		}
	}
	return code
}

// lastEnd is when the last container of a pod that ended before the run did.
func lastEnd(s *model.PodStatus, created sim.Time) sim.Time {
	end := created
	for i := range s.Containers {
		if st := &s.Containers[i].State; st.Kind == model.ContainerTerminated {
			end = max(end, st.Finished)
		}
	}
	return end
}

// follow remembers which arrivals wait for a pod's first attempt.
func (r *recorder) follow(uid string, a *arrivals) {
	if l, ok := r.lives[uid]; ok {
		l.arrival = a
	}
}

// tried notes that a pod has had an attempt.
func (r *recorder) tried(c *scheduler.Cycle) {
	l, ok := r.lives[c.Pod.UID]
	if !ok {
		return
	}
	l.row.Attempts = int32(c.Attempt)
	if l.row.Tried == sim.Never {
		l.row.Tried = c.Started
	}
	if l.arrival != nil {
		r.world.input.attempted(l.arrival, l.row.UID)
		l.arrival = nil
	}
}

// explained notes why a pod was not placed.
func (r *recorder) explained(uid, message string) {
	if l, ok := r.lives[uid]; ok {
		l.row.Message = message
	}
}

func (r *recorder) preempted(uid string) {
	if l, ok := r.lives[uid]; ok {
		l.row.Preemptions++
	}
}

func (r *recorder) attempt(a *attempt) {
	c := a.cycle
	row := record.AttemptRow{At: c.Started, Namespace: c.Pod.Namespace, Pod: c.Pod.Name, Attempt: int32(c.Attempt),
		Result: a.result, Node: c.Node, Feasible: int32(c.Feasible), Evaluated: int32(c.Evaluated),
		Plugins: c.UnschedulablePlugins, Message: a.message}
	if row.Node == "" {
		row.Node = c.NominatedNode
	}
	for _, s := range r.sinks {
		s.Attempt(&row)
	}
}

func (r *recorder) event(e *model.Event) {
	row := record.EventRow{First: e.First, Last: e.Last, Count: e.Count, Type: e.Type, Reason: e.Reason,
		Kind: string(e.Object.Kind), Namespace: e.Object.Namespace, Object: e.Object.Name, Source: e.Component, Message: e.Message}
	for _, s := range r.sinks {
		s.Event(&row)
	}
}
