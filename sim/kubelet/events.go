package kubelet

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// The operations of kubelet events; Ref is the host or the worker, Arg the index of the container.
const (
	opRelist       uint16 = iota // the next relist of a node
	opTick                       // a pod's time in the work queue has come
	opDeadline                   // activeDeadlineSeconds is over
	opMount                      // volumes are tried again
	opSandbox                    // the sandbox is ready
	opPulled                     // a pull has ended
	opStarted                    // the runtime has started a container
	opHook                       // a postStart hook has ended
	opKill                       // a stage of a kill has ended
	opEnd                        // a container ends
	opHeld                       // a container without a readiness probe is ready
	opLook                       // containers look whether what they wait for has come
	opProbe                      // something is seen of a probe; Arg holds its type too
	opShutdown                   // a node that is being shut down goes on with that
	opReconcile                  // a node's statuses are compared with those in the API server
	opStatics                    // static pods of a node begin
	opHousekeeping               // a node's kubelet looks for mirrors of no pod
	opPreempt                    // a critical pod waits no longer for another to stop
)

// Handle runs what is due.
func (f *Fleet) Handle(now sim.Time, ev sim.Event) {
	if h, ok := ev.Ref.(*host); ok {
		switch {
		case ev.Op == opShutdown:
			f.shutOn(now, h)
			return
		case h.trouble.off:
			return
		case ev.Op == opReconcile:
			f.reconcile(now, h)
			return
		case ev.Op == opStatics:
			f.startStatics(now, h)
			f.flush(now)
			return
		case ev.Op == opHousekeeping:
			f.housekeep(now, h)
			return
		}
		f.relistNode(now, h)
		f.flush(now)
		return
	}
	if ev.Op == opLook {
		f.lookUntil(now)
		return
	}
	w, i := ev.Ref.(*worker), int(ev.Arg)
	if w.host.trouble.off {
		f.unattended(now, w, i, ev.Op)
		return
	}
	switch ev.Op {
	case opTick:
		f.update(now, w)
	case opDeadline:
		f.update(now, w)
	case opMount:
		f.mountAgain(now, w)
	case opSandbox:
		f.sandboxReady(now, w)
	case opPulled:
		f.pulled(now, w, i)
	case opStarted:
		f.started(now, w, i)
	case opHook:
		f.hookEnded(now, w, i)
	case opKill:
		f.killGoesOn(now, w, i)
	case opEnd:
		f.ended(now, w, i)
	case opHeld:
		f.released(now, w, i)
	case opProbe:
		f.probed(now, w, i)
	case opPreempt:
		f.preempted(now, w)
	}
	f.flush(now)
}

// at schedules an operation on a container of a pod.
func (f *Fleet) at(t sim.Time, op uint16, w *worker, i int) sim.Handle {
	return f.engine.Schedule(t, f.event(op, w, i))
}

func (f *Fleet) event(op uint16, w *worker, i int) sim.Event {
	return sim.Event{Phase: sim.PhaseAct, Actor: f.actor, Op: op, Arg: int64(i), Ref: w, Background: w.periodic()}
}

// periodicWork is how often a pod must have been restarted or tried in vain for its further life to count
// as periodic work, which a run that waits for quiet does not wait for. By then a crashing container has
// met every step of its back-off.
const periodicWork = 7

// periodic says whether the pod's life has become periodic work.
func (w *worker) periodic() bool {
	if w.failures >= periodicWork || w.unmirrored() {
		return true
	}
	for i := range w.containers {
		if w.containers[i].instances > periodicWork {
			return true
		}
	}
	return false
}

// tell emits an event about a container.
func (f *Fleet) tell(w *worker, c *container, kind, reason, message string) {
	if w.host.trouble.cut {
		return
	}
	f.api.Events.Emit(w.about(), apiserver.Note{Type: kind, Reason: reason, Message: message, Component: "kubelet",
		Host: w.host.name, FieldPath: f.path(c)})
}

// tellPod emits an event about a pod.
func (f *Fleet) tellPod(w *worker, kind, reason, message string) {
	if w.host.trouble.cut {
		return
	}
	f.api.Events.Emit(w.about(), apiserver.Note{Type: kind, Reason: reason, Message: message, Component: "kubelet", Host: w.host.name})
}

// path is how events name a container.
// Source: kubernetes v1.37.2 pkg/kubelet/container/ref.go fieldPath.
func (f *Fleet) path(c *container) string {
	list := "spec.containers{"
	if c.init || c.sidecar {
		list = "spec.initContainers{"
	}
	var buffer [96]byte
	key := append(append(append(buffer[:0], list...), c.spec.Name...), '}')
	path, ok := f.paths[string(key)]
	if !ok {
		path = string(key)
		f.paths[path] = path
	}
	return path
}

// containerAt returns the container of that index: init containers first.
func containerSpec(spec *model.PodSpec, i int) *model.Container {
	if i < len(spec.InitContainers) {
		return &spec.InitContainers[i]
	}
	return &spec.Containers[i-len(spec.InitContainers)]
}
