package kubelet

import (
	"fmt"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// The crash back-off.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go MaxCrashLoopBackOff, initialCrashLoopBackOff,
// newCrashLoopBackOff (backOffReset does not follow a maximum that is set).
const (
	backOffBase  = 10 * time.Second
	backOffMax   = 300 * time.Second
	backOffReset = 2 * backOffMax
)

// backoff is what a container has to wait for its next start, counted from its last end.
type backoff struct {
	wait     time.Duration // 0: no entry
	advanced sim.Time      // when it was last raised
}

// pending is the wait that applies at an instant to a container that ended at another.
// Source: kubernetes v1.37.2 client-go util/flowcontrol/backoff.go IsInBackOffSince, GC.
func (b *backoff) pending(now, ended sim.Time) time.Duration {
	if b.wait == 0 || ended.Sub(b.advanced) > backOffReset {
		return 0
	}
	if now.Sub(b.advanced) > backOffReset {
		*b = backoff{} // cleaned up meanwhile
		return 0
	}
	return b.wait
}

// advance raises the wait at a start. An entry that has not been raised for long begins anew.
// Source: kubernetes v1.37.2 client-go util/flowcontrol/backoff.go Next, GC.
func (b *backoff) advance(now sim.Time, longest time.Duration) {
	if b.wait == 0 || now.Sub(b.advanced) > backOffReset {
		b.wait = min(backOffBase, longest)
	} else {
		b.wait = min(2*b.wait, longest)
	}
	b.advanced = now
}

// backOff says whether a container has to wait for its next start, and lets it wait. It goes by the last
// instance that had ended when the sync began: one that this very sync has killed does not count yet.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_manager.go doBackOff.
func (f *Fleet) backOff(now sim.Time, w *worker, c *container) bool {
	last := c.view.lastExited()
	if last == nil {
		return false
	}
	wait := c.backoff.pending(now, last.finished)
	if due := last.finished.Add(wait); now < due {
		f.tell(w, c, apiserver.Warning, "BackOff", fmt.Sprintf("Back-off restarting failed container %s in pod %s_%s(%s)",
			c.spec.Name, w.pod.Name, w.pod.Namespace, w.pod.UID))
		w.fail(c, "CrashLoopBackOff", fmt.Sprintf("back-off %s restarting failed container=%s pod=%s_%s(%s)",
			wait, c.spec.Name, w.pod.Name, w.pod.Namespace, w.pod.UID))
		w.retryAt = min(w.retryAt, due)
		return true
	}
	c.backoff.advance(now, w.host.timers.MaxBackOff)
	return false
}
