package plugins

import (
	"slices"
	"testing"

	"towtank.dev/towtank/model"
)

func expression(key string, op model.Operator, values ...string) model.NodeSelectorTerm {
	return model.NodeSelectorTerm{MatchExpressions: []model.Requirement{{Key: key, Operator: op, Values: values}}}
}

func named(op model.Operator, names ...string) model.NodeSelectorTerm {
	return model.NodeSelectorTerm{MatchFields: []model.Requirement{{Key: model.FieldName, Operator: op, Values: names}}}
}

func requiring(terms ...model.NodeSelectorTerm) func(*model.Pod) {
	return func(p *model.Pod) { p.Spec.Affinity = &model.Affinity{NodeRequired: &model.NodeSelector{Terms: terms}} }
}

func labels(pairs ...string) func(*model.Node) {
	return func(n *model.Node) {
		for i := 0; i < len(pairs); i += 2 {
			n.Labels[pairs[i]] = pairs[i+1]
		}
	}
}

func TestNodeAffinityFilter(t *testing.T) {
	b := newBench(t)
	n := b.node("n", labels("zone", "a", "cores", "8"))
	pl := b.plugin(NodeAffinity, nil)
	const mismatch = "UnschedulableAndUnresolvable: node(s) didn't match Pod's node affinity/selector"
	invalid := expression("zone", "In", "a")
	invalid.Invalid = "cannot be parsed"
	for _, c := range []struct {
		name string
		pod  *model.Pod
		want string
	}{
		{"nodeSelector matches", pod(nil, func(p *model.Pod) { p.Spec.NodeSelector = map[string]string{"zone": "a"} }), ""},
		{"nodeSelector asks for an absent label with an empty value", pod(nil, func(p *model.Pod) { p.Spec.NodeSelector = map[string]string{"gpu": ""} }), mismatch},
		{"nodeSelector matches, affinity does not", pod(nil, requiring(expression("zone", "In", "b")), func(p *model.Pod) { p.Spec.NodeSelector = map[string]string{"zone": "a"} }), mismatch},
		{"one of two terms is enough", pod(nil, requiring(expression("zone", "In", "b"), expression("cores", "Gt", "4"))), ""},
		{"Gt is strict", pod(nil, requiring(expression("cores", "Gt", "8"))), mismatch},
		{"an empty term matches nothing", pod(nil, requiring(model.NodeSelectorTerm{})), mismatch},
		{"a term that cannot be parsed matches nothing", pod(nil, requiring(invalid)), mismatch},
		{"no term at all matches nothing", pod(nil, requiring()), mismatch},
		{"the node by name", pod(nil, requiring(named("In", "n"))), ""},
		{"every node but this", pod(nil, requiring(named("NotIn", "n"))), mismatch},
		{"terms that name different nodes at once", pod(nil, requiring(model.NodeSelectorTerm{MatchFields: []model.Requirement{
			{Key: model.FieldName, Operator: "In", Values: []string{"n"}}, {Key: model.FieldName, Operator: "In", Values: []string{"m"}}}})),
			"UnschedulableAndUnresolvable: pod affinity terms conflict"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := b.filter(pl, c.pod, n); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestNodeAffinityNarrowsTheSearch(t *testing.T) {
	b := newBench(t)
	pl := b.plugin(NodeAffinity, nil).(*nodeAffinity)
	for _, c := range []struct {
		name  string
		terms []model.NodeSelectorTerm
		want  []string // nil: all nodes
	}{
		{"all terms name nodes", []model.NodeSelectorTerm{named("In", "b"), named("In", "a")}, []string{"a", "b"}},
		{"a term that names none opens it again", []model.NodeSelectorTerm{named("In", "b"), expression("zone", "Exists")}, nil},
		{"NotIn names none", []model.NodeSelectorTerm{named("NotIn", "b")}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, subset, status := pl.PreFilter(b.info(pod(nil, requiring(c.terms...))), b.handle.Snapshot)
			if !status.OK() {
				t.Fatal(status.Message())
			}
			var got []string
			if subset != nil {
				got = subset.Names()
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestAddedAffinity(t *testing.T) {
	b := newBench(t)
	in, out := b.node("in", labels("pool", "x")), b.node("out", nil)
	requirement := []AddedRequirement{{Key: "pool", Operator: "In", Values: []string{"x"}}}
	pl := b.plugin(NodeAffinity, &NodeAffinityArgs{AddedAffinity: &AddedAffinity{
		Required:  &AddedSelector{Terms: []AddedTerm{{MatchExpressions: requirement}}},
		Preferred: []AddedPreferred{{Weight: 30, Preference: AddedTerm{MatchExpressions: requirement}}},
	}})
	if got := b.filter(pl, pod(nil), in); got != "" {
		t.Errorf("a node of the pool: got %q", got)
	}
	if got, want := b.filter(pl, pod(nil), out), "UnschedulableAndUnresolvable: node(s) didn't match scheduler-enforced node affinity"; got != want {
		t.Errorf("another node: got %q, want %q", got, want)
	}
	if got, want := b.score(pl, pod(nil)), []int64{30, 0}; !slices.Equal(got, want) {
		t.Errorf("scores: got %v, want %v", got, want)
	}
}

func TestNodeAffinityScore(t *testing.T) {
	b := newBench(t)
	b.node("none", nil)
	b.node("one", labels("zone", "a"))
	b.node("both", labels("zone", "a", "disk", "ssd"))
	pl := b.plugin(NodeAffinity, nil)
	prefers := func(terms ...model.PreferredNodeTerm) *model.Pod {
		return pod(nil, func(p *model.Pod) { p.Spec.Affinity = &model.Affinity{NodePreferred: terms} })
	}
	// Raw 0, 20, 70; normalised 100*raw/70: 0, 28, 100.
	p := prefers(model.PreferredNodeTerm{Weight: 20, Term: expression("zone", "In", "a")}, model.PreferredNodeTerm{Weight: 50, Term: expression("disk", "Exists")},
		model.PreferredNodeTerm{Weight: 9, Term: model.NodeSelectorTerm{}})
	if got, want := b.normalized(pl, p), []int64{0, 28, 100}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := b.score(pl, pod(nil)); got != nil {
		t.Errorf("a pod without preferences is skipped, got %v", got)
	}
	if got, want := b.normalized(pl, prefers(model.PreferredNodeTerm{Weight: 20, Term: expression("zone", "In", "z")})), []int64{0, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("all zero stays zero: got %v, want %v", got, want)
	}
	bad := model.PreferredNodeTerm{Weight: 1, Term: model.NodeSelectorTerm{Invalid: "[0].matchExpressions[0].operator: unknown"}}
	if _, s := pl.(*nodeAffinity).PreScore(nil, b.info(prefers(bad)), nil); verdict(s) != "Error: "+bad.Term.Invalid {
		t.Errorf("a preference that cannot be parsed: got %q", verdict(s))
	}
}
