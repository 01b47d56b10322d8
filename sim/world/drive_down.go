package world

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// stop ends the scheduler's process: what it is at comes to nothing, and bindings that are not written are
// not written. It is told of changes as before, so that the pods that wait are known; it does nothing.
func (d *drive) stop() {
	d.down = true
	d.process++
	d.cycle, d.patching = nil, nil
	d.world.engine.Cancel(d.wake)
	d.wake = sim.Handle{}
	for _, a := range d.attempts {
		if !a.known {
			a.known, a.result, a.message = true, "bind-failed", "the scheduler has ended"
		}
	}
	d.settle()
}

// start begins the scheduler's process anew: it sees all objects as they are, and tries all pods that wait at
// once, whatever came of them before.
func (d *drive) start(now sim.Time) {
	s, err := d.world.newScheduler()
	if err != nil {
		d.world.fail(err) // it was made of the same configuration before
		return
	}
	d.down, d.scheduler = false, s
	api := d.world.api
	d.since = api.Version()
	for _, r := range apiserver.Resources() {
		if r.Kind == model.KindPod {
			continue
		}
		for _, o := range api.Collection(r.Kind).Objects() {
			s.Added(now, o)
		}
	}
	for pod := range api.Pods.All() {
		s.Added(now, pod)
	}
	d.rouse(now)
}

// stale says whether the scheduler that runs has begun with what is told now.
func (d *drive) stale(c apiserver.Change) bool {
	return c.New != nil && c.New.Meta().ResourceVersion <= d.since
}
