package scenarios

import (
	"time"

	"towtank.dev/towtank/sim/kubelet"
)

type kubeletBlock struct {
	RelistPeriod     *time.Duration    `yaml:"relistPeriod" doc:"Time from one look of the kubelet at its containers to the next: what ends by itself is seen then. 0s: it is seen at once. Default 1.001s."`
	SyncFrequency    *time.Duration    `yaml:"syncFrequency" doc:"After which time a pod is synced again without a reason, drawn up to half as much longer. Default 1m."`
	CrashLoopBackOff crashBackOffBlock `yaml:"crashLoopBackOff" doc:"How long crashing containers wait."`
	Sandbox          *durationDist     `yaml:"sandbox" doc:"Time that the runtime takes to make a pod's sandbox with its network, a value or distribution. Default 0s."`
	Create           *durationDist     `yaml:"create" doc:"Time that the runtime takes to create a container, before the startup that behaviours give; a value or distribution. Default 0s."`
}

type crashBackOffBlock struct {
	MaxContainerRestartPeriod *time.Duration `yaml:"maxContainerRestartPeriod" doc:"Longest wait between two restarts, from 1s to 5m. Default 5m."`
}

// kubelet are the timers of the kubelets; nil when the scenario says nothing of them.
func (r *reader) kubelet() *kubelet.Timers {
	b := r.doc.Kubelet
	if b == nil {
		return nil
	}
	t := kubelet.DefaultTimers()
	if b.RelistPeriod != nil {
		t.Relist = *b.RelistPeriod
		if t.Relist > 0 && t.Relist < time.Millisecond {
			r.add("kubelet.relistPeriod", "%s, want 0s, or 1ms and more", t.Relist)
		}
	}
	if b.SyncFrequency != nil {
		if t.Sync = *b.SyncFrequency; t.Sync < time.Second {
			r.add("kubelet.syncFrequency", "%s, want at least 1s", t.Sync)
		}
	}
	if p := b.CrashLoopBackOff.MaxContainerRestartPeriod; p != nil {
		// Source: kubernetes v1.37.2 pkg/kubelet/apis/config/validation/validation.go ValidateKubeletConfiguration.
		if t.MaxBackOff = *p; t.MaxBackOff < time.Second || t.MaxBackOff > 5*time.Minute {
			r.add("kubelet.crashLoopBackOff.maxContainerRestartPeriod", "%s, want 1s to 5m", t.MaxBackOff)
		}
	}
	t.Sandbox, t.Create = b.Sandbox.dist(), b.Create.dist()
	return &t
}

// kubelet lists the timers of the kubelets, where the scenario says something of them.
func (l *parameterList) kubelet(t *kubelet.Timers) {
	if t == nil {
		return
	}
	l.add("kubelet.relistPeriod", spanOr(t.Relist, "0s"))
	l.add("kubelet.syncFrequency", t.Sync.String())
	l.add("kubelet.crashLoopBackOff.maxContainerRestartPeriod", t.MaxBackOff.String())
	l.add("kubelet.sandbox", distOr(t.Sandbox, "0s"))
	l.add("kubelet.create", distOr(t.Create, "0s"))
}
