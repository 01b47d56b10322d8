package kubelet

import (
	"towtank.dev/towtank/sim"
)

// waitingFor is a container that ends when something has come.
type waitingFor struct {
	w     *worker
	index int
	of    *instance
}

// awaitUntil has a container end when what it waits for has come.
func (f *Fleet) awaitUntil(w *worker, i int) {
	c := &w.containers[i]
	until := c.life.Until()
	if until == nil {
		return
	}
	if until.HasAt {
		c.over = ending{own: true}
		c.end = f.at(max(until.At, f.engine.Now()), opEnd, w, i)
		return
	}
	f.note("containers wait for a Service or a pod: that is not modelled yet, they wait for ever")
	_ = sim.Never
}
