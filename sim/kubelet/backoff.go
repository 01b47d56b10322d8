package kubelet

import (
	"fmt"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// The crash back-off.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go MaxCrashLoopBackOff, initialCrashLoopBackOff;
// client-go util/flowcontrol/backoff.go hasExpired (twice the maximum).
const (
	backOffBase  = 10 * time.Second
	backOffMax   = 300 * time.Second
	backOffReset = 2 * backOffMax
	// recheck is after which time a container that waits long is looked at again and shown in
	// CrashLoopBackOff.
	// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go, sync frequency of 1 min.
	recheck = 60 * time.Second
)

// backoff is what a container has to wait for its next start, counted from its end.
type backoff struct {
	wait     time.Duration // 0: no entry
	advanced sim.Time      // when it was last raised
}

// pending is the wait that applies to a container that ended at an instant.
func (b *backoff) pending(ended sim.Time) time.Duration {
	if b.wait == 0 || ended.Sub(b.advanced) > backOffReset {
		return 0
	}
	return b.wait
}

// advance raises the wait at a start. An entry that has not been raised for long begins anew.
// Source: kubernetes v1.37.2 client-go util/flowcontrol/backoff.go Next.
func (b *backoff) advance(now sim.Time) {
	if b.wait == 0 || now.Sub(b.advanced) > backOffReset {
		b.wait = backOffBase
	} else {
		b.wait = min(2*b.wait, backOffMax)
	}
	b.advanced = now
}

// backOff queues a container that has ended for its next start, or makes it wait first.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_manager.go doBackOff.
func (f *Fleet) backOff(now sim.Time, w *worker, i int) {
	c := &w.containers[i]
	c.held = c.backoff.pending(c.endedAt)
	c.due = c.endedAt.Add(c.held)
	if c.due <= now {
		c.backoff.advance(now)
		w.queue = append(w.queue, i)
		return
	}
	f.tellBackOff(w, c)
	c.wait = f.at(min(c.due, now.Add(recheck)), opWaited, w, i)
}

// waited is the end of a wait, or of a part of one. The status says CrashLoopBackOff from here on, as
// the kubelet's does: at the next look, not when the container ended.
func (f *Fleet) waited(now sim.Time, w *worker, i int) {
	c := &w.containers[i]
	if w.stopping {
		return
	}
	c.crash = true
	if now < c.due {
		f.tellBackOff(w, c)
		c.wait = f.at(min(c.due, now.Add(recheck)), opWaited, w, i)
		if !w.passing {
			f.report(now, w)
		}
		return
	}
	f.sync(now, w)
}

func (f *Fleet) tellBackOff(w *worker, c *container) {
	f.tell(w, c, apiserver.Warning, "BackOff", fmt.Sprintf("Back-off restarting failed container %s in pod %s_%s(%s)",
		c.spec.Name, w.pod.Name, w.pod.Namespace, w.pod.UID))
}

// tell emits an event about a container.
func (f *Fleet) tell(w *worker, c *container, kind, reason, message string) {
	f.api.Events.Emit(w.pod, apiserver.Note{Type: kind, Reason: reason, Message: message, Component: "kubelet",
		Host: w.host.name, FieldPath: c.path})
}
