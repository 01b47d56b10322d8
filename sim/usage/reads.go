package usage

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/pressure"
)

// Kubelets are read every resolution. A container that is younger, but at least fresh old, is measured from its
// start on; every other needs two reads.
// Source: metrics-server v0.8.0 manifests/base/deployment.yaml (--metric-resolution=15s);
// pkg/storage/pod.go freshContainerMinMetricsResolution.
const (
	resolution = 15 * time.Second
	fresh      = 10 * time.Second
)

// phase is when a node is read first. Upstream reads all nodes at once, within 4 s, and each kubelet answers with
// what cAdvisor has counted up to 15 s before, for each container at an instant of its own; here that is one
// instant for each node.
// Source: metrics-server v0.8.0 pkg/scraper/scraper.go Scrape; cadvisor v0.53.0 manager/container.go housekeeping.
func (b *Book) phase(node string) sim.Time {
	draw := b.phases.Of(node).Draw(0)
	return sim.At(time.Duration(draw.Float64() * float64(resolution)))
}

// last is the last read at or before an instant, also before the start of the run: what a snapshot shows running
// was read then.
func (n *node) last(now sim.Time) sim.Time { return now.TruncateFrom(n.phase, resolution) }

// before is the read before that.
func (n *node) before(now sim.Time) sim.Time { return n.last(now).Add(-resolution) }

// window is how far back the last read of a container measures that started at an instant; false when nothing is
// known of it.
// Source: metrics-server v0.8.0 pkg/storage/pod.go podStorage.Store, podStorage.GetMetrics.
func window(read, started sim.Time) (time.Duration, bool) {
	age := read.Sub(started)
	switch {
	case age >= fresh && age < resolution:
		return age, true
	case age > resolution:
		return resolution, true
	}
	return 0, false
}

// share works out for the read of a node at an instant which part of the CPU that they want its containers have
// got: all of it, unless they want more than there is.
func (b *Book) share(n *node, read sim.Time) {
	if n.shared == read {
		return
	}
	n.shared = read
	demands, wanted := make([]pressure.Demand, len(n.uses)), 0.0
	for i, u := range n.uses {
		b.advance(n, u, read)
		u.part = 1
		request, _ := u.Spec.Requests.Get(model.ResourceCPU)
		demands[i] = pressure.Demand{Wants: u.wanted(read), Weight: pressure.Weight(request.MilliValue())}
		wanted += demands[i].Wants
	}
	cores := b.cores(n.name)
	if wanted <= cores {
		return
	}
	for i, gets := range pressure.Shares(cores, demands) {
		if wants := demands[i].Wants; wants > 0 {
			n.uses[i].part = gets / wants
		}
	}
}

// cores is how many a node has.
func (b *Book) cores(name string) float64 {
	object, ok := b.api.Nodes.Get("", name)
	if !ok {
		return 0
	}
	q, has := object.Status.Capacity.Get(model.ResourceCPU)
	if !has {
		q, _ = object.Status.Allocatable.Get(model.ResourceCPU)
	}
	return float64(q.MilliValue()) / 1000
}
