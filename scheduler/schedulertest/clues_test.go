package schedulertest_test

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/schedulertest"
)

// TestRejectionsComeWithFiguresAndNames has one node, in zone a, and says what each plugin adds to its reason.
func TestRejectionsComeWithFiguresAndNames(t *testing.T) {
	zone := func(words ...string) []string { return append([]string{"label:" + model.LabelZone + "=a"}, words...) }
	app := func(name string) *model.Selector {
		return &model.Selector{Requirements: []model.Requirement{{Key: "app", Operator: model.OpIn, Values: []string{name}}}}
	}
	db := model.PodAffinityTerm{Selector: app("db"), TopologyKey: model.LabelZone}
	with := func(change func(*model.PodSpec), words ...string) *model.Pod {
		p := schedulertest.Pod("p", words...)
		change(p.Spec)
		return p
	}
	plain := func(*model.PodSpec) {}
	there := func(change func(*model.PodSpec), words ...string) *model.Pod {
		p := with(change, words...)
		p.Name, p.UID = "there", "there"
		return schedulertest.On("n", p)
	}
	required := func(r ...model.Requirement) func(*model.PodSpec) {
		return func(s *model.PodSpec) {
			s.Affinity = &model.Affinity{NodeRequired: &model.NodeSelector{}}
			for i := range r {
				s.Affinity.NodeRequired.Terms = append(s.Affinity.NodeRequired.Terms, model.NodeSelectorTerm{MatchExpressions: r[i : i+1]})
			}
		}
	}
	port := func(s *model.PodSpec) {
		s.Containers = []model.Container{{Name: "c", Ports: []model.ContainerPort{{HostPort: 80, Protocol: "TCP"}}}}
	}
	for _, c := range []struct {
		what string
		node []string
		pod  *model.Pod
		on   *model.Pod
		want string
	}{
		// 4 − 3.5 = 0.5 free.
		{"too little CPU free", nil, with(plain, "cpu=1"), there(plain, "cpu=3500m"), "cpu: wants 1, 0.5 of 4 free"},
		{"more wanted than there is", nil, with(plain, "memory=32Gi"), nil, "memory: wants 32Gi, the node has 16Gi in all"},
		{"several at once", []string{"pods=1"}, with(plain, "cpu=2"), there(plain, "cpu=3"), "pods: wants 1, 0 of 1 free; cpu: wants 2, 1 of 4 free"},
		{"an extended resource", []string{"nvidia.com/gpu=2"}, with(plain, "nvidia.com/gpu=2"), there(plain, "nvidia.com/gpu=1"), "nvidia.com/gpu: wants 2, 1 of 2 free"},
		// 16 GiB less one byte is 16Gi to two places.
		{"a difference too small for the unit", nil, with(plain, "memory=16Gi"), there(plain, "memory=1"), "memory: wants 17179869184, 17179869183 of 16Gi free"},
		{"nodeSelector", zone(), with(func(s *model.PodSpec) { s.NodeSelector = map[string]string{model.LabelZone: "b"} }), nil,
			"wants topology.kubernetes.io/zone=b, the node has a"},
		{"terms of node affinity", zone(), with(required(model.Requirement{Key: "disk", Operator: model.OpExists},
			model.Requirement{Key: model.LabelZone, Operator: model.OpNotIn, Values: []string{"a", "c"}})), nil,
			"wants disk, the node has no such label; or topology.kubernetes.io/zone notin (a, c), the node has a"},
		{"a taken port", nil, with(port), there(port), "taken: 80/TCP"},
		{"affinity without a match", zone(), with(func(s *model.PodSpec) { s.Affinity = &model.Affinity{PodRequired: []model.PodAffinityTerm{db}} }), nil,
			"no pod with app=db anywhere"},
		{"affinity without a domain", nil, with(func(s *model.PodSpec) { s.Affinity = &model.Affinity{PodRequired: []model.PodAffinityTerm{db}} }), nil,
			"the node has no label topology.kubernetes.io/zone"},
		{"anti-affinity", zone(), with(func(s *model.PodSpec) { s.Affinity = &model.Affinity{PodAntiRequired: []model.PodAffinityTerm{db}} }), there(plain, "label:app=db"),
			"1 pod with app=db in topology.kubernetes.io/zone=a"},
		{"anti-affinity of others", zone(), with(plain, "label:app=db"),
			there(func(s *model.PodSpec) { s.Affinity = &model.Affinity{PodAntiRequired: []model.PodAffinityTerm{db}} }),
			"1 pod in topology.kubernetes.io/zone=a keeps pods like this one away by its own rules"},
		// Zone b, on the other node, has none.
		{"spread", zone(), with(func(s *model.PodSpec) {
			s.SpreadTerms = []model.TopologySpreadConstraint{{MaxSkew: 1, TopologyKey: model.LabelZone, WhenUnsatisfiable: model.DoNotSchedule, Selector: app("web")}}
		}, "label:app=web"), there(plain, "label:app=web"), "topology.kubernetes.io/zone=a would have 2 pods with app=web, the emptiest domain has 0: maxSkew is 1"},
	} {
		k := schedulertest.Case{Nodes: []*model.Node{schedulertest.Node("n", c.node...), schedulertest.Node("other", "label:"+model.LabelZone+"=b")}, Pod: c.pod}
		k.Nodes[1].Taints = []model.Taint{{Key: "kept", Value: "out", Effect: model.NoSchedule}}
		if c.on != nil {
			k.Running = []*model.Pod{c.on}
		}
		got := schedulertest.Schedule(t, k).Cycle.Detail.Rejected
		if len(got) != 2 || got[0].Clue.Text != c.want || got[1].Clue.Text != "taint kept=out:NoSchedule" {
			t.Errorf("%s:\n got %+v\nwant %s", c.what, got, c.want)
		}
	}
}
