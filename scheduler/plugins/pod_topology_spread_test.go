package plugins

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// zone labels a node with its zone.
func zone(name string) func(*model.Node) {
	return func(n *model.Node) { n.Labels[model.LabelZone] = name }
}

// app labels a pod and is what appSelector selects.
func app(name string) func(*model.Pod) {
	return func(p *model.Pod) { p.Labels = map[string]string{"app": name} }
}

func appSelector(name string) *model.Selector {
	return &model.Selector{Requirements: []model.Requirement{{Key: "app", Operator: model.OpIn, Values: []string{name}}}}
}

// apps are so many pods labelled app=a.
func apps(count int) []*model.Pod {
	var out []*model.Pod
	for range count {
		out = append(out, pod(nil, app("a")))
	}
	return out
}

func spreading(terms ...model.TopologySpreadConstraint) func(*model.Pod) {
	return func(p *model.Pod) { p.Spec.SpreadTerms = terms }
}

func hardZone(change ...func(*model.TopologySpreadConstraint)) model.TopologySpreadConstraint {
	c := model.TopologySpreadConstraint{MaxSkew: 1, TopologyKey: model.LabelZone, WhenUnsatisfiable: model.DoNotSchedule,
		Selector: appSelector("a"), HonorAffinity: true}
	for _, f := range change {
		f(&c)
	}
	return c
}

const (
	skewed     = "Unschedulable: node(s) didn't match pod topology spread constraints"
	unlabelled = "UnschedulableAndUnresolvable: node(s) didn't match pod topology spread constraints (missing required label)"
)

// TestSpreadFilters has zones z1 with 2 matching pods on n1 and 1 on n2, z2 with 1 on n3, and n4 without
// a zone.
func TestSpreadFilters(t *testing.T) {
	three := int32(3)
	leaving := func(p *model.Pod) { p.Deleting = true }
	elsewhere := func(p *model.Pod) { p.Namespace = "other" }
	for _, c := range []struct {
		name string
		pod  *model.Pod
		more []*model.Pod // on n3
		want [4]string
	}{
		{"no constraint, no say", pod(nil, app("a")), nil, [4]string{}},
		// z1: 3 + 1 - 1 = 3 > 1; z2: 1 + 1 - 1 = 1.
		{"the fuller zone is too full", pod(nil, app("a"), spreading(hardZone())), nil, [4]string{skewed, skewed, "", unlabelled}},
		// z1: 3 + 0 - 1 = 2 > 1: a pod that is not counted itself.
		{"a pod that does not count itself", pod(nil, app("b"), spreading(hardZone())), nil, [4]string{skewed, skewed, "", unlabelled}},
		// z1: 3 + 0 - 1 = 2; it may be 2.
		{"the skew that is allowed", pod(nil, app("b"), spreading(hardZone(func(c *model.TopologySpreadConstraint) { c.MaxSkew = 2 }))), nil, [4]string{"", "", "", unlabelled}},
		// Two domains are fewer than three: the least is 0. z2: 1 + 1 - 0 = 2 > 1.
		{"too few domains", pod(nil, app("a"), spreading(hardZone(func(c *model.TopologySpreadConstraint) { c.MinDomains = &three }))), nil, [4]string{skewed, skewed, skewed, unlabelled}},
		// z2 gets 2 more: least 3, z1: 3 + 1 - 3 = 1.
		{"pods that come count", pod(nil, app("a"), spreading(hardZone())), apps(2), [4]string{"", "", "", unlabelled}},
		{"terminating pods do not count", pod(nil, app("a"), spreading(hardZone())), []*model.Pod{pod(nil, app("a"), leaving), pod(nil, app("a"), leaving)}, [4]string{skewed, skewed, "", unlabelled}},
		{"pods of other namespaces do not count", pod(nil, app("a"), spreading(hardZone())), []*model.Pod{pod(nil, app("a"), elsewhere), pod(nil, app("a"), elsewhere)}, [4]string{skewed, skewed, "", unlabelled}},
		// Nothing is counted: all zones are equal, and a pod that counts itself makes a skew of 1.
		{"a selector of nothing", pod(nil, app("a"), spreading(hardZone(func(c *model.TopologySpreadConstraint) { c.Selector = nil }))), nil, [4]string{"", "", "", unlabelled}},
		{"a selector of everything counts nothing", pod(nil, app("a"), spreading(hardZone(func(c *model.TopologySpreadConstraint) { c.Selector = &model.Selector{} }))), nil, [4]string{"", "", "", unlabelled}},
		// Only pods of the same version count; there are none.
		{"label keys narrow the selector", pod(nil, app("a"), func(p *model.Pod) { p.Labels["version"] = "2" },
			spreading(hardZone(func(c *model.TopologySpreadConstraint) { c.MatchLabelKeys = []string{"version", "absent"} }))), nil, [4]string{"", "", "", unlabelled}},
		// Only z1 is a domain: z1: 3 + 1 - 3 = 1. z2 is none, so that its count is 0: 0 + 1 - 3 < 1.
		{"nodes out of reach are no domain", pod(nil, app("a"), spreading(hardZone()), func(p *model.Pod) { p.Spec.NodeSelector = map[string]string{model.LabelZone: "z1"} }), nil, [4]string{"", "", "", unlabelled}},
		{"unless reach is ignored", pod(nil, app("a"), spreading(hardZone(func(c *model.TopologySpreadConstraint) { c.HonorAffinity = false })), func(p *model.Pod) { p.Spec.NodeSelector = map[string]string{model.LabelZone: "z1"} }), nil, [4]string{skewed, skewed, "", unlabelled}},
		// n3 is tainted: with taints honoured only z1 is a domain.
		{"tainted nodes are no domain when taints count", pod(nil, app("a"), spreading(hardZone(func(c *model.TopologySpreadConstraint) { c.HonorTaints = true }))), nil, [4]string{"", "", "", unlabelled}},
		{"soft constraints do not filter", pod(nil, app("a"), spreading(hardZone(func(c *model.TopologySpreadConstraint) { c.WhenUnsatisfiable = model.ScheduleAnyway }))), nil, [4]string{}},
		{"a selector that cannot be parsed", pod(nil, app("a"), spreading(hardZone(func(c *model.TopologySpreadConstraint) { c.Invalid = "bad" }))), nil, [4]string{
			"Error: get constraints from pod: obtaining pod's hard topology spread constraints: bad", "Error: get constraints from pod: obtaining pod's hard topology spread constraints: bad",
			"Error: get constraints from pod: obtaining pod's hard topology spread constraints: bad", "Error: get constraints from pod: obtaining pod's hard topology spread constraints: bad"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := withObjects(t)
			tainted := func(n *model.Node) {
				zone("z2")(n)
				n.Taints = []model.Taint{{Key: "k", Effect: model.NoSchedule}}
			}
			nodes := []*framework.NodeInfo{b.node("n1", zone("z1"), apps(2)...), b.node("n2", zone("z1"), apps(1)...),
				b.node("n3", tainted, append(apps(1), c.more...)...), b.node("n4", nil)}
			pl := b.plugin(PodTopologySpread, nil)
			for i, n := range nodes {
				if got := b.filter(pl, c.pod, n); got != c.want[i] {
					t.Errorf("%s: got %q, want %q", n.Name, got, c.want[i])
				}
			}
		})
	}
}

// TestSpreadCountsOnTrial: taking a pod off and putting it back changes what Filter says, in a copy only.
func TestSpreadCountsOnTrial(t *testing.T) {
	b := withObjects(t)
	n1, n2 := b.node("n1", zone("z1"), apps(1)...), b.node("n2", zone("z2"))
	pl := b.plugin(PodTopologySpread, nil).(*podTopologySpread)
	p := b.info(pod(nil, app("a"), spreading(hardZone())))
	state, _, _ := pl.PreFilter(p, b.handle.Snapshot)
	// z1: 1 + 1 - 0 = 2 > 1.
	if got := verdict(pl.Filter(state, p, n1)); got != skewed {
		t.Fatalf("before: got %q", got)
	}
	trial := pl.CloneState(state)
	pl.RemovePod(trial, p, n1.Pods[0], n1)
	if got := verdict(pl.Filter(trial, p, n1)); got != "" {
		t.Errorf("with the pod off: got %q", got)
	}
	// z1 has 2, z2 none: z2 takes it, z1 does not.
	pl.AddPod(trial, p, n1.Pods[0], n1)
	pl.AddPod(trial, p, n1.Pods[0], n1)
	if got := verdict(pl.Filter(trial, p, n1)); got != skewed {
		t.Errorf("with two on: got %q", got)
	}
	if got := verdict(pl.Filter(trial, p, n2)); got != "" {
		t.Errorf("the other zone: got %q", got)
	}
	if got := verdict(pl.Filter(state, p, n1)); got != skewed {
		t.Errorf("the original: got %q", got)
	}
}

// TestLeastTwoKeepsTheLeast holds it against a plain minimum while one domain's count wanders.
func TestLeastTwoKeepsTheLeast(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		counts, least := map[string]int{}, newLeastTwo()
		for i := range 1 + r.IntN(6) {
			counts[strconv.Itoa(i)] = r.IntN(5)
		}
		for value, count := range counts {
			least.set(value, count)
		}
		wanderer := strconv.Itoa(r.IntN(len(counts)))
		for range 10 {
			counts[wanderer] = max(0, counts[wanderer]+r.IntN(5)-2)
			least.set(wanderer, counts[wanderer])
			want := counts[wanderer]
			for _, count := range counts {
				want = min(want, count)
			}
			if least[0].count != want {
				t.Fatalf("least of %v: got %d, want %d", counts, least[0].count, want)
			}
		}
	}
}

func TestSpreadScores(t *testing.T) {
	soft := func(key string, skew int32) model.TopologySpreadConstraint {
		return model.TopologySpreadConstraint{MaxSkew: skew, TopologyKey: key, WhenUnsatisfiable: model.ScheduleAnyway, Selector: appSelector("a"), HonorAffinity: true}
	}
	service := &model.Service{Selector: map[string]string{"app": "a"}}
	service.Name, service.Namespace = "s", "default"
	for _, c := range []struct {
		name            string
		pod             *model.Pod
		objects         []model.Object
		raw, normalized []int64
	}{
		// Four hosts: ln(4+2) = 1.792; two zones: ln(2+2) = 1.386. Zones hold 3 and 1.
		// n1: 2*1.792+2 + 3*1.386+4 = 13.74; n2: 1.792+2 + 4.159+4 = 11.95; n3: 1.792+2 + 1.386+4 = 9.18; n4: 2 + 1.386+4 = 7.39.
		// 100*(14+7-14)/14 = 50, 100*(21-12)/14 = 64, 100*(21-9)/14 = 85, 100*(21-7)/14 = 100.
		{"the system's defaults, for pods of a service", pod(nil, app("a")), []model.Object{service}, []int64{14, 12, 9, 7}, []int64{50, 64, 85, 100}},
		{"the system's defaults need a service or an owner", pod(nil, app("a")), nil, nil, nil},
		// Zones only: 3*1.386 = 4.16, 1.386: raw 4, 4, 1, 1. 100*(4+1-4)/4 = 25, 100*(5-1)/4 = 100.
		{"a soft constraint of one's own", pod(nil, app("a"), spreading(soft(model.LabelZone, 1))), []model.Object{service}, []int64{4, 4, 1, 1}, []int64{25, 25, 100, 100}},
		// No node has the key: all are ignored.
		{"nodes without the key get nothing", pod(nil, app("a"), spreading(soft("rack", 1))), nil, []int64{0, 0, 0, 0}, []int64{0, 0, 0, 0}},
		{"nothing to count is as good as it gets", pod(nil, app("a"), spreading(func() model.TopologySpreadConstraint {
			c := soft(model.LabelZone, 1)
			c.Selector = appSelector("nobody")
			return c
		}())), nil, []int64{0, 0, 0, 0}, []int64{100, 100, 100, 100}},
		{"hard constraints do not score", pod(nil, app("a"), spreading(hardZone())), []model.Object{service}, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := withObjects(t, c.objects...)
			b.node("n1", zone("z1"), apps(2)...)
			b.node("n2", zone("z1"), apps(1)...)
			b.node("n3", zone("z2"), apps(1)...)
			b.node("n4", zone("z2"))
			pl := b.plugin(PodTopologySpread, nil).(*podTopologySpread)
			raw := b.score(pl, c.pod)
			if !slices.Equal(raw, c.raw) {
				t.Fatalf("raw: got %v, want %v", raw, c.raw)
			}
			if raw == nil {
				return
			}
			state, _ := pl.PreScore(nil, b.info(c.pod), b.handle.Snapshot.Nodes)
			pl.NormalizeScore(state, nil, b.handle.Snapshot.Nodes, raw)
			if !slices.Equal(raw, c.normalized) {
				t.Errorf("normalised: got %v, want %v", raw, c.normalized)
			}
		})
	}
}
