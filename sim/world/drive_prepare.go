package world

import (
	"fmt"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// preparedEvery is how often is looked whether what a binding waits for has taken effect.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/binder.go BindPodVolumes.
const preparedEvery = time.Second

// prepare writes what is to be written before a pod is bound: its claims and volumes. The binding waits
// until that has taken effect.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/binder.go bindAPIUpdate.
func (d *drive) prepare(now sim.Time, a *attempt) {
	for _, o := range a.cycle.Writes {
		m := o.Meta()
		store := d.world.api.Collection(o.Kind())
		is := store.Find(m.Namespace, m.Name)
		if is == nil || is.Meta().ResourceVersion != m.ResourceVersion {
			d.unbound(now, a, fmt.Sprintf("running PreBind plugin %q: binding volumes: Operation cannot be fulfilled on %s %q: "+
				"the object has been modified; please apply your changes to the latest version and try again",
				"VolumeBinding", store.Resource(), m.Name))
			return
		}
		// The object is there, so that the write cannot fail.
		_ = d.world.api.Update(apiserver.Copy(o))
	}
	d.wait(now, a)
}

func (d *drive) wait(now sim.Time, a *attempt) {
	d.world.engine.Schedule(now.Add(preparedEvery), sim.Event{Phase: sim.PhaseAct, Actor: d.actor, Op: opPrepared, Arg: d.process, Ref: a})
}

// prepared goes on with the binding when all is there for it.
func (d *drive) prepared(now sim.Time, a *attempt) {
	done, failure := d.scheduler.Prepared(now, a.cycle)
	switch {
	case failure != "":
		d.unbound(now, a, failure)
	case done:
		d.bindSoon(now, a)
	default:
		d.wait(now, a)
	}
}

// bindSoon has the binding written once its time is over.
func (d *drive) bindSoon(now sim.Time, a *attempt) {
	if took := d.binding.draw(a.cycle); took > 0 {
		d.world.engine.Schedule(now.Add(took), sim.Event{Phase: sim.PhaseAct, Actor: d.actor, Op: opBind, Arg: d.process, Ref: a})
		return
	}
	d.bind(now, a)
}

// unbound is a binding that failed: the scheduler forgets the pod it had assumed.
func (d *drive) unbound(now sim.Time, a *attempt, message string) {
	a.known = true
	a.result, a.message = "bind-failed", message
	d.scheduler.BindFailed(now, a.cycle, message)
	d.witness.Unbound(now, a.cycle)
	d.failed(now, a.cycle, message)
	d.settle()
}
