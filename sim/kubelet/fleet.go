package kubelet

import (
	"maps"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/behaviour"
)

// Fleet is the kubelets of all nodes.
type Fleet struct {
	engine  *sim.Engine
	actor   sim.Actor
	api     *apiserver.Server
	options Options
	timers  Timers
	set     *behaviour.Set
	hosts   map[string]*host
	workers map[string]*worker // by UID of the pod
	fixed   map[string]float64 // seconds to run, by UID, until the pod is seen
	paths   map[string]string  // of containers, as events name them
	ranges  int                // so many nodes have been given a range of addresses

	clocks, jitters, ids, chances sim.Key
	scratch                       sim.KeyedStream
	meter                         Meter    // nil: nobody follows what containers use
	follower                      Follower // nil: nobody follows which of them run

	changed    []*worker // whose status is to be written before the instant goes on
	soon       []soon    // probes of which something is seen before that
	next       model.PodStatus
	conditions []model.PodCondition
	untils     []waitingFor
	look       sim.Handle // when they look again
	observing  bool       // it is told of all writes, for their sake
	spare      spares
	restores   map[string]survivors // while a kubelet starts, by UID of the pod
	asked      *model.PodSpec       // whose requests are answer
	answer     model.ResourceList

	mirrors     map[string]*worker                // of static pods, by UID of their mirror
	staticSpecs map[*model.PodSpec]*model.PodSpec // by what files say
}

// New returns the kubelets as an actor of the engine. They watch the pods and nodes of the API server.
func New(engine *sim.Engine, api *apiserver.Server, o Options) *Fleet {
	seed := engine.Seed()
	f := &Fleet{engine: engine, api: api, options: o, timers: DefaultTimers(), set: behaviour.NewSet(seed, o.Behaviours),
		hosts: map[string]*host{}, workers: map[string]*worker{}, fixed: map[string]float64{}, paths: map[string]string{},
		clocks: sim.NewKey(seed, "kubelet clocks"), jitters: sim.NewKey(seed, "kubelet syncs"),
		ids: sim.NewKey(seed, "container"), chances: sim.NewKey(seed, "probe")}
	if o.Timers != nil {
		f.timers = *o.Timers
	}
	f.actor = engine.Register("kubelets", f)
	api.Watch("kubelets", apiserver.WatchOptions{Kinds: []model.Kind{model.KindNode, model.KindPod},
		Latency: o.WatchLatency, PerNode: true}, f)
	return f
}

// FixRun fixes how long the regular containers of a pod run, in seconds (+Inf: for ever), before any
// behaviour. It must be said before the pod is seen.
func (f *Fleet) FixRun(uid string, seconds float64) { f.fixed[uid] = seconds }

// Pods is the number of pods that kubelets look after.
func (f *Fleet) Pods() int { return len(f.workers) }

func (f *Fleet) note(text string) {
	if f.options.Note != nil {
		f.options.Note(text)
	}
}

// Deliver takes a change of a node or a pod.
func (f *Fleet) Deliver(now sim.Time, c apiserver.Change) {
	if f.holds(c) {
		return
	}
	switch o := c.Object().(type) {
	case *model.Node:
		switch c.Type {
		case apiserver.Added:
			f.nodeAdded(now, o)
		case apiserver.Modified:
			f.nodeChanged(f.host(o.Name), o)
		case apiserver.Deleted:
			f.nodeGone(o)
		}
	case *model.Pod:
		switch {
		case c.Type == apiserver.Deleted:
			f.podGone(now, o)
		case o.NodeName != "":
			f.podSeen(now, o)
		}
	}
	f.flush(now)
}

// podSeen takes a pod that is bound, or a change of one.
func (f *Fleet) podSeen(now sim.Time, pod *model.Pod) {
	if isMirror(pod) {
		f.mirrorSeen(now, pod)
		return
	}
	w, ok := f.workers[pod.UID]
	switch {
	case !ok:
		stored, there := f.api.Pods.Get(pod.Namespace, pod.Name)
		if !there || stored.UID != pod.UID || stored.Terminal() {
			return // what is seen is past: the pod has ended since
		}
		w = f.add(pod)
		if w.host.node != nil && !w.host.trouble.off {
			f.begin(now, w)
		}
	case !w.begun, w.host.trouble.off:
		w.pod = pod
	case pod.ResourceVersion == w.wrote:
		w.pod = pod // what the kubelet wrote itself
	default:
		f.podChanged(now, w, pod)
	}
}

// podChanged takes a change that somebody else made: of the spec or the deletion, which is a reason to
// sync, or of the status, which is one if the condition Ready does not follow from the others any more.
// Source: kubernetes v1.37.2 pkg/kubelet/config/config.go checkAndUpdatePod; kubelet.go
// HandlePodUpdates, HandlePodReconcile; status/status_manager.go NeedToReconcilePodReadiness.
func (f *Fleet) podChanged(now sim.Time, w *worker, pod *model.Pod) {
	was := w.pod
	w.pod = pod
	if was.Spec != pod.Spec {
		w.takeSpec()
	}
	if !maps.Equal(was.Labels, pod.Labels) || !maps.Equal(was.Annotations, pod.Annotations) {
		f.resolve(w)
	}
	if was.Spec != pod.Spec || was.Deleting != pod.Deleting || was.DeletionGracePeriodSeconds != pod.DeletionGracePeriodSeconds ||
		!maps.Equal(was.Labels, pod.Labels) || !maps.Equal(was.Annotations, pod.Annotations) {
		f.update(now, w)
		return
	}
	if w.known && tampered(&was.Status, &pod.Status) {
		f.batchStatuses(now, w.host)
	}
	if len(pod.Spec.ReadinessGates) == 0 {
		return
	}
	ready := readyCondition(pod, containersReady(pod, &pod.Status, nil), pod.Status.Conditions)
	if has := pod.Status.Condition(model.PodReady); has == nil || has.Status != ready.Status {
		f.update(now, w)
	}
}

// podGone takes the end of a pod's object. What still runs of it is stopped unseen.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go HandlePodRemoves, deletePod.
func (f *Fleet) podGone(now sim.Time, pod *model.Pod) {
	delete(f.fixed, pod.UID)
	w, ok := f.workers[pod.UID]
	if !ok {
		f.mirrorGone(now, pod)
		return
	}
	w.orphan = true
	if !w.begun || w.finished || w.host.trouble.off {
		f.drop(w)
		return
	}
	w.pod = pod
	f.update(now, w)
}

func (f *Fleet) add(pod *model.Pod) *worker {
	h := f.host(pod.NodeName)
	w := &worker{pod: pod, host: h, prev: h.last, jitter: f.jitters.Of(pod.UID)}
	if h.last == nil {
		h.first = w
	} else {
		h.last.next = w
	}
	h.last = w
	f.workers[pod.UID] = w
	return w
}

// drop forgets a pod.
func (f *Fleet) drop(w *worker) {
	w.keepStatic()
	f.setMirror(w, nil)
	f.endPreemption(w)
	for i := range w.containers {
		f.dropContainer(w, &w.containers[i])
		f.followStops(f.engine.Now(), w, i)
	}
	f.engine.Cancel(w.timer)
	f.engine.Cancel(w.deadline)
	f.engine.Cancel(w.starting)
	f.release(w)
	f.recycle(w)
	w.dropped = true
	delete(f.workers, w.pod.UID)
	if w.prev == nil {
		w.host.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		w.host.last = w.prev
	} else {
		w.next.prev = w.prev
	}
}

func (f *Fleet) dropContainer(w *worker, c *container) {
	f.engine.Cancel(c.end)
	f.engine.Cancel(c.unhold)
	f.engine.Cancel(c.hook)
	f.engine.Cancel(c.kill.timer)
	f.dropLayers(c)
	f.stopProbes(c)
}

// release gives the pod's address back.
func (f *Fleet) release(w *worker) {
	if w.address.IsValid() {
		w.host.addresses.give(w.address)
		w.address = none
	}
	w.discount()
	f.meterGone(w)
	if f.options.Images != nil {
		f.options.Images.Forget(w.host.name, w.pod.UID)
	}
}
