package kubelet

import "towtank.dev/towtank/sim"

// makeLayer makes the writable layer of a new instance of a container. The instance before is kept, and
// removed when there is another: so long its image counts as used.
func (f *Fleet) makeLayer(now sim.Time, w *worker, c *container) {
	if f.options.Images == nil {
		return
	}
	f.options.Images.Remove(now, c.former)
	c.former, c.layer = c.layer, nil
	if !f.options.Images.Known() {
		return
	}
	c.layer = f.options.Images.Create(now, w.host.name, c.spec.Image)
}

// startLayer has the files of a container's image be in memory while it runs, stopLayer ends that.
func (f *Fleet) startLayer(c *container) {
	if f.options.Images != nil {
		f.options.Images.Start(c.layer)
	}
}

func (f *Fleet) stopLayer(c *container) {
	f.meterEnds(c)
	if f.options.Images != nil {
		f.options.Images.Stop(c.layer)
	}
}

// dropLayers removes what a container has left.
func (f *Fleet) dropLayers(c *container) {
	f.meterEnds(c)
	if f.options.Images == nil {
		return
	}
	f.options.Images.Stop(c.layer)
	f.options.Images.Remove(f.engine.Now(), c.former)
	f.options.Images.Remove(f.engine.Now(), c.layer)
	c.layer, c.former = nil, nil
}

// RemoveContainers removes the containers of pods that have stopped for good, which a kubelet that is short of
// disk does not wait with.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_gc.go evictContainers.
func (f *Fleet) RemoveContainers(_ sim.Time, node string) {
	h := f.known(node)
	if h == nil {
		return
	}
	for w := h.first; w != nil; w = w.next {
		for i := range w.containers {
			if w.terminated {
				f.dropLayers(&w.containers[i])
			}
		}
	}
}
