package kubelet

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/images"
)

// Use is an instance of a container that runs, and of which behaviours say what it uses.
type Use struct {
	Pod     *model.Pod // as it was when the instance started
	Node    string
	Index   int // init containers first
	Spec    *model.Container
	Life    behaviour.Life
	Started sim.Time
	Layer   *images.Container // nil: nothing is known of its image

	share float64 // of the CPU, once told
	told  bool
}

// Meter follows what containers use. It is told in the middle of a kubelet's work: it must not call the
// Fleet before that is over.
type Meter interface {
	// Starts and Ends tell of a container's processes; only of those whose behaviours say what they use.
	Starts(now sim.Time, u *Use)
	Ends(now sim.Time, u *Use)
	// Gone tells that nothing is left on its node of a pod that Starts told of.
	Gone(now sim.Time, u *Use)
	// Refuses says why a node takes no such pod because it is short of something; "": it does.
	Refuses(node string, pod *model.Pod) (reason, message string)
}

// Measure has a meter follow what containers use. It must be said before the first pod is seen.
func (f *Fleet) Measure(m Meter) { f.meter = m }

// meterStarts tells the meter of a container that runs now.
func (f *Fleet) meterStarts(now sim.Time, w *worker, i int) {
	c := &w.containers[i]
	if f.meter == nil || c.life.Usage() == nil {
		return
	}
	c.use = &Use{Pod: w.pod, Node: w.host.name, Index: i, Spec: c.spec, Life: c.life, Started: c.rt.cur.started, Layer: c.layer}
	w.use = c.use
	f.meter.Starts(now, c.use)
}

// meterEnds tells it of the end of a container.
func (f *Fleet) meterEnds(c *container) {
	if c.use != nil {
		f.meter.Ends(f.engine.Now(), c.use)
		c.use = nil
	}
}

// meterGone tells it that a pod has left its node.
func (f *Fleet) meterGone(w *worker) {
	if w.use != nil {
		f.meter.Gone(f.engine.Now(), w.use)
		w.use = nil
	}
}

// short says whether the node takes no such pod because it is short of something, nil if it is not.
func (f *Fleet) short(w *worker) *refusal {
	if f.meter == nil {
		return nil
	}
	if reason, message := f.meter.Refuses(w.host.name, w.pod); reason != "" {
		return &refusal{reason, message}
	}
	return nil
}

// Runs says whether a node's kubelet runs.
func (f *Fleet) Runs(node string) bool {
	h := f.known(node)
	return h != nil && !h.trouble.off
}

// Reaches says whether a node's kubelet runs and can reach the control plane.
func (f *Fleet) Reaches(node string) bool { return f.Runs(node) && !f.known(node).trouble.cut }

// Stopped says whether nothing of a pod runs any more and nothing will: it is terminated, or not known.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go podResourcesAreReclaimed.
func (f *Fleet) Stopped(uid string) bool {
	w, ok := f.of(uid)
	return !ok || w.terminated || w.finished
}

// SetShare tells which part of the CPU that it wants a container that runs gets from now on, from 0 to 1.
func (f *Fleet) SetShare(now sim.Time, u *Use, share float64) {
	w, ok := f.workers[u.Pod.UID]
	if !ok || w.containers[u.Index].use != u {
		return
	}
	f.refreshProbes(now, w, u.Index) // what has been so far was answered as it was then
	u.share, u.told = share, true
	w.containers[u.Index].shared()
	f.refreshProbes(now, w, u.Index)
	f.flush(now)
}

// shared has the container's life know the part of the CPU that it gets.
func (c *container) shared() {
	if c.use != nil && c.use.told {
		c.life.SetShare(c.use.share)
	}
}
