package world

import (
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// sampler takes samples of the cluster: with a period, or at the end of every instant at which
// something has changed. It only looks.
type sampler struct {
	world   *world
	actor   sim.Actor
	pending bool // a sample of this instant is scheduled
	taken   sim.Time
	dirty   bool // something changed since the last sample
}

func newSampler(w *world) *sampler {
	s := &sampler{world: w, taken: sim.Never}
	s.actor = w.engine.Register("sampler", s)
	return s
}

// start begins with the sample at the start of the run.
func (s *sampler) start() {
	if !s.pending {
		s.schedule(s.world.engine.Now())
	}
}

func (s *sampler) schedule(at sim.Time) {
	s.pending = true
	s.world.engine.Schedule(at, sim.Event{Phase: sim.PhaseObserve, Actor: s.actor, Background: true})
}

// changed is told of every change.
func (s *sampler) changed(now sim.Time) {
	s.dirty = true
	if s.world.cfg.Sample == 0 && !s.pending {
		s.schedule(now)
	}
}

// Handle takes a sample.
func (s *sampler) Handle(now sim.Time, _ sim.Event) {
	s.pending = false
	s.take(now)
	if period := s.world.cfg.Sample; period > 0 {
		s.schedule(now.Add(period))
	}
}

// last takes the sample at the end of the run, unless it is there.
func (s *sampler) last(now sim.Time) {
	if s.taken != now || s.dirty {
		s.take(now)
	}
}

func (s *sampler) take(now sim.Time) {
	s.taken, s.dirty = now, false
	r := s.world.recorder
	queue := s.world.drive.scheduler.Queue()
	sample := record.Sample{At: now, Nodes: r.totals.nodes, ReadyNodes: r.counts.readyNodes,
		Pods: int64(s.world.api.Pods.Len()), Pending: r.counts.pending, Running: r.counts.running, Ready: r.counts.ready,
		Ended: r.counts.ended, Active: int64(queue.Active), Backoff: int64(queue.Backoff),
		Unschedulable: int64(queue.Unschedulable), Gated: int64(queue.Gated)}
	sample.Resources = make([]record.Usage, len(r.resources.names))
	for i, name := range r.resources.names {
		sample.Resources[i] = record.Usage{Name: name, Requested: r.totals.requested[i], Allocatable: r.totals.allocatable[i]}
	}
	for _, sink := range r.sinks {
		sink.Sample(&sample)
	}
}
