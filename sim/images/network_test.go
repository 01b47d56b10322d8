package images

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// fluid is a download of the brute-force model: bytes move in steps of a millisecond.
type fluid struct {
	name         string
	from, to     int
	begins, left float64 // seconds, bytes
	rate, ended  float64
}

// fill raises all rates together, a thousandth of the narrowest link at a time, and stops those on a full link.
func fill(flows []*fluid, registries, nodes []float64) {
	narrowest := math.Inf(1)
	for _, c := range append(append([]float64{}, registries...), nodes...) {
		narrowest = min(narrowest, c)
	}
	step := narrowest / 1000
	used := func(of func(*fluid) bool) (sum float64) {
		for _, f := range flows {
			if of(f) {
				sum += f.rate
			}
		}
		return sum
	}
	open := append([]*fluid{}, flows...)
	for _, f := range flows {
		f.rate = 0
	}
	for len(open) > 0 {
		for _, f := range open {
			f.rate += step
		}
		var still []*fluid
		for _, f := range open {
			if used(func(g *fluid) bool { return g.from == f.from }) < registries[f.from]-step/2 &&
				used(func(g *fluid) bool { return g.to == f.to }) < nodes[f.to]-step/2 {
				still = append(still, f)
			}
		}
		open = still
	}
}

// brute runs all downloads to their ends.
func brute(flows []*fluid, registries, nodes []float64) {
	const dt = 0.001
	var active []*fluid
	for now := 0.0; ; now += dt {
		before := len(active)
		var next []*fluid
		waiting := false
		for _, f := range flows {
			switch {
			case f.begins > now:
				waiting = true
			case f.left > 0:
				next = append(next, f)
			}
		}
		changed := len(next) != before
		for i := range next {
			changed = changed || i < before && next[i] != active[i]
		}
		if active = next; changed {
			fill(active, registries, nodes)
		}
		if len(active) == 0 && !waiting {
			return
		}
		for _, f := range active {
			if f.left -= f.rate * dt; f.left <= 0 {
				f.ended = now + dt
			}
		}
	}
}

func TestDownloadsEndWhenABruteForceFluidSaysSo(t *testing.T) {
	for seed := range uint64(25) {
		random := rand.New(rand.NewPCG(seed, 1))
		registries, nodes := make([]float64, 1+random.IntN(3)), make([]float64, 1+random.IntN(4))
		c := plain()
		for i := range registries {
			registries[i] = float64(20+random.IntN(180)) * mega
			c.Registries = append(c.Registries, Registry{Host: fmt.Sprintf("r%d.example", i), Bandwidth: registries[i]})
		}
		base := c.Nodes[0]
		base.Kubelet.MaxParallelImagePulls = 0
		base.Kubelet.RegistryPullQPS = 0
		c.Nodes = nil
		for i := range nodes {
			nodes[i] = float64(20+random.IntN(180)) * mega
			one := base
			one.Bandwidth = nodes[i]
			one.Match = named(fmt.Sprintf("node-%d", i))
			c.Nodes = append(c.Nodes, one)
		}
		var flows []*fluid
		for i := range 2 + random.IntN(10) {
			f := &fluid{from: random.IntN(len(registries)), to: random.IntN(len(nodes)),
				begins: float64(random.IntN(4000)) / 1000, left: float64(20+random.IntN(400)) * mega}
			image := fmt.Sprintf("r%d.example/i%d:1", f.from, i)
			c.Catalogue = append(c.Catalogue, entry(image, Layer{Size: int64(f.left) / 3}, Layer{Size: int64(f.left) - int64(f.left)/3}))
			f.name = fmt.Sprintf("p%d %s", i, image)
			flows = append(flows, f)
		}
		b := newBench(t, len(nodes), c)
		for ms := range 4001 {
			b.run(time.Duration(ms) * time.Millisecond)
			for i, f := range flows {
				if f.begins == float64(ms)/1000 {
					b.ensure(f.to, podOf(fmt.Sprint("p", i)), c.Catalogue[i].Names[0], PullIfNotPresent)
				}
			}
		}
		b.run(time.Hour)
		brute(flows, registries, nodes)
		for _, f := range flows {
			// The fluid's rates are exact to a thousandth of the narrowest link, 0.02 MB/s of at least 1.6 MB/s, and
			// its ends to some steps.
			took, want := b.ended[f.name].Seconds()-f.begins, f.ended-f.begins
			if math.Abs(took-want) > 0.015*want+0.01 {
				t.Errorf("seed %d, %s: took %.3f s, the fluid %.3f s", seed, f.name, took, want)
			}
		}
	}
}

func TestNoDownloadCouldBeFasterWithoutASlowerOneLosing(t *testing.T) {
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 2))
		registries, nodes := make([]registry, 1+random.IntN(4)), make([]node, 1+random.IntN(8))
		for i := range registries {
			registries[i].link.capacity = float64(1 + random.IntN(1000))
		}
		for i := range nodes {
			nodes[i].link.capacity = float64(1 + random.IntN(1000))
			if random.IntN(4) == 0 {
				nodes[i].link.capacity = unlimited
			}
		}
		var w network
		for range 1 + random.IntN(30) {
			w.flows = append(w.flows, &flow{pull: &Pull{registry: &registries[random.IntN(len(registries))], node: &nodes[random.IntN(len(nodes))]}})
		}
		w.share()
		for i, f := range w.flows {
			if !w.bottleneck(f, f.from()) && !w.bottleneck(f, f.to()) {
				t.Errorf("seed %d, flow %d of %d: %g has no bottleneck", seed, i, len(w.flows), f.fair)
			}
		}
	}
}

// bottleneck says whether a link is full and none of its flows is faster than f; it fails when it is overfull.
func (w *network) bottleneck(f *flow, l *link) bool {
	var sum, most float64
	for _, g := range w.flows {
		if g.from() == l || g.to() == l {
			sum += g.fair
			most = max(most, g.fair)
		}
	}
	if sum > l.capacity*(1+1e-9) {
		panic(fmt.Sprintf("%g on a link of %g", sum, l.capacity))
	}
	return sum >= l.capacity*(1-1e-9) && f.fair >= most*(1-1e-9)
}
