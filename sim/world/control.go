package world

import (
	"time"

	"towtank.dev/towtank/sim"
)

// control is the control plane: faults of it add up here.
type control struct{ *world }

// StopControllers ends the controller manager.
func (c control) StopControllers(sim.Time) {
	if c.ails.controllers++; c.ails.controllers == 1 {
		c.controllers.Pause()
	}
}

// StartControllers ends one such fault.
func (c control) StartControllers(sim.Time) {
	if c.ails.controllers--; c.ails.controllers == 0 {
		c.controllers.Resume()
	}
}

// StopScheduler ends the scheduler.
func (c control) StopScheduler(sim.Time) {
	if c.ails.scheduler++; c.ails.scheduler == 1 {
		c.drive.stop()
	}
}

// StartScheduler ends one such fault.
func (c control) StartScheduler(now sim.Time) {
	if c.ails.scheduler--; c.ails.scheduler == 0 {
		c.drive.start(now)
	}
}

// StopAPI has the API server refuse everything.
func (c control) StopAPI(now sim.Time) {
	if c.ails.api++; c.ails.api == 1 {
		c.api.Refuse(true)
	}
	c.mute(now)
}

// StopEtcd has the API server write nothing.
func (c control) StopEtcd(now sim.Time) {
	if c.ails.etcd++; c.ails.etcd == 1 {
		c.api.TimeOut(true)
	}
	c.mute(now)
}

// mute has nobody write. No kubelet is heard; controllers and scheduler lose their leases and end.
func (c control) mute(now sim.Time) {
	if c.ails.mute++; c.ails.mute > 1 {
		return
	}
	c.StopControllers(now)
	c.StopScheduler(now)
	c.ails.cut = map[string]bool{}
	for _, n := range c.api.Nodes.List() {
		if !c.kubelets.Trouble(n.Name).Cut {
			c.ails.cut[n.Name] = true
			machines(c).cut(now, n.Name)
		}
	}
}

// StartAPI ends one such fault.
func (c control) StartAPI(now sim.Time) {
	if c.ails.api--; c.ails.api == 0 {
		c.api.Refuse(false)
	}
	c.hear(now)
}

// StartEtcd ends one such fault.
func (c control) StartEtcd(now sim.Time) {
	if c.ails.etcd--; c.ails.etcd == 0 {
		c.api.TimeOut(false)
	}
	c.hear(now)
}

// hear ends one reason why nobody writes. Kubelets are heard in the order of their nodes' creation.
func (c control) hear(now sim.Time) {
	if c.ails.mute--; c.ails.mute > 0 {
		return
	}
	cut := c.ails.cut
	c.ails.cut = nil
	for _, n := range c.api.Nodes.List() {
		if cut[n.Name] {
			machines(c).Mend(now, n.Name)
		}
	}
	c.StartControllers(now)
	c.StartScheduler(now)
}

// SlowAPI has requests of controllers and scheduler take times as long.
func (c control) SlowAPI(_ sim.Time, times float64) {
	c.ails.requests = append(c.ails.requests, times)
	c.requests()
}

// QuickAPI ends one such fault.
func (c control) QuickAPI(_ sim.Time, times float64) {
	c.ails.requests = without(c.ails.requests, times)
	c.requests()
}

func (c control) requests() {
	times := product(c.ails.requests)
	c.controllers.Slow(times)
	c.drive.binding.times, c.drive.patch.times = times, times
}

// DelayWatches has what watches tell come later.
func (c control) DelayWatches(_ sim.Time, by time.Duration) {
	c.ails.watches += by
	c.api.DelayWatches(c.ails.watches)
}

// drawnBack says whether a node that is cut off or mended while nobody is heard is only taken note of.
func (c control) drawnBack(node string, cut bool) bool {
	if c.ails.mute == 0 || c.ails.cut == nil {
		return false
	}
	if _, ok := c.api.Nodes.Get("", node); ok {
		c.ails.cut[node] = !cut
	}
	return true
}
