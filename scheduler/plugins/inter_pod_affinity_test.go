package plugins

import (
	"slices"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

func zoneTerm(name string, change ...func(*model.PodAffinityTerm)) model.PodAffinityTerm {
	t := model.PodAffinityTerm{Selector: appSelector(name), TopologyKey: model.LabelZone}
	for _, f := range change {
		f(&t)
	}
	return t
}

// near and far are required, liking and disliking preferred.
func near(terms ...model.PodAffinityTerm) func(*model.Pod) {
	return func(p *model.Pod) { p.Spec.Affinity = &model.Affinity{PodRequired: terms} }
}

func far(terms ...model.PodAffinityTerm) func(*model.Pod) {
	return func(p *model.Pod) { p.Spec.Affinity = &model.Affinity{PodAntiRequired: terms} }
}

func liking(weight int32, term model.PodAffinityTerm) func(*model.Pod) {
	return func(p *model.Pod) {
		p.Spec.Affinity = &model.Affinity{PodPreferred: []model.WeightedPodAffinityTerm{{Weight: weight, Term: term}}}
	}
}

func disliking(weight int32, term model.PodAffinityTerm) func(*model.Pod) {
	return func(p *model.Pod) {
		p.Spec.Affinity = &model.Affinity{PodAntiPreferred: []model.WeightedPodAffinityTerm{{Weight: weight, Term: term}}}
	}
}

const (
	unmet     = "UnschedulableAndUnresolvable: node(s) didn't match pod affinity rules"
	unwanted  = "Unschedulable: node(s) didn't match pod anti-affinity rules"
	unwelcome = "Unschedulable: node(s) didn't satisfy existing pods anti-affinity rules"
)

// TestPodAffinityFilters has n1 and n2 in zone z1, n3 in z2, and n4 without a zone. The pods that are
// there run on n1.
func TestPodAffinityFilters(t *testing.T) {
	in := func(namespace string) func(*model.Pod) { return func(p *model.Pod) { p.Namespace = namespace } }
	namespaces := func(names ...string) func(*model.PodAffinityTerm) {
		return func(t *model.PodAffinityTerm) { t.Namespaces = names }
	}
	selecting := func(s *model.Selector) func(*model.PodAffinityTerm) {
		return func(t *model.PodAffinityTerm) { t.NamespaceSelector = s }
	}
	invalid := func(t *model.PodAffinityTerm) { t.Invalid = "bad" }
	team := &model.Selector{Requirements: []model.Requirement{{Key: "team", Operator: model.OpIn, Values: []string{"red"}}}}
	red := &model.Namespace{ObjectMeta: model.ObjectMeta{Name: "red", Labels: map[string]string{"team": "red"}}}
	everywhere := func(s string) [4]string { return [4]string{s, s, s, s} }
	for _, c := range []struct {
		name  string
		pod   *model.Pod
		there []*model.Pod
		want  [4]string
	}{
		{"nobody wants anything", pod(nil, app("a")), apps(1), [4]string{}},
		{"the zone of a pod it wants", pod(nil, near(zoneTerm("a"))), apps(1), [4]string{"", "", unmet, unmet}},
		{"nobody it wants is there", pod(nil, near(zoneTerm("x"))), apps(1), everywhere(unmet)},
		// The first of a kind goes anywhere that has the key.
		{"the first pod of those that want each other", pod(nil, app("x"), near(zoneTerm("x"))), apps(1), [4]string{"", "", "", unmet}},
		{"the second is not free any more", pod(nil, app("a"), near(zoneTerm("a"))), apps(1), [4]string{"", "", unmet, unmet}},
		// One and the same pod has to match all terms.
		{"two terms, met by two pods", pod(nil, near(zoneTerm("a"), zoneTerm("b"))), []*model.Pod{pod(nil, app("a")), pod(nil, app("b"))}, everywhere(unmet)},
		{"two terms, met by one", pod(nil, near(zoneTerm("a"), model.PodAffinityTerm{Selector: appSelector("a"), TopologyKey: model.LabelHostname})), apps(1), [4]string{"", unmet, unmet, unmet}},
		{"not the zone of a pod it shuns", pod(nil, far(zoneTerm("a"))), apps(1), [4]string{unwanted, unwanted, "", ""}},
		{"not where one is that shuns it", pod(nil, app("b")), []*model.Pod{pod(nil, far(zoneTerm("b")))}, [4]string{unwelcome, unwelcome, "", ""}},
		{"its own wish is heard first", pod(nil, app("b"), far(zoneTerm("a"))), []*model.Pod{pod(nil, app("a"), far(zoneTerm("b")))}, [4]string{unwanted, unwanted, "", ""}},
		{"terminating pods count", pod(nil, far(zoneTerm("a"))), []*model.Pod{pod(nil, app("a"), func(p *model.Pod) { p.Deleting = true })}, [4]string{unwanted, unwanted, "", ""}},
		{"only the own namespace counts", pod(nil, far(zoneTerm("a"))), []*model.Pod{pod(nil, app("a"), in("red"))}, [4]string{}},
		{"unless namespaces are named", pod(nil, far(zoneTerm("a", namespaces("blue", "red")))), []*model.Pod{pod(nil, app("a"), in("red"))}, [4]string{unwanted, unwanted, "", ""}},
		{"or selected", pod(nil, far(zoneTerm("a", selecting(team)))), []*model.Pod{pod(nil, app("a"), in("red"))}, [4]string{unwanted, unwanted, "", ""}},
		{"selecting does not mean one's own", pod(nil, far(zoneTerm("a", selecting(team)))), apps(1), [4]string{}},
		{"the empty selector means all", pod(nil, far(zoneTerm("a", selecting(&model.Selector{})))), []*model.Pod{pod(nil, app("a"), in("unknown"))}, [4]string{unwanted, unwanted, "", ""}},
		{"a pod there selects by namespace", pod(nil, app("a"), in("red")), []*model.Pod{pod(nil, far(zoneTerm("a", selecting(team))))}, [4]string{unwelcome, unwelcome, "", ""}},
		{"and does not mean others", pod(nil, app("a"), in("blue")), []*model.Pod{pod(nil, far(zoneTerm("a", selecting(team))))}, [4]string{}},
		{"no selector selects nobody", pod(nil, far(model.PodAffinityTerm{TopologyKey: model.LabelZone})), apps(1), [4]string{}},
		{"a term that cannot be parsed", pod(nil, near(zoneTerm("a"), zoneTerm("a", invalid))), apps(1),
			everywhere("UnschedulableAndUnresolvable: parsing pod: requiredAffinityTerms: bad")},
		{"of a pod there, it and its siblings do not count", pod(nil, app("b")), []*model.Pod{pod(nil, far(zoneTerm("b"), zoneTerm("b", invalid)))}, [4]string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := withObjects(t, red)
			nodes := []*framework.NodeInfo{b.node("n1", zone("z1"), c.there...), b.node("n2", zone("z1")), b.node("n3", zone("z2")), b.node("n4", nil)}
			b.listAffinity()
			pl := b.plugin(InterPodAffinity, nil)
			for i, n := range nodes {
				if got := b.filter(pl, c.pod, n); got != c.want[i] {
					t.Errorf("%s: got %q, want %q", n.Name, got, c.want[i])
				}
			}
		})
	}
}

// listAffinity fills the snapshot's lists of nodes whose pods have affinity.
func (b *bench) listAffinity() {
	s := b.handle.Snapshot
	for _, n := range s.Nodes {
		if len(n.WithPodAffinity) > 0 {
			s.WithPodAffinity = append(s.WithPodAffinity, n)
		}
		if len(n.WithRequiredAnti) > 0 {
			s.WithRequiredAnti = append(s.WithRequiredAnti, n)
		}
	}
}

func TestPodAffinityCountsOnTrial(t *testing.T) {
	b := withObjects(t)
	n := b.node("n", zone("z"), pod(nil, app("a"), far(zoneTerm("b"))))
	b.listAffinity()
	pl := b.plugin(InterPodAffinity, nil).(*interPodAffinity)
	p := b.info(pod(nil, app("b"), far(zoneTerm("a"))))
	state, _, _ := pl.PreFilter(p, b.handle.Snapshot)
	trial := pl.CloneState(state)
	pl.RemovePod(trial, p, n.Pods[0], n)
	for i, c := range []struct {
		state any
		want  string
	}{{trial, ""}, {state, unwanted}} {
		if got := verdict(pl.Filter(c.state, p, n)); got != c.want {
			t.Errorf("state %d: got %q, want %q", i, got, c.want)
		}
	}
	pl.AddPod(trial, p, n.Pods[0], n)
	if got := verdict(pl.Filter(trial, p, n)); got != unwanted {
		t.Errorf("put back: got %q", got)
	}
}

// TestPodAffinityScores has n1 with the pods of a case in zone z1, n2 in z1 too, n3 in z2.
func TestPodAffinityScores(t *testing.T) {
	hard := func(weight int32) *InterPodAffinityArgs { return &InterPodAffinityArgs{HardPodAffinityWeight: &weight} }
	host := func(t *model.PodAffinityTerm) { t.TopologyKey = model.LabelHostname }
	for _, c := range []struct {
		name            string
		args            framework.Args
		pod             *model.Pod
		there           []*model.Pod
		raw, normalized []int64
	}{
		{"nobody prefers anything", nil, pod(nil, app("a")), apps(2), nil, nil},
		// Two pods: 2*5.
		{"the weight of each pod that is liked", nil, pod(nil, liking(5, zoneTerm("a"))), apps(2), []int64{10, 10, 0}, []int64{100, 100, 0}},
		// (s - min) / (max - min) with min -10 and max 0.
		{"disliked pods count against", nil, pod(nil, disliking(5, zoneTerm("a"))), apps(2), []int64{-10, -10, 0}, []int64{0, 0, 100}},
		{"pods there like it", nil, pod(nil, app("b")), []*model.Pod{pod(nil, liking(7, zoneTerm("b")))}, []int64{7, 7, 0}, []int64{100, 100, 0}},
		{"pods there dislike it", nil, pod(nil, app("b")), []*model.Pod{pod(nil, disliking(7, zoneTerm("b")))}, []int64{-7, -7, 0}, []int64{0, 0, 100}},
		{"pods there need it near", nil, pod(nil, app("b")), []*model.Pod{pod(nil, near(zoneTerm("b")))}, []int64{1, 1, 0}, []int64{100, 100, 0}},
		{"as much as is configured", hard(40), pod(nil, app("b")), []*model.Pod{pod(nil, near(zoneTerm("b")))}, []int64{40, 40, 0}, []int64{100, 100, 0}},
		{"which may be nothing", hard(0), pod(nil, app("b")), []*model.Pod{pod(nil, near(zoneTerm("b")))}, nil, nil},
		// 3 for the zone, 4 for the host: n1 7, n2 3. 100*3/7 = 42.8 is cut.
		{"domains add up", nil, pod(nil, app("b")), []*model.Pod{pod(nil, liking(3, zoneTerm("b"))), pod(nil, liking(4, zoneTerm("b", host)))}, []int64{7, 3, 0}, []int64{100, 42, 0}},
		// It is liked by 5 and disliked by 5 in the same domain: weighed, and all equal.
		{"equal everywhere is nothing", nil, pod(nil, app("b")), []*model.Pod{pod(nil, liking(5, zoneTerm("b"))), pod(nil, disliking(5, zoneTerm("b")))}, []int64{0, 0, 0}, []int64{0, 0, 0}},
		{"wishes of pods there can be ignored", &InterPodAffinityArgs{IgnorePreferredTermsOfExistingPods: true}, pod(nil, app("b")), []*model.Pod{pod(nil, liking(7, zoneTerm("b")))}, nil, nil},
		// 7 of the pod there, and 5 of its own.
		{"unless the pod has some itself", &InterPodAffinityArgs{IgnorePreferredTermsOfExistingPods: true}, pod(nil, app("b"), liking(5, zoneTerm("a"))),
			[]*model.Pod{pod(nil, app("a"), liking(7, zoneTerm("b")))}, []int64{12, 12, 0}, []int64{100, 100, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := withObjects(t)
			b.node("n1", zone("z1"), c.there...)
			b.node("n2", zone("z1"))
			b.node("n3", zone("z2"))
			b.listAffinity()
			pl := b.plugin(InterPodAffinity, c.args)
			if got := b.score(pl, c.pod); !slices.Equal(got, c.raw) {
				t.Errorf("raw: got %v, want %v", got, c.raw)
			}
			if got := b.normalized(pl, c.pod); !slices.Equal(got, c.normalized) {
				t.Errorf("normalised: got %v, want %v", got, c.normalized)
			}
		})
	}
}
