package scenarios

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/pressure"
	"towtank.dev/towtank/sim/world"
)

type kubeletBlock struct {
	kubeletSettingsBlock `yaml:",inline"`
	Nodes                []kubeletNodesBlock `yaml:"nodes" doc:"Kubelets that are set otherwise: the first entry that matches a node describes it, and what it leaves out is as the fields beside nodes say."`
	StaticPods           []staticPodsBlock   `yaml:"staticPods" doc:"Pods that kubelets run of files, without the API server, such as those of a control plane. What a node mirrors at the start it has files of, too."`
}

type kubeletNodesBlock struct {
	Match                matchNodesBlock `yaml:"match" doc:"Which nodes; what is left out matches all."`
	MaxPods              *int64          `yaml:"maxPods" doc:"How many pods the kubelet takes: it says so in the node's status. Default: what the node's status says."`
	kubeletSettingsBlock `yaml:",inline"`
}

// kubeletSettingsBlock is what a kubelet can be told. All its fields can be left out, so that one can stand in
// for another.
type kubeletSettingsBlock struct {
	RelistPeriod                *time.Duration       `yaml:"relistPeriod" doc:"Time from one look of the kubelet at its containers to the next: what ends by itself is seen then. 0s: it is seen at once. Default 1.001s."`
	SyncFrequency               *time.Duration       `yaml:"syncFrequency" doc:"After which time a pod is synced again without a reason, drawn up to half as much longer. Default 1m."`
	CrashLoopBackOff            crashBackOffBlock    `yaml:"crashLoopBackOff" doc:"How long crashing containers wait."`
	ShutdownGracePeriod         *time.Duration       `yaml:"shutdownGracePeriod" doc:"How long the pods of a node get in all when it is shut down. Default 0s: it goes off at once."`
	ShutdownGracePeriodCritical *time.Duration       `yaml:"shutdownGracePeriodCriticalPods" doc:"Which part of that, at its end, is for pods of a priority of 2000000000 and more. Default 0s."`
	ShutdownByPriority          []shutdownGraceBlock `yaml:"shutdownGracePeriodByPodPriority" doc:"In their place, how long pods get by their priority: the lowest stop first."`
	Sandbox                     *durationDist        `yaml:"sandbox" doc:"Time that the runtime takes to make a pod's sandbox with its network, a value or distribution. Default 0s."`
	Create                      *durationDist        `yaml:"create" doc:"Time that the runtime takes to create a container, before the startup that behaviours give; a value or distribution. Default 0s."`
	Attach                      *durationDist        `yaml:"attach" doc:"Time until the volume of a claim is attached to the node, unless another pod there has it; a value or distribution. Default 0s."`
	Mount                       *durationDist        `yaml:"mount" doc:"Time that mounting one volume takes, all of a pod's side by side; a value or distribution. The kubelet looks every 300 ms whether all are mounted. Default 0s."`
	evictionBlock               `yaml:",inline"`
}

type shutdownGraceBlock struct {
	Priority                   int32 `yaml:"priority" doc:"The least priority of those pods."`
	ShutdownGracePeriodSeconds int64 `yaml:"shutdownGracePeriodSeconds" doc:"How long they get, in seconds."`
}

type crashBackOffBlock struct {
	MaxContainerRestartPeriod *time.Duration `yaml:"maxContainerRestartPeriod" doc:"Longest wait between two restarts, from 1s to 5m. Default 5m."`
}

// compileKubelet fills in how the kubelets are set, where the scenario says something of them.
func (r *reader) compileKubelet(c *world.Config) {
	b := r.doc.Kubelet
	if b == nil {
		return
	}
	before := r.problems.Len()
	t := r.timers(&b.kubeletSettingsBlock, "kubelet")
	c.Kubelet = &t
	c.Eviction = r.eviction(&b.evictionBlock, "kubelet")
	r.static = r.staticPods()
	c.StaticPods = r.static
	if r.problems.Len() > before {
		return // what entries take over from here would be wrong twice
	}
	for i := range b.Nodes {
		r.kubeletOfNodes(c, &b.Nodes[i], decode.Index("kubelet.nodes", i))
	}
}

// kubeletOfNodes adds how the kubelets of some nodes are set.
func (r *reader) kubeletOfNodes(c *world.Config, b *kubeletNodesBlock, path string) {
	all := &r.doc.Kubelet.kubeletSettingsBlock
	set := b.kubeletSettingsBlock
	if shuts := set.ShutdownGracePeriod != nil || set.ShutdownGracePeriodCritical != nil || set.ShutdownByPriority != nil; shuts {
		but := *all
		but.ShutdownGracePeriod, but.ShutdownGracePeriodCritical, but.ShutdownByPriority = nil, nil, nil
		all = &but
	}
	complete(reflect.ValueOf(&set).Elem(), reflect.ValueOf(all).Elem())
	c.KubeletNodes = append(c.KubeletNodes, kubelet.OfNodes{Match: b.Match.matches, Timers: r.timers(&set, path)})
	evicts := r.eviction(&set.evictionBlock, path)
	if evicts == nil {
		is := pressure.DefaultConfig()
		evicts = &is
	}
	c.EvictionNodes = append(c.EvictionNodes, pressure.OfNodes{Match: b.Match.matches, Config: *evicts})
	if n := b.MaxPods; n != nil && *n < 1 {
		r.addAt(path+".maxPods", "%d, want 1 or more", *n)
	}
}

// complete gives the fields of a block that were left out the values that they have in another.
func complete(block, other reflect.Value) {
	for i := range block.NumField() {
		field := block.Field(i)
		if field.Kind() == reflect.Struct {
			complete(field, other.Field(i))
		} else if field.IsZero() {
			field.Set(other.Field(i))
		}
	}
}

// addProblem notes a problem at a field of a block.
type addProblem func(field, format string, args ...any)

// addAt notes a problem at a field of the scenario, named by its path.
func (r *reader) addAt(path, format string, args ...any) {
	r.problems.Add(r.file, decode.Walk(r.root, path), path, format, args...)
}

// setMaxPods has the nodes of the scenario say how many pods their kubelets take.
func (r *reader) setMaxPods() {
	for _, o := range r.allObjects() {
		n, ok := o.Object.(*model.Node)
		if !ok {
			continue
		}
		for i := range r.doc.Kubelet.Nodes {
			b := &r.doc.Kubelet.Nodes[i]
			if !b.Match.matches(n) {
				continue
			}
			if b.MaxPods != nil {
				most := model.WholeQuantity(*b.MaxPods)
				n.Status.Allocatable = n.Status.Allocatable.With(model.ResourcePods, most)
				if len(n.Status.Capacity) > 0 {
					n.Status.Capacity = n.Status.Capacity.With(model.ResourcePods, most)
				}
			}
			break
		}
	}
}

// timers are the timers of the kubelets that a block, which stands at a path, is about.
func (r *reader) timers(b *kubeletSettingsBlock, path string) kubelet.Timers {
	add := func(field, format string, args ...any) { r.addAt(path+"."+field, format, args...) }
	t := kubelet.DefaultTimers()
	if b.RelistPeriod != nil {
		t.Relist = *b.RelistPeriod
		if t.Relist > 0 && t.Relist < time.Millisecond {
			add("relistPeriod", "%s, want 0s, or 1ms and more", t.Relist)
		}
	}
	if b.SyncFrequency != nil {
		if t.Sync = *b.SyncFrequency; t.Sync < time.Second {
			add("syncFrequency", "%s, want at least 1s", t.Sync)
		}
	}
	if p := b.CrashLoopBackOff.MaxContainerRestartPeriod; p != nil {
		// Source: kubernetes v1.37.2 pkg/kubelet/apis/config/validation/validation.go ValidateKubeletConfiguration.
		if t.MaxBackOff = *p; t.MaxBackOff < time.Second || t.MaxBackOff > 5*time.Minute {
			add("crashLoopBackOff.maxContainerRestartPeriod", "%s, want 1s to 5m", t.MaxBackOff)
		}
	}
	t.Sandbox, t.Create = b.Sandbox.dist(), b.Create.dist()
	t.Attach, t.Mount = b.Attach.dist(), b.Mount.dist()
	t.Shutdown = shutdownPeriods(b, add)
	return t
}

// shutdownPeriods are the times that pods get when their node is shut down, in order of priority.
// Source: kubernetes v1.37.2 pkg/kubelet/apis/config/validation/validation.go ValidateKubeletConfiguration.
func shutdownPeriods(b *kubeletSettingsBlock, add addProblem) []kubelet.ShutdownPeriod {
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
			add(p.name, "%s, want 0s, or 1s and more", *p.to)
		}
	}
	if critical > all {
		add("shutdownGracePeriodCriticalPods", "%s, want at most shutdownGracePeriod, which is %s", critical, all)
	}
	if len(b.ShutdownByPriority) == 0 {
		return kubelet.ShutdownPeriods(all, critical)
	}
	if all != 0 {
		add("shutdownGracePeriodByPodPriority", "cannot stand beside shutdownGracePeriod, want one of them")
	}
	var periods []kubelet.ShutdownPeriod
	for i, p := range b.ShutdownByPriority {
		if p.ShutdownGracePeriodSeconds < 0 {
			add(decode.Index("shutdownGracePeriodByPodPriority", i)+".shutdownGracePeriodSeconds", "%d is negative, want 0 or more", p.ShutdownGracePeriodSeconds)
		}
		periods = append(periods, kubelet.ShutdownPeriod{Priority: p.Priority, Seconds: p.ShutdownGracePeriodSeconds})
	}
	slices.SortStableFunc(periods, func(a, b kubelet.ShutdownPeriod) int { return cmp.Compare(a.Priority, b.Priority) })
	return periods
}

// kubelet lists the timers of the kubelets, where the scenario says something of them.
func (l *parameterList) kubelet(t *kubelet.Timers, path string) {
	if t == nil {
		return
	}
	l.add(path+".relistPeriod", spanOr(t.Relist, "0s"))
	l.add(path+".syncFrequency", t.Sync.String())
	l.add(path+".crashLoopBackOff.maxContainerRestartPeriod", t.MaxBackOff.String())
	for _, p := range t.Shutdown {
		l.add(fmt.Sprintf("%s.shutdownGracePeriodByPodPriority.%d", path, p.Priority), (time.Duration(p.Seconds) * time.Second).String())
	}
	l.add(path+".sandbox", distOr(t.Sandbox, "0s"))
	l.add(path+".create", distOr(t.Create, "0s"))
	l.add(path+".attach", distOr(t.Attach, "0s"))
	l.add(path+".mount", distOr(t.Mount, "0s"))
}
