package plugins

import (
	"slices"
	"testing"

	"towtank.dev/towtank/model"
)

func fitArgs(strategy string, specs ...ResourceSpec) *NodeResourcesFitArgs {
	return &NodeResourcesFitArgs{ScoringStrategy: &ScoringStrategy{Type: strategy, Resources: specs}}
}

// TestResourceScores holds the golden values of the real code for a node of 4 CPUs and 8 GiB.
func TestResourceScores(t *testing.T) {
	none := resources()
	for _, c := range []struct {
		name                  string
		existing              []*model.Pod
		incoming              model.ResourceList
		least, most, balanced int64 // balanced -1: skipped
	}{
		// CPU (4-1)/4 = 75, memory (8-2)/8 = 75. Balance before and after is even: 75.
		{"a pod that keeps the balance", nil, resources("cpu", 1000, "memory", 2*gi), 75, 25, 75},
		// CPU (4000-100)/4000 = 97, memory (8192-200)/8192 = 97.
		{"a best-effort pod counts with the defaults and has no balance", nil, none, 97, 2, -1},
		{"best-effort pods on the node count with the defaults", []*model.Pod{pod(none)}, none, 95, 4, -1},
		// CPU (4-3)/4 = 25, memory (8-5)/8 = 37: 31. Balance: after |3/4 - 5/8|/2 = 0.0625 → 93,
		// before |2/4 - 1/8|/2 = 0.1875 → 81: 50 + (50+93-81)/2 = 81.
		{"a pod that improves the balance", []*model.Pod{pod(resources("cpu", 2000, "memory", 1*gi))}, resources("cpu", 1000, "memory", 4*gi), 31, 68, 81},
		{"a pod that spoils the balance", []*model.Pod{pod(resources("cpu", 1000, "memory", 2*gi))}, resources("cpu", 2000, "memory", 1*gi), 43, 56, 65},
		{"a pod larger than the node scores nothing, or all", nil, resources("cpu", 5000, "memory", 9*gi), 0, 100, 75},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.node("n", nil, c.existing...)
			p := pod(c.incoming)
			if got := b.score(b.plugin(NodeResourcesFit, nil), p)[0]; got != c.least {
				t.Errorf("LeastAllocated: got %d, want %d", got, c.least)
			}
			if got := b.score(b.plugin(NodeResourcesFit, fitArgs(MostAllocated)), p)[0]; got != c.most {
				t.Errorf("MostAllocated: got %d, want %d", got, c.most)
			}
			got := int64(-1)
			if scores := b.score(b.plugin(NodeResourcesBalancedAllocation, nil), p); scores != nil {
				got = scores[0]
			}
			if got != c.balanced {
				t.Errorf("balanced: got %d, want %d", got, c.balanced)
			}
		})
	}
}

func TestFitScoresScalarsOnlyWhenAsked(t *testing.T) {
	b := newBench(t)
	b.node("with", func(n *model.Node) {
		n.Status.Allocatable = n.Status.Allocatable.With("x.io/gpu", model.WholeQuantity(4))
	})
	b.node("without", nil)
	pl := b.plugin(NodeResourcesFit, fitArgs(LeastAllocated, ResourceSpec{"cpu", 1}, ResourceSpec{"x.io/gpu", 3}))
	// CPU (4-2)/4 = 50, GPU (4-1)/4 = 75: (50 + 3*75)/4 = 68. The other node has no GPU: 50.
	if got, want := b.score(pl, pod(resources("cpu", 2000, "x.io/gpu", 1))), []int64{68, 50}; !slices.Equal(got, want) {
		t.Errorf("with a GPU: got %v, want %v", got, want)
	}
	if got, want := b.score(pl, pod(resources("cpu", 2000))), []int64{50, 50}; !slices.Equal(got, want) {
		t.Errorf("without: got %v, want %v", got, want)
	}
}

func TestRequestedToCapacityRatio(t *testing.T) {
	b := newBench(t)
	b.node("n", nil)
	args := fitArgs(RequestedToCapacityRatio, ResourceSpec{"cpu", 3}, ResourceSpec{"memory", 1})
	args.ScoringStrategy.RequestedToCapacityRatio = &RatioParam{[]ShapePoint{{20, 0}, {60, 8}, {100, 10}}}
	pl := b.plugin(NodeResourcesFit, args)
	for _, c := range []struct {
		name  string
		milli int
		gib   int
		want  int64
	}{
		// CPU 50 % → 0 + 80*30/40 = 60; memory 75 % → 80 + 20*15/40 = 87: (3*60+87)/4 = 66.75 → 67.
		{"between the points, rounded", 2000, 6, 67},
		// CPU 10 % → 0 and left out; memory 75 % → 87.
		{"a resource that scores nothing is left out of the weights too", 400, 6, 87},
		{"below the first point of both", 400, 1, 0},
		// CPU 125 % counts as 100 % → 100; memory 100 % → 100.
		{"beyond the last point", 5000, 8, 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := b.score(pl, pod(resources("cpu", c.milli, "memory", c.gib*gi)))[0]; got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestBalancedOverThreeResources(t *testing.T) {
	b := newBench(t)
	b.node("n", func(n *model.Node) {
		n.Status.Allocatable = n.Status.Allocatable.With("x.io/gpu", model.WholeQuantity(4))
	})
	pl := b.plugin(NodeResourcesBalancedAllocation, &NodeResourcesBalancedAllocationArgs{Resources: []ResourceSpec{{"cpu", 1}, {"memory", 1}, {"x.io/gpu", 1}}})
	// Fractions 0.25, 0.5, 0.75: mean 0.5, deviation sqrt(2*0.0625/3) = 0.204 → 79; before 100:
	// 50 + (50+79-100)/2 = 64.
	if got := b.score(pl, pod(resources("cpu", 1000, "memory", 4*gi, "x.io/gpu", 3)))[0]; got != 64 {
		t.Errorf("got %d, want 64", got)
	}
}

func TestFitFilter(t *testing.T) {
	scalars := func(n *model.Node) {
		n.Status.Allocatable = resources("cpu", 4000, "memory", 8*gi, "pods", 2, "ephemeral-storage", 10, "a.io/x", 2, "b.io/y", 2, "hugepages-2Mi", 2)
	}
	held := pod(resources("cpu", 3000, "memory", 1*gi, "ephemeral-storage", 9, "a.io/x", 1))
	full := []*model.Pod{held, pod(resources())}
	for _, c := range []struct {
		name     string
		args     *NodeResourcesFitArgs
		existing []*model.Pod
		incoming model.ResourceList
		want     string
	}{
		{"room to the last bit", nil, []*model.Pod{held}, resources("cpu", 1000, "memory", 7*gi, "ephemeral-storage", 1, "a.io/x", 1), ""},
		{"too little CPU left, preemption may help", nil, []*model.Pod{held}, resources("cpu", 1001), "Unschedulable: Insufficient cpu"},
		{"more CPU than the node has", nil, nil, resources("cpu", 4001), "UnschedulableAndUnresolvable: Insufficient cpu"},
		{"everything that is short is listed, scalars by name", nil, full, resources("cpu", 4000, "memory", 9*gi, "ephemeral-storage", 2, "b.io/y", 3, "a.io/x", 2),
			"UnschedulableAndUnresolvable: Too many pods, Insufficient cpu, Insufficient memory, Insufficient ephemeral-storage, Insufficient a.io/x, Insufficient b.io/y"},
		{"no room for one more pod, though it asks for nothing", nil, full, resources(), "Unschedulable: Too many pods"},
		{"a resource that the node does not know", nil, nil, resources("c.io/z", 1), "UnschedulableAndUnresolvable: Insufficient c.io/z"},
		{"an unknown resource of which nothing is asked", nil, nil, resources("c.io/z", 0), ""},
		{"an ignored resource", &NodeResourcesFitArgs{IgnoredResources: []string{"c.io/z"}}, nil, resources("c.io/z", 1), ""},
		{"an ignored group", &NodeResourcesFitArgs{IgnoredResourceGroups: []string{"c.io"}}, nil, resources("c.io/z", 1, "a.io/x", 3), "UnschedulableAndUnresolvable: Insufficient a.io/x"},
		{"hugepages are no extended resource: they cannot be ignored", &NodeResourcesFitArgs{IgnoredResources: []string{"hugepages-2Mi"}}, nil, resources("hugepages-2Mi", 3), "UnschedulableAndUnresolvable: Insufficient hugepages-2Mi"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			n := b.node("n", scalars, c.existing...)
			var pl = b.plugin(NodeResourcesFit, nil)
			if c.args != nil {
				pl = b.plugin(NodeResourcesFit, c.args)
			}
			for range 2 { // the second answer is the kept one
				if got := b.filter(pl, pod(c.incoming), n); got != c.want {
					t.Errorf("got  %q\nwant %q", got, c.want)
				}
			}
		})
	}
}
