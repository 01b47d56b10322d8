package plugins

import (
	"slices"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

func tolerating(t ...model.Toleration) func(*model.Pod) {
	return func(p *model.Pod) { p.Spec.Tolerations = t }
}

func TestNodeName(t *testing.T) {
	b := newBench(t)
	n := b.node("n", nil)
	pl := b.plugin(NodeName, nil)
	naming := func(name string) *model.Pod { return pod(nil, func(p *model.Pod) { p.NodeName = name }) }
	if got := b.filter(pl, naming("n"), n); got != "" {
		t.Errorf("the named node: got %q", got)
	}
	if got, want := b.filter(pl, naming("m"), n), "UnschedulableAndUnresolvable: node(s) didn't match the requested node name"; got != want {
		t.Errorf("another node: got %q, want %q", got, want)
	}
	if _, subset, _ := pl.(framework.PreFilterPlugin).PreFilter(b.info(naming("m")), b.handle.Snapshot); !slices.Equal(subset.Names(), []string{"m"}) {
		t.Errorf("the search is narrowed to %v, want [m]", subset.Names())
	}
	if got := b.filter(pl, pod(nil), n); got != "" {
		t.Errorf("a pod that names no node: got %q", got)
	}
}

func TestNodeUnschedulable(t *testing.T) {
	b := newBench(t)
	cordoned := b.node("cordoned", func(n *model.Node) { n.Unschedulable = true })
	pl := b.plugin(NodeUnschedulable, nil)
	for _, c := range []struct {
		name string
		pod  *model.Pod
		want string
	}{
		{"a plain pod stays out", pod(nil), "UnschedulableAndUnresolvable: node(s) were unschedulable"},
		{"a pod that tolerates the cordon", pod(nil, tolerating(model.Toleration{Key: model.TaintUnschedulable, Operator: "Exists"})), ""},
		{"a pod that tolerates everything", pod(nil, tolerating(model.Toleration{Operator: "Exists"})), ""},
		{"tolerating another effect does not help", pod(nil, tolerating(model.Toleration{Key: model.TaintUnschedulable, Operator: "Exists", Effect: model.NoExecute})),
			"UnschedulableAndUnresolvable: node(s) were unschedulable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := b.filter(pl, c.pod, cordoned); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTaintToleration(t *testing.T) {
	b := newBench(t)
	taint := func(key string, effects ...model.Effect) func(*model.Node) {
		return func(n *model.Node) {
			for _, e := range effects {
				n.Taints = append(n.Taints, model.Taint{Key: key, Value: "v", Effect: e})
			}
		}
	}
	free, hard, evicting := b.node("free", nil), b.node("hard", taint("k", model.NoSchedule)), b.node("evicting", taint("k", model.NoExecute))
	soft := b.node("soft", taint("k", model.PreferNoSchedule, model.PreferNoSchedule))
	b.node("softer", taint("k", model.PreferNoSchedule))
	pl := b.plugin(TaintToleration, nil)
	const untolerated = "UnschedulableAndUnresolvable: node(s) had untolerated taint(s)"
	for _, c := range []struct {
		name string
		pod  *model.Pod
		want [4]string // free, hard, evicting, soft
	}{
		{"a plain pod", pod(nil), [4]string{"", untolerated, untolerated, ""}},
		{"a toleration of one effect", pod(nil, tolerating(model.Toleration{Key: "k", Operator: "Exists", Effect: model.NoSchedule})), [4]string{"", "", untolerated, ""}},
		{"another value", pod(nil, tolerating(model.Toleration{Key: "k", Value: "w"})), [4]string{"", untolerated, untolerated, ""}},
		{"the value, every effect", pod(nil, tolerating(model.Toleration{Key: "k", Value: "v"})), [4]string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, n := range []*framework.NodeInfo{free, hard, evicting, soft} {
				if got := b.filter(pl, c.pod, n); got != c.want[i] {
					t.Errorf("%s: got %q, want %q", n.Name, got, c.want[i])
				}
			}
		})
	}
	// Untolerated PreferNoSchedule taints: 0, 0, 0, 2, 1. Reversed: 100 - 100*raw/2.
	if got, want := b.normalized(pl, pod(nil)), []int64{100, 100, 100, 0, 50}; !slices.Equal(got, want) {
		t.Errorf("scores: got %v, want %v", got, want)
	}
	if got, want := b.normalized(pl, pod(nil, tolerating(model.Toleration{Operator: "Exists"}))), []int64{100, 100, 100, 100, 100}; !slices.Equal(got, want) {
		t.Errorf("scores where everything is tolerated: got %v, want %v", got, want)
	}
}

func TestNodePorts(t *testing.T) {
	ports := func(list ...model.ContainerPort) func(*model.Pod) {
		return func(p *model.Pod) { p.Spec.Containers[0].Ports = list }
	}
	b := newBench(t)
	n := b.node("n", nil, pod(nil, ports(model.ContainerPort{HostPort: 80, HostIP: "10.0.0.1", Protocol: "TCP"}, model.ContainerPort{HostPort: 53, Protocol: "UDP"})))
	pl := b.plugin(NodePorts, nil)
	const taken = "Unschedulable: node(s) didn't have free ports for the requested pod ports"
	for _, c := range []struct {
		name string
		pod  *model.Pod
		want string
	}{
		{"no host port", pod(nil, ports(model.ContainerPort{ContainerPort: 80})), ""},
		{"the same port on another address", pod(nil, ports(model.ContainerPort{HostPort: 80, HostIP: "10.0.0.2"})), ""},
		{"the same port on the same address", pod(nil, ports(model.ContainerPort{HostPort: 80, HostIP: "10.0.0.1"})), taken},
		{"the same port on all addresses", pod(nil, ports(model.ContainerPort{HostPort: 80})), taken},
		{"a port that is taken on all addresses", pod(nil, ports(model.ContainerPort{HostPort: 53, HostIP: "10.0.0.9", Protocol: "UDP"})), taken},
		{"another protocol", pod(nil, ports(model.ContainerPort{HostPort: 53, Protocol: "TCP"})), ""},
		{"a port of an init container that ends", pod(nil, func(p *model.Pod) {
			p.Spec.InitContainers = []model.Container{{Ports: []model.ContainerPort{{HostPort: 80}}}}
		}), ""},
		{"a port of a sidecar", pod(nil, func(p *model.Pod) {
			p.Spec.InitContainers = []model.Container{{RestartPolicy: model.RestartAlways, Ports: []model.ContainerPort{{HostPort: 80}}}}
		}), taken},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := b.filter(pl, c.pod, n); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestImageLocality(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"a", "b", "c", "d"} {
		b.node(name, nil)
	}
	app := b.handle.Vocabulary.Image("app:latest")
	big := b.handle.Vocabulary.Image("registry:5000/big:1")
	nodes := b.handle.Snapshot.Nodes
	nodes[0].Images = []framework.ImageState{{Number: app, Size: 500 << 20, Nodes: 2}}
	nodes[1].Images = []framework.ImageState{{Number: app, Size: 500 << 20, Nodes: 2}, {Number: big, Size: 4000 << 20, Nodes: 1}}
	pl := b.plugin(ImageLocality, nil)
	// 500 MiB on 2 of 4 nodes counts 250: 100*(250-23)/(1000-23) = 23.
	if got, want := b.score(pl, pod(nil)), []int64{23, 23, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("one image: got %v, want %v", got, want)
	}
	// Three images, limit 3000. Node b: 250 + 1000 + 1000 = 2250: 100*(2250-23)/(3000-23) = 74.
	// Node a: 250: 100*(250-23)/2977 = 7.
	both := pod(nil, func(p *model.Pod) {
		p.Spec.InitContainers = []model.Container{{Image: "registry:5000/big:1"}}
		p.Spec.Volumes = []model.Volume{{Kind: "image", Image: "registry:5000/big:1"}}
	})
	if got, want := b.score(pl, both), []int64{7, 74, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("three images: got %v, want %v", got, want)
	}
}

func TestSchedulingGates(t *testing.T) {
	pl := newBench(t).plugin(SchedulingGates, nil).(framework.PreEnqueuePlugin)
	if s := pl.PreEnqueue(pod(nil)); !s.OK() {
		t.Errorf("a pod without gates: %s", s.Message())
	}
	gated := pod(nil, func(p *model.Pod) { p.Spec.SchedulingGates = []string{"a.io/x", "b.io/y"} })
	if got, want := verdict(pl.PreEnqueue(gated)), "UnschedulableAndUnresolvable: waiting for scheduling gates: [a.io/x b.io/y]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPrioritySort(t *testing.T) {
	pl := newBench(t).plugin(PrioritySort, nil).(framework.QueueSortPlugin)
	of := func(priority int32) *model.Pod { return pod(nil, func(p *model.Pod) { p.Spec.Priority = priority }) }
	if !pl.Less(of(2), 9, of(1), 1) || pl.Less(of(1), 1, of(2), 9) {
		t.Error("the higher priority comes first, whenever it came")
	}
	if !pl.Less(of(1), 1, of(1), 2) || pl.Less(of(1), 2, of(1), 1) || pl.Less(of(1), 1, of(1), 1) {
		t.Error("of equal priorities the earlier comes first")
	}
}
