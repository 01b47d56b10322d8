package pressure_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/pressure"
)

const mebi = 1 << 20

// bed is one node with its kubelet.
type bed struct {
	t       *testing.T
	engine  *sim.Engine
	api     *apiserver.Server
	fleet   *kubelet.Fleet
	manager *pressure.Manager
	said    []string // events: seconds, reason, object
}

// newBed makes a node of so many MiB, cores and GiB of disk.
func newBed(t *testing.T, memory, cores, disk int64, config *pressure.Config, behaviours ...behaviour.Behaviour) *bed {
	t.Helper()
	b := &bed{t: t, engine: sim.NewEngine(7)}
	b.api = apiserver.New(b.engine)
	b.fleet = kubelet.New(b.engine, b.api, kubelet.Options{Behaviours: behaviours})
	b.manager = pressure.New(b.engine, b.api, b.fleet, pressure.Options{Config: config})
	b.fleet.Measure(b.manager)
	b.api.Events.Observe(func(_ apiserver.ChangeType, e *model.Event) {
		b.said = append(b.said, fmt.Sprintf("%s %s", e.Reason, e.Object.Name))
	})
	b.load(&model.PriorityClass{ObjectMeta: model.ObjectMeta{Name: "low"}, Value: -10})
	b.load(&model.PriorityClass{ObjectMeta: model.ObjectMeta{Name: "high"}, Value: 10})
	has := model.ResourceList{{Name: "cpu", Quantity: model.WholeQuantity(cores)},
		{Name: "ephemeral-storage", Quantity: model.WholeQuantity(disk << 30)},
		{Name: "memory", Quantity: model.WholeQuantity(memory * mebi)}, {Name: "pods", Quantity: model.WholeQuantity(110)}}
	b.load(&model.Node{ObjectMeta: model.ObjectMeta{Name: "n"}, Status: model.NodeStatus{Capacity: has, Allocatable: has}})
	return b
}

func (b *bed) load(o model.Object) {
	b.t.Helper()
	if _, err := b.api.Load(o); err != nil {
		b.t.Fatal(err)
	}
}

// pod puts a pod on the node. Amounts in MiB; a limit of 0 is none.
func (b *bed) pod(name string, request, limit int64, change ...func(*model.Pod)) {
	b.t.Helper()
	c := model.Container{Name: "c", Image: "app:1"}
	if request > 0 {
		c.Requests = model.ResourceList{{Name: "memory", Quantity: model.WholeQuantity(request * mebi)}}
	}
	if limit > 0 {
		c.Limits = model.ResourceList{{Name: "memory", Quantity: model.WholeQuantity(limit * mebi)}}
	}
	p := &model.Pod{ObjectMeta: model.ObjectMeta{Name: name, Namespace: "default"}, NodeName: "n",
		Spec: &model.PodSpec{RestartPolicy: model.RestartAlways, TerminationGracePeriodSeconds: 30, Containers: []model.Container{c}}}
	for _, f := range change {
		f(p)
	}
	if _, err := b.api.Create(p); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bed) run(until time.Duration) { b.engine.RunUntil(sim.At(until)) }

func (b *bed) status(name string) *model.PodStatus {
	p, ok := b.api.Pods.Get("default", name)
	if !ok {
		b.t.Fatalf("%s is gone", name)
	}
	return &p.Status
}

func (b *bed) count(text string) (n int) {
	for _, s := range b.said {
		if s == text {
			n++
		}
	}
	return n
}

func (b *bed) condition(kind string) string {
	n, _ := b.api.Nodes.Get("", "n")
	if c := n.Status.Condition(kind); c != nil {
		return c.Status
	}
	return ""
}

// evicted are the pods that failed so, with the place of each in the order.
func (b *bed) evicted() string {
	var out []string
	for _, s := range b.said {
		if name, ok := strings.CutPrefix(s, "Evicted "); ok {
			out = append(out, name)
		}
	}
	return strings.Join(out, " ")
}

// holds has a pod hold so many MiB, growing by so many a second.
func holds(pod string, value, slope float64) behaviour.Behaviour {
	points := []behaviour.Point{{Value: value * mebi}}
	if slope != 0 {
		points = append(points, behaviour.Point{From: 1e6 * time.Second, Value: (value + slope*1e6) * mebi, Ramp: true})
	}
	return behaviour.Behaviour{Place: "test:" + pod, Match: behaviour.Match{Pod: pod},
		Usage: &behaviour.Usage{Memory: &behaviour.Curve{Points: points}}}
}

// of gives a pod a priority class.
func of(class string) func(*model.Pod) {
	return func(p *model.Pod) { p.Spec.PriorityClassName = class }
}

type podOf = model.Pod

// resources are two amounts in whole units.
func resources(a string, n int64, b string, m int64) model.ResourceList {
	return model.ResourceList{{Name: a, Quantity: model.WholeQuantity(n)}, {Name: b, Quantity: model.WholeQuantity(m)}}
}
