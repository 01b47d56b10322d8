package kubelet

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// makeSandbox makes the pod's sandbox with its address.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_manager.go SyncPod (step 4).
func (f *Fleet) makeSandbox(now sim.Time, w *worker) (over bool) {
	if w.host.timers.Sandbox != nil {
		f.scratch = f.ids.Of("sandbox").Of(w.pod.UID).Draw(w.draws)
		w.starting = f.at(now.Add(sim.SampleDuration(w.host.timers.Sandbox, &f.scratch)), opSandbox, w, 0)
		return false
	}
	f.sandboxUp(now, w)
	return true
}

// sandboxReady is the end of making a sandbox that took its time.
func (f *Fleet) sandboxReady(now sim.Time, w *worker) {
	f.sandboxUp(now, w)
	f.stepDone(now, w)
}

// sandboxUp tells at once that the sandbox is there: before images are pulled.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go OnPodSandboxReady.
func (f *Fleet) sandboxUp(now sim.Time, w *worker) {
	w.sandbox = sandboxUp
	f.giveAddress(w)
	if w.status.Condition(model.PodReadyToStartContainers) == nil {
		return
	}
	s := &f.next
	copyStatus(s, &w.status)
	for i := range s.Conditions {
		if c := &s.Conditions[i]; c.Type == model.PodReadyToStartContainers {
			*c = model.PodCondition{Type: c.Type, Status: "True", LastTransition: c.LastTransition}
		}
	}
	f.say(now, w, s)
}

// giveAddress gives the pod its address: the node's, if it shares its network.
func (f *Fleet) giveAddress(w *worker) {
	if w.pod.Spec.HostNetwork || w.address.IsValid() {
		return
	}
	w.address = w.host.addresses.take()
	if w.address.IsValid() {
		w.ip = w.address.String()
	}
}

// sandboxStopped is the end of the sandbox, whose containers have all stopped.
func (f *Fleet) sandboxStopped(w *worker) {
	if w.sandbox == sandboxUp {
		w.sandbox = sandboxDown
	}
}
