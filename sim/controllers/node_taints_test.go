package controllers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// cluster is an API server with all controllers.
type cluster struct {
	*apiserver.Server
	t      *testing.T
	engine *sim.Engine
	// writes are all writes but those of the start, as "5ms MODIFIED persistentvolumes/v".
	writes []string
}

func newCluster(t *testing.T, objects ...model.Object) *cluster {
	c := &cluster{t: t, engine: sim.NewEngine(1)}
	c.Server = apiserver.New(c.engine)
	t.Cleanup(Start(c.engine, c.Server, Options{}).Close)
	for _, o := range objects {
		if _, err := c.Load(o); err != nil {
			t.Fatal(err)
		}
	}
	c.Observe(func(change apiserver.Change) {
		r, _ := apiserver.ResourceOf(change.Object().Kind())
		c.writes = append(c.writes, fmt.Sprintf("%v %v %s/%s", time.Duration(c.engine.Now()), change.Type, r.Singular, change.Object().Meta().Name))
	})
	return c
}

// create makes an object now.
func (c *cluster) create(o model.Object) {
	c.t.Helper()
	if _, err := c.Create(o); err != nil {
		c.t.Fatal(err)
	}
}

// taintsOf is a node's taints in one line.
func taintsOf(n *model.Node) string {
	var words []string
	for _, t := range n.Taints {
		words = append(words, strings.TrimPrefix(t.Key, "node.kubernetes.io/")+":"+string(t.Effect))
	}
	return strings.Join(words, " ")
}

func TestNodesGetTheTaintsThatTheyCallFor(t *testing.T) {
	ready := func(status string) []model.NodeCondition {
		return []model.NodeCondition{{Type: "Ready", Status: status}}
	}
	foreign := model.Taint{Key: "team", Effect: model.NoSchedule}
	evicting := model.Taint{Key: model.TaintNotReady, Effect: model.NoExecute}
	for _, c := range []struct {
		name        string
		node        model.Node
		first, last string
	}{
		{"one of which nothing is known loses the taint it came with", model.Node{}, "not-ready:NoSchedule", ""},
		{"one that is ready too", model.Node{Status: model.NodeStatus{Conditions: ready("True")}}, "not-ready:NoSchedule", ""},
		{"one that is not ready keeps it", model.Node{Status: model.NodeStatus{Conditions: ready("False")}}, "not-ready:NoSchedule", "not-ready:NoSchedule"},
		{"one that cannot be reached gets another", model.Node{Status: model.NodeStatus{Conditions: ready("Unknown")}}, "not-ready:NoSchedule", "unreachable:NoSchedule"},
		{"pressure and a cordon have taints of their own", model.Node{Unschedulable: true, Status: model.NodeStatus{
			Conditions: []model.NodeCondition{{Type: "MemoryPressure", Status: "True"}, {Type: "DiskPressure", Status: "False"}}}},
			"not-ready:NoSchedule", "memory-pressure:NoSchedule unschedulable:NoSchedule"},
		{"taints of others, and with other effects, stay", model.Node{Taints: []model.Taint{foreign, evicting}},
			"team:NoSchedule not-ready:NoExecute not-ready:NoSchedule", "team:NoSchedule not-ready:NoExecute"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cl := newCluster(t)
			c.node.Name = "n"
			cl.create(&c.node)
			n, _ := cl.Nodes.Get("", "n")
			if got := taintsOf(n); got != c.first {
				t.Errorf("at first %q, want %q", got, c.first)
			}
			cl.engine.RunUntil(sim.At(time.Second))
			n, _ = cl.Nodes.Get("", "n")
			if got := taintsOf(n); got != c.last {
				t.Errorf("then %q, want %q", got, c.last)
			}
		})
	}
}

func TestTheTaintOfACordonFollowsIt(t *testing.T) {
	c := newCluster(t, &model.Node{ObjectMeta: model.ObjectMeta{Name: "n"}})
	for _, cordoned := range []bool{true, false} {
		n, _ := c.Nodes.Get("", "n")
		changed := *n
		changed.Unschedulable = cordoned
		if err := c.Update(&changed); err != nil {
			t.Fatal(err)
		}
		c.engine.RunUntil(c.engine.Now().Add(time.Second))
	}
	want := "0s MODIFIED node/n, 5ms MODIFIED node/n, 1s MODIFIED node/n, 1.005s MODIFIED node/n"
	if got := strings.Join(c.writes, ", "); got != want {
		t.Errorf("writes are %s, want %s", got, want)
	}
}

func TestWhatIsThereAtTheStartIsTakenAsSettled(t *testing.T) {
	c := newCluster(t, &model.Node{ObjectMeta: model.ObjectMeta{Name: "n"}, Unschedulable: true})
	c.engine.RunUntil(sim.At(time.Minute))
	if len(c.writes) > 0 {
		t.Errorf("writes: %v", c.writes)
	}
}
