package controllers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// Manager is the kube-controller-manager of a cluster: the controllers that run, and the informers that
// they share.
type Manager struct {
	Engine *sim.Engine
	API    *apiserver.Server

	options   Options
	loops     []*Loop
	informers map[model.Kind]any // *Informer of its kind
	podLabels *podLabels         // nil: nobody has asked for them
	// waiting are the controllers that start with the first object of a kind.
	waiting map[model.Kind][]*Info
	started map[string]bool
	// expects, relists and again are what a new process begins with; held are events of a paused manager.
	expects []*Expectations
	relists []func()
	again   []func(now sim.Time)
	held    []sim.Event
	paused  bool
	// slow is how many times as long requests take.
	slow float64
	// arriving is the object whose creation starts controllers just now.
	arriving model.Object
}

// Start starts the controllers of a cluster. One with nothing to look after waits for the first object
// of its kinds and costs nothing until then.
func Start(engine *sim.Engine, api *apiserver.Server, o Options) *Manager {
	m := &Manager{Engine: engine, API: api, options: o.withDefaults(), informers: map[model.Kind]any{},
		waiting: map[model.Kind][]*Info{}, started: map[string]bool{}}
	api.Observe(m.observe)
	for _, info := range Registry() {
		if slices.ContainsFunc(o.Disabled, info.answers) {
			continue
		}
		if len(info.Kinds) == 0 {
			m.start(&info)
			continue
		}
		for _, kind := range info.Kinds {
			m.waiting[kind] = append(m.waiting[kind], &info)
		}
	}
	return m
}

// answers says whether the controller is meant by a name: its own, with or without "-controller".
func (i Info) answers(name string) bool {
	return name == i.Name || name+"-controller" == i.Name
}

// Lookup returns the controller of that name, with or without "-controller".
func Lookup(name string) (Info, bool) {
	for _, info := range Registry() {
		if info.answers(name) {
			return info, true
		}
	}
	return Info{}, false
}

// observe starts the controllers that wait for an object of this kind.
func (m *Manager) observe(c apiserver.Change) {
	if c.Type != apiserver.Added {
		return
	}
	kind := c.New.Kind()
	waiting, ok := m.waiting[kind]
	if !ok {
		return
	}
	delete(m.waiting, kind)
	m.arriving = c.New
	for _, info := range waiting {
		m.start(info)
	}
	m.arriving = nil
}

func (m *Manager) start(info *Info) {
	if !m.started[info.Name] {
		m.started[info.Name] = true
		info.Start(m)
	}
}

// Close ends all work. Without it the workers of a run that is over would stay in memory.
func (m *Manager) Close() {
	for _, l := range m.loops {
		l.stop()
	}
}

// Second is an instant as objects show it: the whole second of the wall clock it lies in.
func (m *Manager) Second(t sim.Time) sim.Time {
	return t.TruncateFrom(sim.At(-m.options.WallOffset), time.Second)
}

// patch changes an object as it stands.
func (m *Manager) patch(kind model.Kind, namespace, name, uid string, change func(model.Object) (model.Object, error)) error {
	now, err := m.get(kind, namespace, name)
	if err != nil {
		return err
	}
	if uid != "" && now.Meta().UID != uid {
		return m.notFound(kind, name)
	}
	changed, err := change(now)
	if err != nil || changed == nil {
		return err
	}
	return m.API.Update(changed)
}

func (m *Manager) get(kind model.Kind, namespace, name string) (model.Object, error) {
	if o := m.API.Collection(kind).Find(namespace, name); o != nil {
		return o, nil
	}
	return nil, m.notFound(kind, name)
}

func (m *Manager) notFound(kind model.Kind, name string) error {
	r, _ := apiserver.ResourceOf(kind)
	return &apiserver.StatusError{Reason: apiserver.NotFound, Message: fmt.Sprintf("%s %q not found", r, name)}
}

// Slow has requests take so many times as long as WriteLatency says; 1 restores that.
func (m *Manager) Slow(times float64) { m.slow = times }

// draw is the time that a request takes.
func (l *Loop) draw() time.Duration {
	d := sim.SampleDuration(l.manager.options.WriteLatency, l.latency)
	if s := l.manager.slow; s > 0 {
		return time.Duration(float64(d) * s)
	}
	return d
}

// Names returns the names of all controllers, in the order in which they are started.
func Names() []string {
	var names []string
	for _, info := range Registry() {
		names = append(names, strings.TrimSuffix(info.Name, "-controller"))
	}
	return names
}
