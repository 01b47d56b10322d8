package kubelet

import (
	"net/netip"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

func TestAGridGoesOnInBothDirections(t *testing.T) {
	const period = 1001 * time.Millisecond
	grid := sim.At(300 * time.Millisecond)
	for _, c := range []struct {
		what                          string
		t, atOrBefore, atOrAfter, aft time.Duration
	}{
		{"between two instants", 1000 * time.Millisecond, 300 * time.Millisecond, 1301 * time.Millisecond, 1301 * time.Millisecond},
		{"on one", 1301 * time.Millisecond, 1301 * time.Millisecond, 1301 * time.Millisecond, 2302 * time.Millisecond},
		{"before the first", -100 * time.Millisecond, -701 * time.Millisecond, 300 * time.Millisecond, 300 * time.Millisecond},
	} {
		at := sim.At(c.t)
		if got := atOrBefore(at, grid, period); got != sim.At(c.atOrBefore) {
			t.Errorf("%s: at or before is %v", c.what, got)
		}
		if got := atOrAfter(at, grid, period); got != sim.At(c.atOrAfter) {
			t.Errorf("%s: at or after is %v", c.what, got)
		}
		if got := after(at, grid, period); got != sim.At(c.aft) {
			t.Errorf("%s: after is %v", c.what, got)
		}
	}
}

func TestARelistTellsWhatHasStartedOrEnded(t *testing.T) {
	made := &instance{number: 1, state: created}
	up := &instance{number: 1, state: running}
	down := &instance{number: 1, state: exited}
	second := &instance{number: 2, state: running}
	madeAgain := &instance{number: 2, state: created}
	for _, c := range []struct {
		what        string
		before, now pair
		want        bool
	}{
		{"nothing has happened", pair{cur: up}, pair{cur: up}, false},
		{"a container is created", pair{}, pair{cur: made}, false},
		{"it has started", pair{cur: made}, pair{cur: up}, true},
		{"it has started and ended since", pair{}, pair{cur: down}, true},
		{"it has ended", pair{cur: up}, pair{cur: down}, true},
		{"it was killed and started again", pair{cur: up}, pair{cur: second, prev: down}, true},
		{"it was killed and is created again", pair{cur: up}, pair{cur: madeAgain, prev: down}, true},
		{"one that had ended is created again", pair{cur: down}, pair{cur: madeAgain, prev: down}, false},
		{"one that had ended is removed", pair{cur: down}, pair{}, false},
		{"one that ran is removed", pair{cur: up}, pair{}, true},
	} {
		if got := c.now.differs(c.before); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

func TestAddressesAreGivenInTurn(t *testing.T) {
	a := newAddresses(netip.MustParsePrefix("10.0.7.0/29")) // 10.0.7.1 is the node's, .7 the broadcast address
	var got []string
	for range 5 {
		got = append(got, a.take().String())
	}
	if a.take().IsValid() {
		t.Error("a sixth address")
	}
	if got[0] != "10.0.7.2" || got[4] != "10.0.7.6" {
		t.Errorf("addresses %v", got)
	}
	a.give(netip.MustParseAddr("10.0.7.4"))
	a.give(netip.MustParseAddr("10.0.7.2"))
	if first, second := a.take().String(), a.take().String(); first != "10.0.7.4" || second != "10.0.7.2" {
		t.Errorf("given again: %s, %s", first, second)
	}
}

// The words are those of the recordings where there is one.
func TestANodeRefusesWhatItCannotTake(t *testing.T) {
	node := &model.Node{ObjectMeta: model.ObjectMeta{Name: "n-1", Labels: map[string]string{"pool": "a"}}}
	node.Status.Allocatable = model.ResourceList(nil).With("cpu", model.WholeQuantity(8)).With("memory", model.WholeQuantity(100)).With("pods", model.WholeQuantity(2))
	plain := func(change func(p *model.Pod)) *model.Pod {
		p := &model.Pod{Spec: &model.PodSpec{Containers: []model.Container{{Name: "c"}}}}
		change(p)
		return p
	}
	request := func(name string, n int64) func(p *model.Pod) {
		return func(p *model.Pod) {
			p.Spec.Containers[0].Requests = model.ResourceList(nil).With(name, model.WholeQuantity(n))
		}
	}
	for _, c := range []struct {
		what            string
		active          int
		taint           model.Effect
		pod             *model.Pod
		reason, message string
	}{
		{"there is room", 1, "", plain(request("cpu", 8)), "", ""},
		{"not enough CPU", 0, "", plain(request("cpu", 9)), "OutOfcpu", "Node didn't have enough resource: cpu, requested: 9000, used: 0, capacity: 8000"},
		{"not enough memory", 0, "", plain(request("memory", 101)), "OutOfmemory", "Node didn't have enough resource: memory, requested: 101, used: 0, capacity: 100"},
		{"a resource that the node does not know is not its business", 0, "", plain(request("example.com/x", 1)), "", ""},
		{"too many pods", 2, "", plain(func(*model.Pod) {}), "OutOfpods", "Node didn't have enough resource: pods, requested: 1, used: 2, capacity: 2"},
		{"another node was asked for", 0, "", plain(func(p *model.Pod) { p.Spec.NodeSelector = map[string]string{"pool": "b"} }),
			"NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"},
		{"a taint NoExecute", 0, model.NoExecute, plain(func(*model.Pod) {}),
			"TaintToleration", "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate"},
		{"a taint NoSchedule is for the scheduler", 0, model.NoSchedule, plain(func(*model.Pod) {}), "", ""},
	} {
		n := *node
		if c.taint != "" {
			n.Taints = []model.Taint{{Key: "k", Effect: c.taint}}
		}
		h := &host{node: &n, active: c.active}
		r := &refusal{}
		if short := h.shortages(c.pod.EffectiveRequests()); len(short) > 0 {
			r = short[0].refusal()
		} else if why := h.mismatch(c.pod, false); why != nil {
			r = why
		}
		if r.reason != c.reason || r.message != c.message {
			t.Errorf("%s: %s: %s", c.what, r.reason, r.message)
		}
	}
}

func TestAHostHasEachPortOnce(t *testing.T) {
	ports := func(list ...model.ContainerPort) *model.Pod {
		return &model.Pod{ObjectMeta: model.ObjectMeta{UID: list[0].Name}, Spec: &model.PodSpec{Containers: []model.Container{{Name: "c", Ports: list}}}}
	}
	taken := &worker{pod: ports(model.ContainerPort{Name: "other", HostPort: 80, Protocol: "TCP", HostIP: "10.0.0.1"}), counted: true}
	ended := &worker{pod: ports(model.ContainerPort{Name: "ended", HostPort: 81, Protocol: "TCP"})}
	taken.next = ended
	h := &host{first: taken, node: &model.Node{}}
	init := ports(model.ContainerPort{Name: "init"})
	init.Spec.InitContainers = []model.Container{{Name: "i", Ports: []model.ContainerPort{{HostPort: 80, Protocol: "TCP"}}}}
	sidecar := ports(model.ContainerPort{Name: "sidecar"})
	sidecar.Spec.InitContainers = []model.Container{{Name: "i", RestartPolicy: model.RestartAlways, Ports: init.Spec.InitContainers[0].Ports}}
	for _, c := range []struct {
		name string
		pod  *model.Pod
		want bool
	}{
		{"a port of the container alone", ports(model.ContainerPort{Name: "a", ContainerPort: 80}), false},
		{"the same one on all addresses", ports(model.ContainerPort{Name: "a", HostPort: 80, Protocol: "TCP"}), true},
		{"on another address", ports(model.ContainerPort{Name: "a", HostPort: 80, Protocol: "TCP", HostIP: "10.0.0.2"}), false},
		{"of another protocol", ports(model.ContainerPort{Name: "a", HostPort: 80, Protocol: "UDP"}), false},
		{"one of a pod that has been stopped", ports(model.ContainerPort{Name: "a", HostPort: 81, Protocol: "TCP"}), false},
		{"one of a plain init container", init, false},
		{"one of a sidecar", sidecar, true},
	} {
		if r := h.mismatch(c.pod, false); (r != nil) != c.want || r != nil && r.reason != "NodePorts" {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
}
