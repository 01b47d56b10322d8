package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim/kubelet"
)

type kubeletBlock struct {
	RelistPeriod                *time.Duration       `yaml:"relistPeriod" doc:"Time from one look of the kubelet at its containers to the next: what ends by itself is seen then. 0s: it is seen at once. Default 1.001s."`
	SyncFrequency               *time.Duration       `yaml:"syncFrequency" doc:"After which time a pod is synced again without a reason, drawn up to half as much longer. Default 1m."`
	CrashLoopBackOff            crashBackOffBlock    `yaml:"crashLoopBackOff" doc:"How long crashing containers wait."`
	ShutdownGracePeriod         *time.Duration       `yaml:"shutdownGracePeriod" doc:"How long the pods of a node get in all when it is shut down. Default 0s: it goes off at once."`
	ShutdownGracePeriodCritical *time.Duration       `yaml:"shutdownGracePeriodCriticalPods" doc:"Which part of that, at its end, is for pods of a priority of 2000000000 and more. Default 0s."`
	ShutdownByPriority          []shutdownGraceBlock `yaml:"shutdownGracePeriodByPodPriority" doc:"In their place, how long pods get by their priority: the lowest stop first."`
	Sandbox                     *durationDist        `yaml:"sandbox" doc:"Time that the runtime takes to make a pod's sandbox with its network, a value or distribution. Default 0s."`
	Create                      *durationDist        `yaml:"create" doc:"Time that the runtime takes to create a container, before the startup that behaviours give; a value or distribution. Default 0s."`
	StaticPods                  []staticPodsBlock    `yaml:"staticPods" doc:"Pods that kubelets run of files, without the API server, such as those of a control plane. What a node mirrors at the start it has files of, too."`
	evictionBlock               `yaml:",inline"`
}

type shutdownGraceBlock struct {
	Priority                   int32 `yaml:"priority" doc:"The least priority of those pods."`
	ShutdownGracePeriodSeconds int64 `yaml:"shutdownGracePeriodSeconds" doc:"How long they get, in seconds."`
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
	t.Shutdown = r.shutdownPeriods(b)
	return &t
}

// shutdownPeriods are the times that pods get when their node is shut down, in order of priority.
// Source: kubernetes v1.37.2 pkg/kubelet/apis/config/validation/validation.go ValidateKubeletConfiguration.
func (r *reader) shutdownPeriods(b *kubeletBlock) []kubelet.ShutdownPeriod {
	var all, critical time.Duration
	for _, p := range []struct {
		name string
		from *time.Duration
		to   *time.Duration
	}{{"shutdownGracePeriod", b.ShutdownGracePeriod, &all}, {"shutdownGracePeriodCriticalPods", b.ShutdownGracePeriodCritical, &critical}} {
		if p.from == nil {
			continue
		}
		if *p.to = *p.from; *p.to != 0 && *p.to < time.Second {
			r.add("kubelet."+p.name, "%s, want 0s, or 1s and more", *p.to)
		}
	}
	if critical > all {
		r.add("kubelet.shutdownGracePeriodCriticalPods", "%s, want at most shutdownGracePeriod, which is %s", critical, all)
	}
	if len(b.ShutdownByPriority) == 0 {
		return kubelet.ShutdownPeriods(all, critical)
	}
	if all != 0 {
		r.add("kubelet.shutdownGracePeriodByPodPriority", "cannot stand beside shutdownGracePeriod, want one of them")
	}
	var periods []kubelet.ShutdownPeriod
	for i, p := range b.ShutdownByPriority {
		if p.ShutdownGracePeriodSeconds < 0 {
			r.add(decode.Index("kubelet.shutdownGracePeriodByPodPriority", i)+".shutdownGracePeriodSeconds", "%d is negative, want 0 or more", p.ShutdownGracePeriodSeconds)
		}
		periods = append(periods, kubelet.ShutdownPeriod{Priority: p.Priority, Seconds: p.ShutdownGracePeriodSeconds})
	}
	slices.SortStableFunc(periods, func(a, b kubelet.ShutdownPeriod) int { return cmp.Compare(a.Priority, b.Priority) })
	return periods
}

// kubelet lists the timers of the kubelets, where the scenario says something of them.
func (l *parameterList) kubelet(t *kubelet.Timers) {
	if t == nil {
		return
	}
	l.add("kubelet.relistPeriod", spanOr(t.Relist, "0s"))
	l.add("kubelet.syncFrequency", t.Sync.String())
	l.add("kubelet.crashLoopBackOff.maxContainerRestartPeriod", t.MaxBackOff.String())
	for _, p := range t.Shutdown {
		l.add(fmt.Sprintf("kubelet.shutdownGracePeriodByPodPriority.%d", p.Priority), (time.Duration(p.Seconds) * time.Second).String())
	}
	l.add("kubelet.sandbox", distOr(t.Sandbox, "0s"))
	l.add("kubelet.create", distOr(t.Create, "0s"))
}
