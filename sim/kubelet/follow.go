package kubelet

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// Follower is told of every container that begins or ends to run, whatever is said of it. It is told in the
// middle of a kubelet's work, and must not call the Fleet but for what that knows. Containers are numbered,
// init containers first.
type Follower interface {
	// Runs tells that a container runs from now on.
	Runs(now sim.Time, pod *model.Pod, container int)
	// Stops tells that a container does not run from now on; it may be told of one that has not run.
	Stops(now sim.Time, pod *model.Pod, container int)
}

// Follow has a follower told of what runs. It must be said before the first pod is seen.
func (f *Fleet) Follow(x Follower) { f.follower = x }

// ContainerRuns says whether a container of a pod runs on its node now.
func (f *Fleet) ContainerRuns(uid string, container int) bool {
	w, ok := f.workers[uid]
	return ok && container < len(w.containers) && w.containers[container].running()
}

// followRuns tells the follower of a container that runs now.
func (f *Fleet) followRuns(now sim.Time, w *worker, i int) {
	if f.follower != nil {
		f.follower.Runs(now, w.pod, i)
	}
}

// followStops tells it of one that does not any more.
func (f *Fleet) followStops(now sim.Time, w *worker, i int) {
	if f.follower != nil {
		f.follower.Stops(now, w.pod, i)
	}
}
