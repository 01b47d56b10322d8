package world

import (
	"fmt"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/queue"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/controllers"
	"towtank.dev/towtank/sim/heartbeat"
	"towtank.dev/towtank/sim/images"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/pressure"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/traffic"
)

// RunOptions is what a run has beside its Config. Nothing here changes what happens in the run.
type RunOptions struct {
	// Sinks receive the record.
	Sinks []record.Sink
	// Stop is asked every few thousand changes and attempts; the run ends there when it says true. Nil: never.
	Stop func() bool
	// Progress is told every few thousand changes and attempts how far the run has come. Nil: nobody.
	Progress func(now sim.Time, events uint64)
	// Watch is told of every change as a client would be that watches everything. The object must not
	// be kept when it is an event, which is counted in place. Nil: nobody.
	Watch func(at sim.Time, stream, kind string, o model.Object)
	// Explain is told of every scheduling cycle when its time is over, with what every plugin said of
	// every node (which makes cycles slower). Nil: nobody, and nothing is kept.
	Explain func(c *scheduler.Cycle)
	// ExplainOnly narrows Explain to the pods that it says yes to; the cycles of others keep their speed.
	// Nil: Explain is told of all.
	ExplainOnly func(pod *model.Pod) bool
	// Naive has the scheduler evaluate everything from scratch in every cycle: the yardstick for the
	// runtime that keeps answers, and slower.
	Naive bool
	// EveryProbe has kubelets make every call of every probe, seen or not: the yardstick for working out the
	// next one that is seen, and slower.
	EveryProbe bool
	// Moved is told of every move of a pod between the places of the scheduler's queue. Nil: nobody.
	Moved func(now sim.Time, m queue.Move)
	// Stays has Moved told also of unschedulable pods that an event leaves where they are, which makes
	// every event as expensive as there are unschedulable pods.
	Stays bool
	// StaysOf does what Stays does for the pods only that it says yes to, at no cost for the others, and
	// takes its place; nil: for none.
	StaysOf func(pod *model.Pod) bool
	// Witness sees what the scheduler is told and what it decides. Nil: nobody does.
	Witness Witness
}

// pollEvery is how many changes and scheduling attempts lie between two calls of Stop and Progress.
const pollEvery = 4096

// Run runs a Config to its end and returns the footer of its record. An error before the first sink is
// begun means that nothing was run; after that, the first error of a source of arrivals or a sink is
// returned beside the footer.
func Run(cfg *Config, o RunOptions) (*record.Footer, error) {
	s, err := Open(cfg, o)
	if err != nil {
		return nil, err
	}
	s.world.run()
	return s.Close()
}

// world is one cluster in one run.
type world struct {
	cfg      *Config
	options  RunOptions
	engine   *sim.Engine
	api      *apiserver.Server
	kubelets *kubelet.Fleet
	images   *images.Manager
	traffic  *traffic.Manager // nil: none
	short    *pressure.Manager
	leases   *heartbeat.Keeper
	input    *input
	drive    *drive
	sampler  *sampler
	recorder *recorder
	notes    notes

	controllers *controllers.Manager
	ails        ails

	changes     int
	interrupted bool
	idle        bool
	failed      error // what ended the run before its time
}

// assemble builds the cluster with its initial objects. The order in which actors and watchers are
// registered here is part of every run.
func assemble(cfg *Config, o RunOptions) (*world, error) {
	w := &world{cfg: cfg, options: o, engine: sim.NewEngine(cfg.Seed)}
	w.input = newInput(w)
	w.api = apiserver.New(w.engine)
	w.recorder = newRecorder(w, o.Sinks)
	w.observe()
	var err error
	if w.drive, err = newDrive(w); err != nil {
		return nil, err
	}
	w.images = w.newImages()
	w.kubelets = kubelet.New(w.engine, w.api, kubelet.Options{Behaviours: cfg.Behaviours,
		Annotations: cfg.Annotations, WatchLatency: cfg.WatchLatency, Note: w.notes.add,
		Timers: cfg.Kubelet, Nodes: cfg.KubeletNodes, StaticPods: cfg.StaticPods, Start: cfg.Start, WallOffset: wallOffset(cfg.Start), Images: w.images,
		EveryProbe: o.EveryProbe})
	w.traffic = w.newTraffic()
	w.leases = heartbeat.New(w.engine, w.api)
	newCollector(w)
	w.sampler = newSampler(w)
	options := cfg.ControlPlane
	options.WallOffset, options.Start, options.Leases = wallOffset(cfg.Start), cfg.Start, w.leases
	book := w.newBook()
	options.Metrics = book
	w.controllers = controllers.Start(w.engine, w.api, options)
	short := pressure.New(w.engine, w.api, w.kubelets,
		pressure.Options{Config: cfg.Eviction, Nodes: cfg.EvictionNodes, Clock: clock(cfg.Start), Images: w.images, Load: w.requests(), Lost: w.recorder.lost})
	w.measure(book, short)
	w.images.OnDisk(short.DiskChanged)
	w.short = short
	w.check()
	if err := w.load(); err != nil {
		return nil, err
	}
	if err := w.input.open(); err != nil {
		w.input.close()
		return nil, err
	}
	return w, nil
}

// load puts the initial objects into the stores: what others refer to first, otherwise in their order.
func (w *world) load() error {
	stages := [3]func(model.Kind) bool{
		func(k model.Kind) bool { return k == model.KindNamespace || k == model.KindPriorityClass },
		func(k model.Kind) bool {
			return k != model.KindNamespace && k != model.KindPriorityClass && k != model.KindPod
		},
		func(k model.Kind) bool { return k == model.KindPod },
	}
	for _, belongs := range stages {
		for _, o := range w.cfg.Objects {
			if !belongs(o.Kind()) {
				continue
			}
			if err := w.loadOne(o); err != nil {
				return err
			}
		}
	}
	return nil
}

// loadOne loads an object. What every cluster has (its namespaces and system priority classes) may be
// declared again.
func (w *world) loadOne(o model.Object) error {
	m := o.Meta()
	if k := o.Kind(); k == model.KindNamespace || k == model.KindPriorityClass {
		if w.api.Collection(k).Find("", m.Name) != nil && !w.declared(k, m.Name) {
			return w.api.Update(apiserver.Copy(o))
		}
	}
	_, err := w.api.Load(o)
	if err != nil {
		return fmt.Errorf("%s %s: %w", o.Kind(), m.Key(), err)
	}
	return nil
}

// declared says whether the initial objects hold more than one of a name.
func (w *world) declared(kind model.Kind, name string) bool {
	n := 0
	for _, o := range w.cfg.Objects {
		if o.Kind() == kind && o.Meta().Name == name {
			n++
		}
	}
	return n > 1
}

// observe has every write recorded, and told to who watches from outside.
func (w *world) observe() {
	w.api.Observe(func(c apiserver.Change) {
		w.recorder.change(c)
		w.poll()
	})
	w.api.Events.OnDone(w.recorder.event)
	if watch := w.options.Watch; watch != nil {
		w.api.Observe(func(c apiserver.Change) {
			r, _ := apiserver.ResourceOf(c.Object().Kind())
			watch(w.engine.Now(), r.Stream(), c.Type.String(), c.Object())
		})
		w.api.Events.Observe(func(t apiserver.ChangeType, e *model.Event) {
			watch(w.engine.Now(), "events", t.String(), e)
		})
	}
}

// poll counts a change or an attempt and asks now and then whether to go on.
func (w *world) poll() {
	if w.changes++; w.changes%pollEvery != 0 {
		return
	}
	if w.options.Progress != nil {
		w.options.Progress(w.engine.Now(), w.engine.Processed())
	}
	if w.options.Stop != nil && w.options.Stop() {
		w.interrupted = true
		w.engine.Stop()
	}
}

// fail ends the run before its time.
func (w *world) fail(err error) {
	if w.failed == nil {
		w.failed = err
	}
	w.interrupted = true
	w.engine.Stop()
}

func (w *world) run() {
	if !w.cfg.UntilIdle {
		w.engine.RunUntil(sim.At(w.cfg.Duration))
		return
	}
	limit := sim.Never
	if w.cfg.Duration > 0 {
		limit = sim.At(w.cfg.Duration)
	}
	w.engine.RunUntilIdle(limit)
	w.idle = !w.interrupted && w.engine.Foreground() == 0
}

func (w *world) header() *record.Header {
	return &record.Header{Version: w.cfg.Version, Name: w.cfg.Name, Description: w.cfg.Description, Seed: w.cfg.Seed,
		ScenarioHash: w.cfg.ScenarioHash, Start: w.cfg.Start, Duration: w.cfg.Duration, UntilIdle: w.cfg.UntilIdle,
		Parameters: w.cfg.Parameters, Extended: w.cfg.Extended}
}

// footer closes the books.
func (w *world) footer() *record.Footer {
	now := w.engine.Now()
	w.sampler.last(now)
	f := &record.Footer{End: now, Interrupted: w.interrupted, Idle: w.idle, Events: w.engine.Processed(),
		Fingerprint: w.engine.Fingerprint().String()}
	w.drive.flush()
	w.recorder.close(now, f)
	w.api.Events.Flush()
	f.Notes = append(f.Notes, w.cfg.Notes...)
	f.Notes = append(f.Notes, w.input.notes()...)
	f.Notes = append(f.Notes, w.notes.list...)
	return f
}

// wallOffset is how far into a second of the wall clock the run starts.
func wallOffset(start time.Time) time.Duration { return time.Duration(start.Nanosecond()) }

// clock is the time of day, since midnight, at which the run starts.
func clock(start time.Time) time.Duration {
	return start.Sub(time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, start.Location()))
}
