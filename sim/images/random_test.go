package images

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"towtank.dev/towtank/sim"
)

// randomConfig has images that share layers, three registries and nodes of two kinds, with small disks.
func randomConfig(random *rand.Rand) *Config {
	c := plain()
	for i := range 8 {
		e := Image{Names: []string{fmt.Sprintf("r%d.example/i%d:1", i%3, i)}}
		for range 1 + random.IntN(4) {
			l := Layer{Size: int64(random.IntN(300)) * mega}
			if k := random.IntN(6); k < 4 {
				l = Layer{Digest: fmt.Sprint("base-", k), Size: int64(1+k) * 60 * mega}
			}
			l.Unpacked = 2 * l.Size
			e.Layers = append(e.Layers, l)
		}
		c.Catalogue = append(c.Catalogue, e)
	}
	for i := range 3 {
		c.Registries = append(c.Registries, Registry{Host: fmt.Sprintf("r%d.example", i),
			Bandwidth: float64(20+random.IntN(400)) * mega, RoundTrip: exponential()})
	}
	few := c.Nodes[0]
	few.Bandwidth, few.Unpack, few.Disk = 150*mega, 300*mega, 3*giga
	many := few
	many.Match, many.Kubelet.MaxParallelImagePulls = named("node-1"), random.IntN(4)
	c.Nodes = []Node{many, few}
	return c
}

// TestRandomLivesKeepTheirBooks has pods ask for images while registries fail and slow down, kubelets begin anew,
// pulls are given up and containers come and go; what is kept must always be what can be derived, and once
// everything works again every pull must end.
func TestRandomLivesKeepTheirBooks(t *testing.T) {
	for seed := range uint64(150) {
		random := rand.New(rand.NewPCG(seed, 3))
		b := newBench(t, 3, randomConfig(random))
		var pulls []*Pull
		var containers []*Container
		for step := range 150 {
			b.run(time.Duration(b.engine.Now()) + time.Duration(random.IntN(4000))*time.Millisecond)
			now, image := b.engine.Now(), fmt.Sprintf("r%d.example/i%d:1", step%3, random.IntN(3)*3+step%3)
			node, host := random.IntN(3), fmt.Sprintf("r%d.example", random.IntN(3))
			switch k := random.IntN(20); {
			case k < 9:
				policy := [...]string{PullIfNotPresent, PullAlways, PullNever}[random.IntN(3)]
				out := b.ensure(node, podOf(fmt.Sprint("p", random.IntN(40))), image, policy)
				if out.State == Waiting {
					pulls = append(pulls, out.Pull)
				}
			case k < 12:
				c := b.m.Create(now, fmt.Sprintf("node-%d", node), image)
				b.m.Start(c)
				b.m.Grow(now, c, int64(random.IntN(100))*mega)
				containers = append(containers, c)
			case k < 15 && len(containers) > 0:
				b.m.Remove(now, containers[random.IntN(len(containers))])
			case k == 15:
				b.m.RegistryDown(now, host)
			case k == 16:
				b.m.RegistryUp(now, host)
			case k == 17:
				b.m.RegistrySlow(now, host, float64(random.IntN(3))*50*mega)
			case k == 18 && len(pulls) > 0:
				b.m.Cancel(now, pulls[random.IntN(len(pulls))])
			case k == 19 && random.IntN(3) == 0:
				b.m.Restart(now, fmt.Sprintf("node-%d", node))
			default:
				b.m.DeleteUnused(now, fmt.Sprintf("node-%d", node))
			}
			b.m.check()
		}
		for i := range 3 {
			b.m.RegistryUp(b.engine.Now(), fmt.Sprintf("r%d.example", i))
			b.m.RegistrySlow(b.engine.Now(), fmt.Sprintf("r%d.example", i), -1)
		}
		for range 1000 { // an event or so at a time, so that the books are looked at between
			b.run(time.Duration(b.engine.Now()) + time.Second)
			b.m.check()
		}
		if s := b.m.Stats(""); s.Active+s.Waiting > 0 || len(b.m.network.flows) > 0 {
			t.Fatalf("seed %d: %d pulls under way and %d waiting when all is well", seed, s.Active, s.Waiting)
		}
		for _, p := range pulls {
			if !p.over {
				t.Fatalf("seed %d: the pull of %s has not ended", seed, p.known.asked)
			}
		}
		for _, c := range containers {
			b.m.Remove(b.engine.Now(), c)
		}
		for name, n := range b.m.nodes {
			if n.disk.Writable != 0 || n.disk.Cached != 0 || len(n.coming) > 0 {
				t.Fatalf("seed %d: %s is left with %+v", seed, name, n.disk)
			}
		}
	}
}

// TestEveryByteIsAccountedFor pulls without faults: what went over the network is what is on disk, each layer of a
// node once.
func TestEveryByteIsAccountedFor(t *testing.T) {
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 4))
		c := randomConfig(random)
		for i := range c.Nodes {
			c.Nodes[i].Disk = 0
			c.Nodes[i].Kubelet.RegistryPullQPS = 0
		}
		b := newBench(t, 3, c)
		for i := range 60 {
			b.run(time.Duration(b.engine.Now()) + time.Duration(random.IntN(2000))*time.Millisecond)
			b.ensure(random.IntN(3), podOf(fmt.Sprint("p", i)), c.Catalogue[random.IntN(len(c.Catalogue))].Names[0], PullIfNotPresent)
		}
		b.engine.RunUntil(sim.At(time.Hour))
		for i := range 3 {
			name := fmt.Sprintf("node-%d", i)
			var sizes int64
			for l := range b.m.nodes[name].layers {
				sizes += l.size
			}
			if got := b.m.Stats(name).Bytes; got != sizes {
				t.Errorf("seed %d: %s downloaded %d bytes and holds %d", seed, name, got, sizes)
			}
		}
	}
}
