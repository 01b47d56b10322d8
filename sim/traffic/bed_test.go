package traffic

import (
	"fmt"
	"math"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/kubelet"
)

// bed is a cluster of nodes on which pods run as they are told, and a Service web on port 80 to their port 8080.
type bed struct {
	t       *testing.T
	engine  *sim.Engine
	api     *apiserver.Server
	runs    map[string]bool // UIDs of pods
	manager *Manager
	service *model.Service
	slice   *model.EndpointSlice
	changed []string // pods of which a change of their load was told
}

// ContainerRuns says what the bed has been told.
func (b *bed) ContainerRuns(uid string, _ int) bool { return b.runs[uid] }

// newBed makes nodes named as their zone and a number, such as a1, and the Service.
func newBed(t *testing.T, c Config, nodes []string, change ...func(*model.Service)) *bed {
	t.Helper()
	b := &bed{t: t, engine: sim.NewEngine(1), runs: map[string]bool{}}
	b.api = apiserver.New(b.engine)
	if c.Proxy.MinSyncPeriod == 0 {
		c.Proxy.MinSyncPeriod = time.Second
	}
	for i := range c.Entries {
		c.Entries[i].Namespace, c.Entries[i].Service = "default", "web"
	}
	b.manager = New(b.engine, b.api, b, &c)
	b.manager.OnChanging(func(_ sim.Time, p *model.Pod) { b.changed = append(b.changed, p.Name) })
	for _, name := range nodes {
		b.load(&model.Node{ObjectMeta: model.ObjectMeta{Name: name, Labels: map[string]string{model.LabelZone: name[:1]}}})
	}
	b.service = &model.Service{ObjectMeta: model.ObjectMeta{Name: "web", Namespace: "default"}, Type: "ClusterIP",
		Ports: []model.ServicePort{{Name: "http", Protocol: "TCP", Port: 80, TargetPort: "8080"}}}
	for _, f := range change {
		f(b.service)
	}
	b.load(b.service)
	b.slice = &model.EndpointSlice{ObjectMeta: model.ObjectMeta{Name: "web-1", Namespace: "default", Labels: map[string]string{model.LabelServiceName: "web"}},
		Ports: []model.EndpointPort{{Name: "http", Port: 8080}}}
	return b
}

func (b *bed) load(o model.Object) model.Object {
	b.t.Helper()
	made, err := b.api.Load(o)
	if err != nil {
		b.t.Fatal(err)
	}
	return made
}

// pod makes a pod that runs, and a ready endpoint of it, which is written with the next call of write.
func (b *bed) pod(name, node string) *model.Pod {
	b.t.Helper()
	spec := &model.PodSpec{Containers: []model.Container{{Name: "proxy"}, {Name: "web", Ports: []model.ContainerPort{{ContainerPort: 8080}}}}}
	p := b.load(&model.Pod{ObjectMeta: model.ObjectMeta{Name: name, Namespace: "default", UID: "uid-" + name}, NodeName: node, Spec: spec}).(*model.Pod)
	b.runs[p.UID] = true
	n, _ := b.api.Nodes.Get("", node)
	b.slice.Endpoints = append(b.slice.Endpoints, model.Endpoint{Addresses: []string{"10.0.0." + name}, Ready: true, Serving: true, NodeName: node,
		Zone: n.Labels[model.LabelZone], Target: model.ObjectReference{Kind: model.KindPod, Namespace: "default", Name: name, UID: p.UID}})
	return p
}

// stop ends a pod's containers.
func (b *bed) stop(p *model.Pod) {
	b.runs[p.UID] = false
	b.manager.Stops(b.engine.Now(), p, 1)
}

// endpoint changes what the slice says of a pod.
func (b *bed) endpoint(p *model.Pod, change func(*model.Endpoint)) {
	for i := range b.slice.Endpoints {
		if e := &b.slice.Endpoints[i]; e.Target.UID == p.UID {
			change(e)
		}
	}
}

// write writes the slice as it is.
func (b *bed) write() {
	b.t.Helper()
	out := apiserver.Copy(b.slice).(*model.EndpointSlice)
	out.Endpoints = append([]model.Endpoint(nil), b.slice.Endpoints...)
	if _, there := b.api.EndpointSlices.Get("default", "web-1"); !there {
		made, err := b.api.Create(out)
		if err != nil {
			b.t.Fatal(err)
		}
		b.slice.ObjectMeta = *made.Meta()
		return
	}
	old, _ := b.api.EndpointSlices.Get("default", "web-1")
	out.ObjectMeta = old.ObjectMeta
	if err := b.api.Update(out); err != nil {
		b.t.Fatal(err)
	}
}

// until goes on to so many seconds.
func (b *bed) until(seconds float64) {
	b.engine.RunUntil(sim.At(time.Duration(math.Round(seconds * 1e9))))
}

// totals ends the run so many seconds after its start.
func (b *bed) totals(seconds float64) *Totals {
	b.until(seconds)
	return b.manager.Close(b.engine.Now())[0]
}

// sent is what a pod's container is sent.
func (b *bed) sent(p *model.Pod, container int) float64 {
	rate, _, _ := b.manager.Load(b.engine.Now(), &kubelet.Use{Pod: p, Index: container})
	return rate
}

// want holds numbers against each other, told as asked, no endpoint, gone, unreachable.
func (x *Totals) want(t *testing.T, want ...float64) {
	t.Helper()
	for i, got := range []float64{x.Asked, x.NoEndpoint, x.Gone, x.Unreachable} {
		if math.Abs(got-want[i]) > 1e-6 {
			t.Errorf("asked, no endpoint, gone, unreachable are %s, want %v", fmt.Sprint(x.Asked, x.NoEndpoint, x.Gone, x.Unreachable), want)
			return
		}
	}
}

// steady is a load that stays.
func steady(rate float64, from ...Clients) Config {
	e := Entry{Load: Curve{Points: []Point{{Rate: rate}}}}
	if len(from) > 0 {
		e.From = from[0]
	}
	return Config{Entries: []Entry{e}}
}
