package kubelet

import (
	"fmt"
	"strings"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// What a kubelet says of pods that it stops so that a critical one has room.
// Source: kubernetes v1.37.2 pkg/kubelet/preemption/preemption.go; pkg/kubelet/events/event.go PreemptContainer.
const (
	preempting       = "Preempting"
	preemptedMessage = "Preempted in order to admit critical pod"
	preemptedTarget  = "Pod was preempted by Kubelet to accommodate a critical pod."
)

// shortage is a resource of which a node has not enough left for a pod: cores in thousandths, else units.
type shortage struct {
	resource                  string
	requested, used, capacity int64
}

// missing is how much must come free.
func (s *shortage) missing() int64 { return s.requested - (s.capacity - s.used) }

func (s *shortage) refusal() *refusal {
	return &refusal{"OutOf" + s.resource, fmt.Sprintf("Node didn't have enough resource: %s, requested: %d, used: %d, capacity: %d",
		s.resource, s.requested, s.used, s.capacity)}
}

// preemption is a critical pod that waits until the pods that are in its way have stopped, one after another.
type preemption struct {
	victims []*worker // the first is being stopped
	timer   sim.Handle
}

// wants is how much of each resource must come free.
type wants []shortage

// preempt has pods stop that are in the way of a critical one. It returns why that is not possible, nil when
// it has begun or nothing needs to stop.
//
// Differs from upstream: while it waits, the kubelet goes on with its other pods.
// Source: kubernetes v1.37.2 pkg/kubelet/preemption/preemption.go HandleAdmissionFailure, evictPodsToFreeRequests.
func (f *Fleet) preempt(now sim.Time, w *worker, short []shortage) *refusal {
	victims, err := w.host.victims(w, short)
	if err != nil {
		return &refusal{"UnexpectedAdmissionError",
			"Unexpected error while attempting to recover from admission failure: preemption: error finding a set of pods to preempt: " + err.Error()}
	}
	w.count()
	if len(victims) > 0 {
		w.preemption = &preemption{victims: victims}
		w.host.preemptions++
		f.preemptNext(now, w)
	}
	return nil
}

// preemptNext stops the first of the pods that are left, and admits the critical pod when none is.
// Source: kubernetes v1.37.2 pkg/kubelet/pod_workers.go killPodNow (the time that it waits).
func (f *Fleet) preemptNext(now sim.Time, w *worker) {
	p := w.preemption
	for len(p.victims) > 0 && (p.victims[0].terminated || p.victims[0].dropped) {
		p.victims = p.victims[1:]
	}
	if len(p.victims) == 0 {
		f.endPreemption(w)
		f.loop(now, w)
		return
	}
	victim := p.victims[0]
	grace := victim.pod.Spec.TerminationGracePeriodSeconds
	wait := time.Duration(max(grace+grace/2, 10)) * time.Second
	p.timer = f.at(now.Add(wait), opPreempt, w, 0)
	f.tellPod(victim, apiserver.Warning, preempting, preemptedMessage)
	if !victim.terminating {
		victim.evict = &eviction{reason: preempting, message: preemptedMessage, condition: model.PodCondition{
			Type: model.DisruptionTarget, Status: "True", Reason: "TerminationByKubelet", Message: preemptedTarget}}
		f.update(now, victim)
	}
}

// preempted goes on when a pod of a node has stopped that others may wait for, or when one has waited long
// enough for it.
func (f *Fleet) preempted(now sim.Time, w *worker) {
	p := w.preemption
	f.engine.Cancel(p.timer)
	p.victims = p.victims[1:]
	f.preemptNext(now, w)
}

// stopped has those go on that have waited for a pod to stop.
func (f *Fleet) stopped(now sim.Time, victim *worker) {
	if victim.host.preemptions == 0 {
		return
	}
	for w := victim.host.first; w != nil; w = w.next {
		if p := w.preemption; p != nil && len(p.victims) > 0 && p.victims[0] == victim {
			f.preempted(now, w)
		}
	}
}

func (f *Fleet) endPreemption(w *worker) {
	if w.preemption != nil {
		f.engine.Cancel(w.preemption.timer)
		w.preemption = nil
		w.host.preemptions--
	}
}

// victims are the pods to stop for a critical one: of those of the higher classes of service as few as
// possible. They come in the order in which they are stopped.
// Source: kubernetes v1.37.2 pkg/kubelet/preemption/preemption.go getPodsToPreempt, sortPodsByQOS.
func (h *host) victims(critical *worker, short wants) ([]*worker, error) {
	var classes [3][]*worker // BestEffort, Burstable, Guaranteed
	for w := h.first; w != nil; w = w.next {
		if w == critical || !w.begun || w.terminated || w.finished || !preemptable(critical.pod, w.pod) {
			continue
		}
		switch w.pod.Status.QOSClass {
		case "Guaranteed":
			classes[2] = append(classes[2], w)
		case "Burstable":
			classes[1] = append(classes[1], w)
		default:
			classes[0] = append(classes[0], w)
		}
	}
	all := append(append(append([]*worker(nil), classes[0]...), classes[1]...), classes[2]...)
	if left := short.without(all); len(left) > 0 {
		return nil, left.unmet()
	}
	guaranteed, err := nearest(classes[2], short.without(all[:len(classes[0])+len(classes[1])]))
	if err != nil {
		return nil, err
	}
	burstable, err := nearest(classes[1], short.without(append(append([]*worker(nil), classes[0]...), guaranteed...)))
	if err != nil {
		return nil, err
	}
	bestEffort, err := nearest(classes[0], short.without(append(append([]*worker(nil), burstable...), guaranteed...)))
	return append(append(bestEffort, burstable...), guaranteed...), err
}

// preemptable says whether one pod may be stopped for another.
// Source: kubernetes v1.37.2 pkg/kubelet/types/pod_update.go Preemptable.
func preemptable(by, pod *model.Pod) bool {
	if Critical(by) && !Critical(pod) {
		return true
	}
	return by.Spec.HasPriority && pod.Spec.HasPriority && by.Spec.Priority > pod.Spec.Priority
}

// nearest chooses pods that together request what is wanted: again and again the one that leaves the least to
// be wanted, of several the smallest.
// Source: kubernetes v1.37.2 pkg/kubelet/preemption/preemption.go getPodsToPreemptByDistance.
func nearest(pods []*worker, short wants) (out []*worker, err error) {
	pods = append([]*worker(nil), pods...)
	for len(short) > 0 {
		if len(pods) == 0 {
			return nil, short.unmet()
		}
		best, least := 0, float64(len(short)+1)
		for i, w := range pods {
			if d := short.distance(w); d < least || d == least && smaller(w, pods[best]) {
				best, least = i, d
			}
		}
		short = short.without(pods[best : best+1])
		out = append(out, pods[best])
		pods[best] = pods[len(pods)-1]
		pods = pods[:len(pods)-1]
	}
	return out, nil
}

// distance is how much is still wanted once a pod has stopped.
// Source: kubernetes v1.37.2 pkg/kubelet/preemption/preemption.go distance.
func (a wants) distance(w *worker) (sum float64) {
	for i := range a {
		if rest := float64(a[i].missing() - w.request(a[i].resource)); rest > 0 {
			share := rest / float64(a[i].missing())
			sum += share * share
		}
	}
	return sum
}

// without is what is wanted once pods have stopped.
func (a wants) without(pods []*worker) (out wants) {
	for _, s := range a {
		for _, w := range pods {
			s.requested -= w.request(s.resource)
		}
		if s.missing() > 0 {
			out = append(out, s)
		}
	}
	return out
}

func (a wants) unmet() error {
	var text strings.Builder
	for i := range a {
		fmt.Fprintf(&text, "(res: %s, q: %d), ", a[i].resource, a[i].missing())
	}
	return fmt.Errorf("no set of running pods found to reclaim resources: [%s]", text.String())
}

// smaller says whether one pod requests less than another, of memory and then of CPU.
// Source: kubernetes v1.37.2 pkg/kubelet/preemption/preemption.go smallerResourceRequest.
func smaller(a, b *worker) bool {
	for _, name := range [2]string{model.ResourceMemory, model.ResourceCPU} {
		if x, y := a.request(name), b.request(name); x != y {
			return x < y
		}
	}
	return true
}

// request is what a pod requests of a resource, in the units of a shortage.
// Source: kubernetes v1.37.2 pkg/api/v1/resource/helpers.go GetResourceRequest.
func (w *worker) request(name string) int64 {
	if name == model.ResourcePods {
		return 1
	}
	q, _ := w.requests.Get(name)
	if name == model.ResourceCPU {
		return q.MilliValue()
	}
	return q.Value()
}
