package kubelet

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// refusal is why a kubelet does not take a pod.
type refusal struct{ reason, message string }

// admit lets a pod onto its node, or has it fail.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go HandlePodAdditions, rejectPod.
func (f *Fleet) admit(w *worker) bool {
	if w.pod.Deleting {
		w.count()
		return true
	}
	r := f.refuses(w)
	if r == nil {
		return true
	}
	f.tellPod(w, apiserver.Warning, r.reason, r.message)
	w.rejected, w.known, w.finished = true, true, true
	w.status = model.PodStatus{ObservedGeneration: w.pod.Generation, Phase: model.PodFailed, Reason: r.reason, Message: "Pod was rejected: " + r.message,
		Started: f.engine.Now(), HasStarted: true}
	f.mark(w)
	return false
}

// count counts what a pod takes of its node, until it is terminated.
func (w *worker) count() {
	w.counted = true
	w.host.active++
	w.host.used = w.host.used.plus(w.requests)
}

// discount is a pod that is terminated: what it took is free for others.
func (w *worker) discount() {
	if w.counted {
		w.counted = false
		w.host.active--
		w.host.used = w.host.used.minus(w.requests)
	}
}

// requestsOf is what a pod requests. Pods of one template, which often come one after another, share it.
func (f *Fleet) requestsOf(pod *model.Pod) model.ResourceList {
	if pod.Status.Resize != nil {
		return pod.EffectiveRequests()
	}
	if f.asked != pod.Spec {
		f.asked, f.answer = pod.Spec, pod.Spec.EffectiveRequests()
	}
	return f.answer
}

// amounts are what the pods of a node have been given, by resource.
type amounts []amount

type amount struct {
	name  string
	total model.Quantity
}

func (a amounts) plus(requests model.ResourceList) amounts {
	for _, r := range requests {
		a = a.add(r.Name, r.Quantity)
	}
	return a
}

func (a amounts) minus(requests model.ResourceList) amounts {
	for _, r := range requests {
		a = a.add(r.Name, model.Quantity{Units: -r.Quantity.Units, Nanos: -r.Quantity.Nanos})
	}
	return a
}

func (a amounts) add(name string, q model.Quantity) amounts {
	for i := range a {
		if a[i].name == name {
			a[i].total = a[i].total.Add(q)
			return a
		}
	}
	return append(a, amount{name, q})
}

func (a amounts) of(name string) model.Quantity {
	for i := range a {
		if a[i].name == name {
			return a[i].total
		}
	}
	return model.Quantity{}
}

// refuses says why the node does not take a pod, nil if it does, or will as soon as others have stopped: for
// a critical pod that fits but for its requests.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go NewMainKubelet (the order of the handlers).
func (f *Fleet) refuses(w *worker) *refusal {
	if r := f.short(w); r != nil {
		return r
	}
	if r := w.host.shuttingDown(); r != nil {
		return r
	}
	short := w.host.shortages(w.requests)
	if len(short) == 0 || Critical(w.pod) {
		if r := w.host.mismatch(w.pod, w.static != nil); r != nil {
			return r
		}
	}
	switch {
	case len(short) == 0:
		w.count()
		return nil
	case Critical(w.pod):
		return f.preempt(f.engine.Now(), w, short)
	}
	return short[0].refusal()
}

// shortages are the resources of which the node has not enough left, in the order in which they are looked at.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/noderesources/fit.go fitsRequest.
func (h *host) shortages(requests model.ResourceList) (out []shortage) {
	allocatable := h.node.Status.Allocatable
	if limit, ok := allocatable.Get(model.ResourcePods); ok && int64(h.active)+1 > limit.Value() {
		out = append(out, shortage{model.ResourcePods, 1, int64(h.active), limit.Value()})
	}
	for _, r := range requests {
		limit, ok := allocatable.Get(r.Name)
		if r.Quantity.IsZero() || !ok && r.Name != model.ResourceCPU && r.Name != model.ResourceMemory {
			continue
		}
		used := h.used.of(r.Name)
		if used.Add(r.Quantity).Cmp(limit) > 0 {
			s := shortage{r.Name, r.Quantity.Value(), used.Value(), limit.Value()}
			if r.Name == model.ResourceCPU {
				s = shortage{r.Name, r.Quantity.MilliValue(), used.MilliValue(), limit.MilliValue()}
			}
			out = append(out, s)
		}
	}
	return out
}

// mismatch says why the node is not for a pod, whatever room there is; nil: it is. Taints are nothing to
// static pods.
// Source: kubernetes v1.37.2 pkg/kubelet/lifecycle/predicate.go Admit, generalFilter;
// pkg/scheduler/eventhandlers.go AdmissionCheck.
func (h *host) mismatch(pod *model.Pod, static bool) *refusal {
	for k, v := range pod.Spec.NodeSelector {
		if got, ok := h.node.Labels[k]; !ok || got != v {
			return predicate("NodeAffinity", "node(s) didn't match Pod's node affinity/selector")
		}
	}
	if a := pod.Spec.Affinity; a != nil && a.NodeRequired != nil && !a.NodeRequired.Matches(h.node.Name, h.node.Labels) {
		return predicate("NodeAffinity", "node(s) didn't match Pod's node affinity/selector")
	}
	if h.portsTaken(pod) {
		return predicate("NodePorts", "node(s) didn't have free ports for the requested pod ports")
	}
	for i := range h.node.Taints {
		if t := &h.node.Taints[i]; !static && t.Effect == model.NoExecute && !t.ToleratedBy(pod.Spec.Tolerations) {
			return predicate("TaintToleration", "node(s) had taints that the pod didn't tolerate")
		}
	}
	return nil
}

func predicate(name, why string) *refusal {
	return &refusal{name, "Predicate " + name + " failed: " + why}
}
