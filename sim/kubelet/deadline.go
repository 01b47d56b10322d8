package kubelet

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// The end of a pod that has been active for too long.
// Source: kubernetes v1.37.2 pkg/kubelet/active_deadline.go.
const (
	reasonDeadline  = "DeadlineExceeded"
	messageDeadline = "Pod was active on the node longer than the specified deadline"
)

// overdue is the instant from which on a pod has been active for too long: its activeDeadlineSeconds after
// the whole second of its start.
// Source: kubernetes v1.37.2 pkg/kubelet/active_deadline.go pastActiveDeadline.
func (f *Fleet) overdue(w *worker) (sim.Time, bool) {
	limit := w.pod.Spec.ActiveDeadlineSeconds
	if limit == nil || !w.before().HasStarted {
		return sim.Never, false
	}
	return f.wholeSecond(w.before().Started).Add(time.Duration(*limit) * time.Second), true
}

// armDeadline has the pod synced at the first tick after its deadline.
func (f *Fleet) armDeadline(now sim.Time, w *worker) {
	f.engine.Cancel(w.deadline)
	if at, limited := f.overdue(w); limited {
		w.deadline = f.at(max(atOrAfter(at, w.host.ticks, tickPeriod), now), opDeadline, w, 0)
	}
}

// checkDeadline has a pod fail that is past its deadline.
// Source: kubernetes v1.37.2 pkg/kubelet/active_deadline.go ShouldEvict.
func (f *Fleet) checkDeadline(now sim.Time, w *worker, s *model.PodStatus) {
	if at, limited := f.overdue(w); limited && now >= at {
		f.tellPod(w, apiserver.Normal, reasonDeadline, messageDeadline)
		s.Phase, s.Reason, s.Message = model.PodFailed, reasonDeadline, messageDeadline
	}
}
