package traffic

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/kubelet"
)

// Kubelets know what runs on the nodes.
type Kubelets interface {
	ContainerRuns(uid string, container int) bool
}

// Manager spreads the traffic of a run over pods, and counts what becomes of it.
type Manager struct {
	engine    *sim.Engine
	actor     sim.Actor
	api       *apiserver.Server
	kubelets  Kubelets
	flows     []*flow
	byService map[apiserver.Name]*flow
	pods      map[string][]*endpoint // by UID
	onNode    map[string][]*endpoint // by the name of their node
	cluster   cluster
	proxy     proxy
	changing  []func(now sim.Time, pod *model.Pod)
}

var _ kubelet.Follower = (*Manager)(nil)

// New returns a manager. It must be the Follower of the kubelets, and be there before the first object.
func New(engine *sim.Engine, api *apiserver.Server, kubelets Kubelets, c *Config) *Manager {
	m := &Manager{engine: engine, api: api, kubelets: kubelets, byService: map[apiserver.Name]*flow{},
		pods: map[string][]*endpoint{}, onNode: map[string][]*endpoint{}, cluster: cluster{nodes: map[string]*node{}}}
	for i := range c.Entries {
		e := &c.Entries[i]
		name := apiserver.Name{Namespace: e.Namespace, Name: e.Service}
		f := m.byService[name]
		if f == nil {
			f = newFlow(name)
			m.byService[name] = f
			m.flows = append(m.flows, f)
		}
		f.sources = append(f.sources, &source{Entry: e, flow: f, byKey: map[string]*endpoint{}})
	}
	m.proxy = proxy{every: c.Proxy.MinSyncPeriod, next: -1 << 62}
	m.actor = engine.Register("kube-proxy", m)
	engine.Schedule(0, sim.Event{Phase: sim.PhaseAct, Actor: m.actor, Op: opBegin})
	api.Observe(m.observe)
	api.Watch("kube-proxy", apiserver.WatchOptions{Kinds: []model.Kind{model.KindService, model.KindEndpointSlice},
		Latency: c.Proxy.WatchLatency}, m)
	return m
}

// OnChanging has a function called just before the requests that a pod is sent take another course than Load
// has told; until then Load tells the old one. A container that begins to run, or ends, is none of that. The
// function must not write to the API server.
func (m *Manager) OnChanging(do func(now sim.Time, pod *model.Pod)) {
	m.changing = append(m.changing, do)
}

// Load is the requests a second that a container is sent now, by how much they grow a second, and until when
// they go on like that, unless OnChanging tells of a change before.
func (m *Manager) Load(now sim.Time, u *kubelet.Use) (rate, slope float64, until sim.Time) {
	until = sim.Never
	for _, e := range m.pods[u.Pod.UID] {
		if e.container != u.Index || e.share == 0 {
			continue
		}
		p := e.source.Load.At(now)
		rate, slope, until = rate+e.share*p.Rate, slope+e.share*p.Slope, min(until, p.Until)
	}
	return rate, slope, until
}

// Runs takes a container that runs from now on.
func (m *Manager) Runs(now sim.Time, pod *model.Pod, container int) {
	m.running(now, pod, container, true)
}

// Stops takes one that does not.
func (m *Manager) Stops(now sim.Time, pod *model.Pod, container int) {
	m.running(now, pod, container, false)
}

func (m *Manager) running(now sim.Time, pod *model.Pod, container int, runs bool) {
	for _, e := range m.pods[pod.UID] {
		if e.container != container || e.runs == runs {
			continue
		}
		m.advance(now, e.source.flow)
		e.runs, e.source.flow.dirty = runs, true
	}
}

// Close counts to the end of the run and returns what has become of the traffic to each Service, in the order
// of the entries.
func (m *Manager) Close(now sim.Time) []*Totals {
	var out []*Totals
	for _, f := range m.flows {
		m.advance(now, f)
		f.endFailing(now)
		out = append(out, &f.Totals)
	}
	return out
}
