package schedulertest

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

func TestScheduleTellsWhatEveryPluginSaid(t *testing.T) {
	got := Schedule(t, Case{
		Nodes:   []*model.Node{Node("small", "cpu=1"), Node("a"), Node("b", "memory=32Gi")},
		Running: []*model.Pod{On("a", Pod("there", "cpu=2", "memory=8Gi"))},
		Pod:     Pod("web", "cpu=2", "memory=8Gi"),
	})
	if got.Node != "b" {
		t.Errorf("goes to %q", got.Node)
	}
	if want := (Reason{plugins.NodeResourcesFit, framework.UnschedulableAndUnresolvable, "Insufficient cpu"}); got.Reasons["small"] != want {
		t.Errorf("small: %+v", got.Reasons["small"])
	}
	// a: (4-4)/4 of its CPU and (16-16)/16 of its memory are left: 0. b: (4-2)/4 = 50 % and (32-8)/32 = 75 %,
	// 62 on average.
	if raw := got.Raw[plugins.NodeResourcesFit]; len(raw) != 2 || raw["a"] != 0 || raw["b"] != 62 {
		t.Errorf("scores of NodeResourcesFit: %v", raw)
	}
	if got.Totals["b"] <= got.Totals["a"] || len(got.Totals) != 2 {
		t.Errorf("totals: %v", got.Totals)
	}
}

func TestScheduleTellsWhyAPodFitsNowhere(t *testing.T) {
	got := Schedule(t, Case{Nodes: []*model.Node{Node("a")}, Pod: Pod("web", "nvidia.com/gpu=1")})
	if got.Node != "" || got.Reasons["a"].Text != "Insufficient nvidia.com/gpu" {
		t.Errorf("goes to %q, reasons %v, message %q", got.Node, got.Reasons, got.Message)
	}
}

func TestQuantitiesHaveUnits(t *testing.T) {
	n := Node("a", "cpu=1500m", "memory=3Mi", "label:zone=z")
	cpu, _ := n.Status.Allocatable.Get("cpu")
	memory, _ := n.Status.Allocatable.Get("memory")
	if cpu != model.MilliQuantity(1500) || memory != model.WholeQuantity(3<<20) || n.Labels["zone"] != "z" {
		t.Errorf("cpu %v, memory %v, labels %v", cpu, memory, n.Labels)
	}
	defer func() {
		if recover() == nil {
			t.Error("a word without a number passes")
		}
	}()
	Pod("b", "cpu=much")
}

// liar says that its verdict depends on the node's object, and looks at the pods. It counts how often it
// is asked.
type liar struct{ asked *int }

func (liar) Name() string                                       { return "Liar" }
func (liar) FilterDependence() framework.Dependence             { return framework.OnNodeObject }
func (liar) ScoreDependence() framework.Dependence              { return framework.OnNodeObject }
func (liar) AppendKey(key []byte, _ *framework.SpecInfo) []byte { return key }
func (l liar) Filter(_ any, _ *framework.PodInfo, n *framework.NodeInfo) *framework.Status {
	if *l.asked++; len(n.Pods) > 0 {
		return framework.NewStatus("Liar", framework.Unschedulable, "not alone")
	}
	return nil
}

// failing is a test that keeps to itself that it failed.
type failing struct {
	testing.TB
	failed bool
}

func (f *failing) Errorf(string, ...any) { f.failed = true }

func TestKeptFindsAPluginThatDependsOnMoreThanItSays(t *testing.T) {
	asked := 0
	registry := plugins.Default().With(plugins.Entry{Name: "Liar",
		New: func(framework.Args, *framework.Handle) (framework.Plugin, error) { return liar{&asked}, nil }})
	c := Case{Plugins: registry, Profile: Enable("Liar", 0, nil), Nodes: []*model.Node{Node("a"), Node("b")}, Pod: Pod("web")}
	occupy := func(core *scheduler.Core) { core.AddPod(core.Pod(On("a", Pod("there")))) }
	f := &failing{TB: t}
	Kept(f, c, occupy)
	// From scratch it is asked about two nodes in each of four cycles; about answers that are kept less often.
	if asked >= 16 {
		t.Fatalf("asked %d times: no answers were kept under this profile, so that nothing could be found", asked)
	}
	if !f.failed {
		t.Errorf("nothing was found, and it was asked %d times", asked)
	}
	c.Profile.Plugins = nil
	Kept(t, c, occupy)
}
