package controllers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/heartbeat"
)

// zones is a cluster of nodes with leases, and what has happened to them.
type zones struct {
	*apiserver.Server
	t      *testing.T
	engine *sim.Engine
	leases *heartbeat.Keeper
	// at is when a node was first seen in a state: "Unknown n-1", "unreachable:NoExecute n-1".
	at map[string]time.Duration
}

// newZones makes nodes "zone-number", so many in each zone.
func newZones(t *testing.T, seed uint64, sizes map[string]int) *zones {
	z := &zones{t: t, engine: sim.NewEngine(seed), at: map[string]time.Duration{}}
	z.Server = apiserver.New(z.engine)
	z.leases = heartbeat.New(z.engine, z.Server)
	t.Cleanup(Start(z.engine, z.Server, Options{Leases: z.leases}).Close)
	z.Observe(func(c apiserver.Change) {
		switch o := c.Object().(type) {
		case *model.Node:
			z.first(readyStatus(o)+" "+o.Name, c)
			for _, taint := range o.Taints {
				z.first(strings.TrimPrefix(taint.Key, "node.kubernetes.io/")+":"+string(taint.Effect)+" "+o.Name, c)
			}
		case *model.Pod:
			if o.Deleting {
				z.first("deleted "+o.Name, c)
			}
		}
	})
	for _, zone := range sortedNames(sizes) {
		for i := range sizes[zone] {
			z.load(&model.Node{ObjectMeta: model.ObjectMeta{Name: fmt.Sprintf("%s-%d", zone, i),
				Labels: map[string]string{model.LabelZone: zone}},
				Status: model.NodeStatus{Conditions: []model.NodeCondition{{Type: "Ready", Status: model.ConditionTrue}}}})
		}
	}
	return z
}

func (z *zones) first(what string, c apiserver.Change) {
	if _, seen := z.at[what]; !seen && c.Type != apiserver.Deleted {
		z.at[what] = time.Duration(z.engine.Now())
	}
}

func (z *zones) load(o model.Object) {
	z.t.Helper()
	if _, err := z.Load(o); err != nil {
		z.t.Fatal(err)
	}
}

// pod puts a running pod on a node that tolerates a node's silence for so many seconds.
func (z *zones) pod(name, node string, seconds int64) {
	z.t.Helper()
	z.load(&model.Pod{ObjectMeta: model.ObjectMeta{Name: name, Namespace: "default"}, NodeName: node,
		Spec: &model.PodSpec{TerminationGracePeriodSeconds: 30, Containers: []model.Container{{Name: "c"}},
			Tolerations: []model.Toleration{
				{Key: model.TaintNotReady, Operator: "Exists", Effect: model.NoExecute, Seconds: &seconds},
				{Key: model.TaintUnreachable, Operator: "Exists", Effect: model.NoExecute, Seconds: &seconds}}},
		Status: model.PodStatus{Phase: model.PodRunning, Conditions: []model.PodCondition{{Type: model.PodReady, Status: model.ConditionTrue}}}})
}

// silence has nodes fall silent at an instant.
func (z *zones) silence(at time.Duration, nodes ...string) {
	z.engine.RunUntil(sim.At(at))
	for _, n := range nodes {
		z.leases.Silence(z.engine.Now(), n)
	}
}

// between checks that something was first seen within a span.
func (z *zones) between(what string, low, high time.Duration) {
	z.t.Helper()
	at, seen := z.at[what]
	if !seen || at < low || at > high {
		z.t.Errorf("%s: seen %v at %v, want between %v and %v", what, seen, at, low, high)
	}
}

func TestASilentNodeIsGivenUpAndEmptied(t *testing.T) {
	for seed := range uint64(200) {
		z := newZones(t, seed, map[string]int{"a": 5})
		z.pod("short", "a-0", 30)
		z.pod("long", "a-0", 300)
		z.silence(100*time.Second, "a-0")
		z.engine.RunUntil(sim.At(time.Hour))
		// The lease was renewed last up to 10.4 s before; a pass within 5.0005 s sees that, and the first pass
		// more than 50 s later gives the node up: 39.6 to 55.01 s, plus 20 ms for the write.
		z.between("Unknown a-0", 139600*time.Millisecond, 155030*time.Millisecond)
		unknown := z.at["Unknown a-0"]
		z.between("unreachable:NoSchedule a-0", unknown, unknown+50*time.Millisecond)
		// The queue is looked at every 100 ms and its token is there.
		z.between("unreachable:NoExecute a-0", unknown, unknown+150*time.Millisecond)
		evicted := z.at["unreachable:NoExecute a-0"]
		z.between("deleted short", evicted+30*time.Second, evicted+30100*time.Millisecond)
		z.between("deleted long", evicted+300*time.Second, evicted+300100*time.Millisecond)
		pod, _ := z.Pods.Get("default", "long")
		if ready := pod.Status.Condition(model.PodReady); ready.Status != model.ConditionFalse {
			t.Errorf("seed %d: the pods of a silent node stay ready", seed)
		}
		if why := pod.Status.Condition(model.DisruptionTarget); why == nil || why.Reason != "DeletionByTaintManager" {
			t.Errorf("seed %d: the evicted pod says %v", seed, why)
		}
		if t.Failed() {
			return
		}
	}
}

func TestNodesOfOneZoneAreEmptiedTenSecondsApart(t *testing.T) {
	z := newZones(t, 1, map[string]int{"a": 6, "b": 2})
	z.silence(100*time.Second, "a-0", "a-1", "a-2") // 3 of 6 is less than 55 %
	z.engine.RunUntil(sim.At(10 * time.Minute))
	var at []time.Duration
	for i := range 3 {
		at = append(at, z.at[fmt.Sprintf("unreachable:NoExecute a-%d", i)])
	}
	least, most := min(at[0], at[1], at[2]), max(at[0], at[1], at[2])
	// One at once, the others 10 s after each other, on the grid of 100 ms; the writes take a few milliseconds.
	if gap := most - least; gap < 19900*time.Millisecond || gap > 20500*time.Millisecond {
		t.Errorf("three nodes of a zone are emptied at %v", at)
	}
}

func TestAZoneThatIsMostlyLostIsNotEmptied(t *testing.T) {
	for _, test := range []struct {
		name    string
		sizes   map[string]int
		silent  int
		tainted int // of zone a, an hour later
	}{
		// 4 of 6 nodes is 67 %, over 55 %: a zone of at most 50 nodes stops. The first node is queued in the same
		// pass and may still be tainted before the zone is judged.
		{"a small zone stops", map[string]int{"a": 6, "b": 2}, 4, 1},
		// 40 of 60: one node in 100 s. In the 3500 s that remain of the hour that is 35 and the first.
		{"a large zone goes on slowly", map[string]int{"a": 60, "b": 2}, 40, 36},
		// No node of the zone is ready: its pods are better off elsewhere, one node in 10 s.
		{"a zone that is gone is emptied", map[string]int{"a": 6, "b": 2}, 6, 6},
		// No node of the cluster is ready: it is not the nodes' fault.
		{"a cluster that is gone keeps everything", map[string]int{"a": 6}, 6, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			z := newZones(t, 3, test.sizes)
			var nodes []string
			for i := range test.silent {
				nodes = append(nodes, fmt.Sprintf("a-%d", i))
			}
			z.silence(10*time.Second, nodes...)
			z.engine.RunUntil(sim.At(time.Hour))
			tainted := 0
			for node := range z.Nodes.All() {
				if hasTaint(node, model.TaintUnreachable) {
					tainted++
				}
			}
			if tainted < test.tainted-1 || tainted > test.tainted {
				t.Errorf("%d nodes have the taint, want %d", tainted, test.tainted)
			}
		})
	}
}

func TestANodeThatIsHeardAgainKeepsItsPods(t *testing.T) {
	z := newZones(t, 5, map[string]int{"a": 5})
	z.pod("p", "a-0", 300)
	told := ""
	z.Events.Observe(func(_ apiserver.ChangeType, e *model.Event) { told += e.Reason + ": " + e.Message + "\n" })
	z.silence(100*time.Second, "a-0")
	z.engine.RunUntil(sim.At(200 * time.Second))
	z.leases.Resume(z.engine.Now(), "a-0")
	node, _ := z.Nodes.Get("", "a-0")
	back := apiserver.Copy(node).(*model.Node)
	back.Status.Conditions = []model.NodeCondition{{Type: "Ready", Status: model.ConditionTrue}}
	if err := z.Update(back); err != nil {
		t.Fatal(err)
	}
	z.engine.RunUntil(sim.At(300 * time.Second))
	node, _ = z.Nodes.Get("", "a-0")
	if len(node.Taints) > 0 {
		t.Errorf("taints stay: %v", taintsOf(node))
	}
	z.engine.RunUntil(sim.At(time.Hour))
	pod, _ := z.Pods.Get("default", "p")
	if pod.Deleting {
		t.Error("the pod was deleted all the same")
	}
	if !strings.Contains(told, "Cancelling deletion of Pod default/p") {
		t.Errorf("events of the pod:\n%s", told)
	}
}

func TestPodsOfANodeThatIsGoneAreRemoved(t *testing.T) {
	for seed := range uint64(50) {
		z := newZones(t, seed, map[string]int{"a": 2})
		z.pod("p", "a-0", 300)
		z.engine.RunUntil(sim.At(100 * time.Second))
		if err := z.Delete(model.KindNode, "", "a-0", apiserver.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		var gone time.Duration
		z.Observe(func(c apiserver.Change) {
			if c.Type == apiserver.Deleted && c.Old.Meta().Name == "p" {
				gone = time.Duration(z.engine.Now())
			}
		})
		z.engine.RunUntil(sim.At(time.Hour))
		// Found missing in a round within 20 s, still missing 40 s later: 40 to 60 s, and two requests.
		if gone < 140*time.Second || gone > 160100*time.Millisecond {
			t.Fatalf("seed %d: the pod went at %v", seed, gone)
		}
	}
}
