package scheduler

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/plugins"
)

// drawing makes random clusters in which ties, full nodes and odd cases are common.
type drawing struct {
	r *rand.Rand
	// features are the names of what pods may have beyond the plain.
	features string
	complete bool // every node has the usual labels
	specs    []*model.PodSpec
	// keepSpecs has no new specs drawn.
	keepSpecs bool
	versions  uint64 // of objects
}

func (d *drawing) has(feature string) bool { return strings.Contains(d.features, feature) }

// one draws one of the given.
func one[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// equalOptions draws a configuration: two of one seed are equal and share nothing.
func equalOptions(seed uint64) Options {
	r := rand.New(rand.NewPCG(seed, 99))
	o := Options{Seed: seed, TieBreak: one(r, TieUpstream, TieUpstream, TieRandom, TieName)}
	c := &config.Configuration{APIVersion: config.APIVersion, Kind: config.Kind, PercentageOfNodesToScore: one(r, nil, ptr[int32](0), ptr[int32](1), ptr[int32](100))}
	c.Profiles = []config.Profile{equalProfile(r, config.DefaultSchedulerName), equalProfile(r, "other")}
	o.Config = c
	return o
}

func equalProfile(r *rand.Rand, name string) config.Profile {
	p := config.Profile{SchedulerName: &name, Plugins: &config.Plugins{}}
	if r.IntN(2) == 0 {
		return p
	}
	strategy := one(r, plugins.LeastAllocated, plugins.MostAllocated, plugins.RequestedToCapacityRatio)
	fit := &plugins.NodeResourcesFitArgs{ScoringStrategy: &plugins.ScoringStrategy{Type: strategy}}
	for _, resource := range []string{"cpu", "memory", "ephemeral-storage", "example.com/gpu"} {
		if r.IntN(2) == 0 {
			fit.ScoringStrategy.Resources = append(fit.ScoringStrategy.Resources, plugins.ResourceSpec{Name: resource, Weight: one[int64](r, 1, 1, 3)})
		}
	}
	if strategy == plugins.RequestedToCapacityRatio {
		fit.ScoringStrategy.RequestedToCapacityRatio = &plugins.RatioParam{Shape: []plugins.ShapePoint{{Utilization: 0, Score: 0}, {Utilization: 70, Score: 10}, {Utilization: 100, Score: 3}}}
	}
	p.PluginConfig = append(p.PluginConfig, config.PluginConfig{Name: plugins.NodeResourcesFit, Args: fit})
	if r.IntN(2) == 0 {
		balanced := &plugins.NodeResourcesBalancedAllocationArgs{Resources: []plugins.ResourceSpec{{Name: "cpu", Weight: 1}, {Name: "memory", Weight: 1}, {Name: "example.com/gpu", Weight: 1}}[:1+r.IntN(3)]}
		p.PluginConfig = append(p.PluginConfig, config.PluginConfig{Name: plugins.NodeResourcesBalancedAllocation, Args: balanced})
	}
	set := func(s *config.PluginSet, name string, weight int32) {
		s.Enabled = append(s.Enabled, config.Plugin{Name: name, Weight: &weight})
	}
	if r.IntN(3) == 0 {
		spread := &plugins.PodTopologySpreadArgs{DefaultingType: plugins.ListDefaulting, DefaultConstraints: []plugins.DefaultConstraint{
			{MaxSkew: 1, TopologyKey: model.LabelZone, WhenUnsatisfiable: one(r, string(model.DoNotSchedule), string(model.ScheduleAnyway))}}}
		p.PluginConfig = append(p.PluginConfig, config.PluginConfig{Name: plugins.PodTopologySpread, Args: spread})
	}
	if r.IntN(2) == 0 {
		p.PluginConfig = append(p.PluginConfig, config.PluginConfig{Name: plugins.InterPodAffinity, Args: &plugins.InterPodAffinityArgs{
			HardPodAffinityWeight: ptr(one[int32](r, 0, 1, 7)), IgnorePreferredTermsOfExistingPods: r.IntN(2) == 0}})
	}
	switch r.IntN(5) {
	case 0:
		set(&p.Plugins.Score, plugins.NodeResourcesFit, 7)
	case 1: // what is listed again comes first
		p.Plugins.Filter.Enabled = append(p.Plugins.Filter.Enabled, config.Plugin{Name: plugins.PodTopologySpread}, config.Plugin{Name: plugins.NodeResourcesFit})
	case 2:
		p.Plugins.Score.Disabled = append(p.Plugins.Score.Disabled, config.Plugin{Name: one(r, plugins.TaintToleration, plugins.NodeResourcesBalancedAllocation, plugins.ImageLocality)})
	case 3:
		p.Plugins.Filter.Disabled = append(p.Plugins.Filter.Disabled, config.Plugin{Name: one(r, plugins.TaintToleration, plugins.NodeAffinity)})
	}
	if r.IntN(6) == 0 {
		p.PercentageOfNodesToScore = ptr[int32](30)
	}
	return p
}

// node draws a node, sometimes one that differs little from what it was.
func (d *drawing) node(name string, old *model.Node) *model.Node {
	r := d.r
	n := &model.Node{}
	if old != nil && r.IntN(2) == 0 {
		*n = *old
	}
	n.Name = name
	if n.Labels == nil || r.IntN(2) == 0 {
		n.Labels = map[string]string{"disk": one(r, "ssd", "hdd")}
		if d.complete || r.IntN(8) > 0 {
			n.Labels[model.LabelZone] = one(r, "a", "b", "c")
		}
		if d.complete || r.IntN(8) > 0 {
			n.Labels[model.LabelHostname] = name
		}
		if r.IntN(3) == 0 {
			n.Labels["rack"] = one(r, "r1", "r2", "r3", "r4", "r5")
		}
	}
	if r.IntN(2) == 0 {
		n.Taints = nil
		for range r.IntN(3) {
			n.Taints = append(n.Taints, model.Taint{Key: one(r, "spot", "gpu", "x"), Value: one(r, "", "v"), Effect: one(r, model.NoSchedule, model.PreferNoSchedule, model.PreferNoSchedule)})
		}
	}
	n.Unschedulable = r.IntN(15) == 0
	if n.Status.Allocatable == nil || r.IntN(4) == 0 {
		n.Status.Allocatable = model.ResourceList{
			{Name: "cpu", Quantity: model.MilliQuantity(one[int64](r, 0, 1000, 2000, 4000, 4000))},
			{Name: "memory", Quantity: model.WholeQuantity(one[int64](r, 0, 1<<30, 4<<30, 8<<30, 8<<30))},
			{Name: "pods", Quantity: model.WholeQuantity(one[int64](r, 2, 5, 20, 110))},
		}
		if r.IntN(3) == 0 {
			n.Status.Allocatable = n.Status.Allocatable.With("ephemeral-storage", model.WholeQuantity(10<<30)).With("example.com/gpu", model.WholeQuantity(4))
		}
	}
	if r.IntN(3) == 0 {
		n.Status.Images = nil
		for range r.IntN(3) {
			n.Status.Images = append(n.Status.Images, model.ContainerImage{Names: []string{one(r, "app:1", "db:2", "web:latest")}, SizeBytes: one[int64](r, 10<<20, 300<<20, 900<<20)})
		}
	}
	return n
}

// pod draws a pod, more often than not of a spec that has been drawn before.
func (d *drawing) pod(number int) *model.Pod {
	r := d.r
	pod := &model.Pod{}
	pod.Name, pod.Namespace = fmt.Sprintf("p%d", number), one(r, "default", "default", "other")
	pod.UID, pod.Labels = pod.Name, d.podLabels()
	if len(d.specs) == 0 || !d.keepSpecs && r.IntN(3) == 0 {
		d.specs = append(d.specs, d.spec())
	}
	pod.Spec = d.specs[max(0, len(d.specs)-1-r.IntN(8))]
	if r.IntN(12) == 0 {
		pod.Status.Resize = &model.ResizeStatus{Allocated: map[string]model.ResourceList{"c0": d.requests()}, Infeasible: r.IntN(4) == 0}
	}
	if d.has("services") && r.IntN(10) == 0 {
		pod.Owners = []model.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "rs1", Controller: true}}
	}
	return pod
}

func (d *drawing) podLabels() map[string]string {
	labels := map[string]string{"app": one(d.r, "red", "blue", "green")}
	if d.r.IntN(3) == 0 {
		labels["tier"] = one(d.r, "front", "back")
	}
	return labels
}

func (d *drawing) spec() *model.PodSpec {
	r := d.r
	s := &model.PodSpec{SchedulerName: one(r, config.DefaultSchedulerName, config.DefaultSchedulerName, "other"), Priority: one[int32](r, 0, 0, 0, 10, 100)}
	for i := range 1 + r.IntN(2) {
		s.Containers = append(s.Containers, model.Container{Name: fmt.Sprint("c", i), Image: one(r, "app:1", "db:2", "web", "none:3"), Requests: d.requests()})
	}
	if r.IntN(4) == 0 {
		s.Containers[0].Ports = []model.ContainerPort{{HostPort: one[int32](r, 80, 81), Protocol: "TCP"}}
	}
	for range r.IntN(3) {
		s.Tolerations = append(s.Tolerations, model.Toleration{Key: one(r, "spot", "gpu", "x", ""), Operator: one(r, "Exists", "Equal", ""), Value: one(r, "", "v"), Effect: one(r, "", model.NoSchedule, model.PreferNoSchedule)})
	}
	if r.IntN(8) == 0 {
		s.Tolerations = append(s.Tolerations, model.Toleration{Key: model.TaintUnschedulable, Operator: "Exists"})
	}
	if r.IntN(5) == 0 {
		s.NodeSelector = map[string]string{"disk": "ssd"}
	}
	if r.IntN(3) == 0 {
		s.Affinity = &model.Affinity{}
		d.nodeAffinity(s.Affinity)
	}
	if r.IntN(10) == 0 { // as pods of DaemonSets have it
		s.Affinity = &model.Affinity{NodeRequired: &model.NodeSelector{Terms: []model.NodeSelectorTerm{
			{MatchFields: []model.Requirement{{Key: model.FieldName, Operator: model.OpIn, Values: []string{fmt.Sprintf("n%03d", r.IntN(8))}}}}}}}
	}
	if d.has("spread") && r.IntN(2) == 0 {
		d.spread(s)
	}
	if d.has("volumes") && r.IntN(3) > 0 {
		d.volumes(s)
	}
	if d.has("affinity") && r.IntN(2) == 0 {
		if s.Affinity == nil {
			s.Affinity = &model.Affinity{}
		}
		d.podAffinity(s.Affinity)
	}
	return s
}

func (d *drawing) topologyKey() string {
	return one(d.r, model.LabelZone, model.LabelZone, model.LabelHostname, model.LabelHostname, "rack", "disk")
}

func (d *drawing) selector() *model.Selector {
	r := d.r
	switch r.IntN(12) {
	case 0:
		return nil
	case 1:
		return &model.Selector{}
	case 2:
		return &model.Selector{Requirements: []model.Requirement{{Key: "tier", Operator: one(r, model.OpExists, model.OpDoesNotExist)}}}
	}
	return &model.Selector{Requirements: []model.Requirement{{Key: "app", Operator: model.OpIn, Values: []string{one(r, "red", "blue", "green")}}}}
}

func (d *drawing) spread(s *model.PodSpec) {
	r := d.r
	for range 1 + r.IntN(3) {
		c := model.TopologySpreadConstraint{MaxSkew: one[int32](r, 1, 1, 2, 5), TopologyKey: d.topologyKey(), Selector: d.selector(),
			WhenUnsatisfiable: one(r, model.DoNotSchedule, model.ScheduleAnyway), HonorAffinity: r.IntN(3) > 0, HonorTaints: r.IntN(3) == 0}
		if r.IntN(6) == 0 {
			c.MinDomains = ptr[int32](3)
		}
		if r.IntN(6) == 0 {
			c.MatchLabelKeys = []string{"tier"}
		}
		if r.IntN(40) == 0 {
			c.Invalid = "cannot be parsed"
		}
		s.SpreadTerms = append(s.SpreadTerms, c)
	}
}

func (d *drawing) podAffinity(a *model.Affinity) {
	r := d.r
	term := func() model.PodAffinityTerm {
		t := model.PodAffinityTerm{Selector: d.selector(), TopologyKey: d.topologyKey()}
		switch r.IntN(8) {
		case 0:
			t.Namespaces = []string{"other"}
		case 1:
			t.NamespaceSelector = one(r, &model.Selector{}, &model.Selector{Requirements: []model.Requirement{{Key: "team", Operator: model.OpIn, Values: []string{"x"}}}})
		}
		if r.IntN(60) == 0 {
			t.Invalid = "cannot be parsed"
		}
		return t
	}
	if r.IntN(3) == 0 {
		for range 1 + r.IntN(2) {
			a.PodRequired = append(a.PodRequired, term())
		}
	}
	if r.IntN(3) == 0 {
		a.PodAntiRequired = append(a.PodAntiRequired, term())
	}
	for range r.IntN(3) {
		a.PodPreferred = append(a.PodPreferred, model.WeightedPodAffinityTerm{Weight: one[int32](r, 1, 50, 100), Term: term()})
	}
	for range r.IntN(3) {
		a.PodAntiPreferred = append(a.PodAntiPreferred, model.WeightedPodAffinityTerm{Weight: one[int32](r, 1, 50, 100), Term: term()})
	}
}

func (d *drawing) nodeAffinity(a *model.Affinity) {
	r := d.r
	term := func() model.NodeSelectorTerm {
		t := model.NodeSelectorTerm{MatchExpressions: []model.Requirement{{Key: one(r, "disk", "rack", model.LabelZone), Operator: one(r, model.OpIn, model.OpNotIn, model.OpExists), Values: []string{one(r, "ssd", "r1", "a")}}}}
		if t.MatchExpressions[0].Operator == model.OpExists {
			t.MatchExpressions[0].Values = nil
		}
		if r.IntN(12) == 0 {
			t = model.NodeSelectorTerm{MatchFields: []model.Requirement{{Key: model.FieldName, Operator: model.OpIn, Values: []string{"n001"}}}}
		}
		return t
	}
	if r.IntN(2) == 0 {
		a.NodeRequired = &model.NodeSelector{}
		for range 1 + r.IntN(2) {
			a.NodeRequired.Terms = append(a.NodeRequired.Terms, term())
		}
	}
	for range r.IntN(3) {
		a.NodePreferred = append(a.NodePreferred, model.PreferredNodeTerm{Weight: one[int32](r, 1, 5, 50, 100), Term: term()})
	}
	if r.IntN(15) == 0 && len(a.NodePreferred) > 0 {
		a.NodePreferred[0].Term.Invalid = "cannot be parsed"
	}
}

func (d *drawing) requests() model.ResourceList {
	r := d.r
	var list model.ResourceList
	if r.IntN(5) > 0 {
		list = list.With("cpu", model.MilliQuantity(one[int64](r, 0, 1, 100, 250, 1000)))
	}
	if r.IntN(5) > 0 {
		list = list.With("memory", model.WholeQuantity(one[int64](r, 0, 1, 100<<20, 1<<30)))
	}
	if r.IntN(6) == 0 {
		list = list.With("ephemeral-storage", model.WholeQuantity(1<<30))
	}
	if r.IntN(6) == 0 {
		list = list.With("example.com/gpu", model.WholeQuantity(1))
	}
	return list
}

// object draws a service or an owner of pods.
func (d *drawing) object() model.Object {
	r := d.r
	if r.IntN(3) == 0 {
		n := &model.Namespace{}
		n.Name, n.Labels = one(r, "default", "other"), map[string]string{"team": one(r, "x", "y")}
		return n
	}
	if r.IntN(2) == 0 {
		s := &model.Service{Selector: map[string]string{"app": one(r, "red", "blue")}}
		s.Name, s.Namespace = one(r, "s1", "s2"), one(r, "default", "other")
		return s
	}
	s := &model.ReplicaSet{Selector: &model.Selector{Requirements: []model.Requirement{{Key: "app", Operator: model.OpIn, Values: []string{one(r, "red", "green")}}}}}
	s.Name, s.Namespace = "rs1", one(r, "default", "other")
	return s
}
