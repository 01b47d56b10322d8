package images

import (
	"fmt"
	"math"
	"testing"
	"time"

	"towtank.dev/towtank/sim"
)

func TestSecondImagePullsOnlyTheLayersThatTheNodeLacks(t *testing.T) {
	b := newBench(t, 1, plain(
		entry("registry.example/a:1", of("base", 900), of("", 100)),
		entry("registry.example/b:1", of("base", 900), of("", 100))))
	b.ensure(0, podOf("a"), "registry.example/a:1", PullIfNotPresent)
	b.run(10 * time.Second)
	b.ensure(0, podOf("b"), "registry.example/b:1", PullIfNotPresent)
	b.run(20 * time.Second)

	b.endedAt("a registry.example/a:1", time.Second)                           // 1,000 MB at 1 GB/s
	b.endedAt("b registry.example/b:1", 10*time.Second+100*time.Millisecond)   // 100 MB
	expect(t, "bytes of the first pull", b.records[0].Bytes, int64(1000*mega)) //
	expect(t, "bytes of the second pull", b.records[1].Bytes, int64(100*mega)) // and not 1,000
	expect(t, "on disk", b.m.Disk("node-0").Images, int64(1100*mega))          // 900 + 100 + 100
	expect(t, "says", b.results["b registry.example/b:1"].Events[0].Message,
		`Successfully pulled image "registry.example/b:1" in 100ms (100ms including waiting). Image size: 1000000000 bytes.`)
}

func TestFortyReplicasTakeTheTimeThatTheRegistrysBandwidthDictates(t *testing.T) {
	c := plain(entry("registry.example/app:1", of("", 400), of("", 300), of("", 200), of("", 90), of("", 9), of("", 1)))
	for i := range c.Catalogue[0].Layers {
		l := &c.Catalogue[0].Layers[i]
		l.Unpacked = 5 * l.Size / 2
	}
	c.Registries = []Registry{{Host: "registry.example", Bandwidth: gigabit, RoundTrip: sim.Constant(0.05)}}
	c.Nodes[0].Bandwidth, c.Nodes[0].Unpack = 10*gigabit, 100*mega
	b := newBench(t, 40, c)
	for i := range 40 {
		b.ensure(i, podOf(fmt.Sprint("app-", i)), "registry.example/app:1", PullIfNotPresent)
	}
	b.run(10 * time.Minute)

	// 40 × 1,000 MB = 40,000 MB at 125 MB/s are 320 s; each replica's share is 3.125 MB/s. Before it there are 4
	// round trips of 50 ms. Unpacking (at most 10 s, for the 1,000 MB of the first layer) is done with each layer before
	// the next one has come: the 225 MB of the fourth take 2.25 s, and the fifth comes 2.88 s after it. The last one's
	// 2.5 MB take 25 ms: 320.225 s in all.
	for i := range 40 {
		b.endedAt(fmt.Sprintf("app-%d registry.example/app:1", i), 320*time.Second+225*time.Millisecond)
	}
	if seconds := b.ended["app-0 registry.example/app:1"].Seconds(); math.Abs(seconds-320)/320 > 0.01 {
		t.Errorf("%g s, want 320 s within 1 %%", seconds)
	}
	expect(t, "bytes", b.m.Stats("").Bytes, int64(40*1000*mega))
}

func TestUnpackingOverlapsWithTheDownloadOfLaterLayers(t *testing.T) {
	// 100 MB/s down, 50 MB/s unpacked. Layers of 100 MB (200 MB unpacked) and 300 MB (100 MB unpacked):
	// the first has come at 1 s and is unpacked at 5 s, the second at 4 s and, after the first, at 7 s.
	first, second := of("", 100), of("", 300)
	first.Unpacked, second.Unpacked = 200*mega, 100*mega
	c := plain(entry("registry.example/a:1", first, second))
	c.Nodes[0].Bandwidth, c.Nodes[0].Unpack = 100*mega, 50*mega
	b := newBench(t, 1, c)
	b.ensure(0, podOf("a"), "registry.example/a:1", PullIfNotPresent)
	b.run(time.Minute)
	b.endedAt("a registry.example/a:1", 7*time.Second)
	expect(t, "on disk, downloaded and unpacked", b.m.Disk("node-0").Images, int64(700*mega))
}

func TestALayerThatAnotherPullBringsIsWaitedFor(t *testing.T) {
	images := []Image{
		entry("registry.example/a:1", of("base", 900), of("", 100)),
		entry("registry.example/b:1", of("base", 900), of("", 50)),
	}
	c := plain(images...)
	c.Nodes[0].Bandwidth = 100 * mega
	c.Nodes[0].Kubelet.MaxParallelImagePulls = 2
	b := newBench(t, 1, c)
	b.ensure(0, podOf("a"), "registry.example/a:1", PullIfNotPresent)
	b.run(2 * time.Second)
	b.ensure(0, podOf("b"), "registry.example/b:1", PullIfNotPresent)
	b.run(time.Minute)

	// a alone has 200 MB of base by 2 s. Then both have 50 MB/s: b its 50 MB at 3 s, a 250 MB. Alone again at
	// 100 MB/s a has the 900 MB of base at 9.5 s, when b has all it needs, and its own 100 MB at 10.5 s.
	b.endedAt("b registry.example/b:1", 9500*time.Millisecond)
	b.endedAt("a registry.example/a:1", 10500*time.Millisecond)
	expect(t, "bytes of both", b.m.Stats("node-0").Bytes, int64(1050*mega))
}

func TestWaitingForALayerNeedsNoDownloadOfItsOwn(t *testing.T) {
	c := plain(entry("r.example/a:1", of("base", 900), of("", 100)), entry("r.example/b:1", of("base", 900)))
	c.Nodes[0].Bandwidth = 100 * mega
	c.Nodes[0].Kubelet.MaxParallelImagePulls = 2
	b := newBench(t, 1, c)
	b.ensure(0, podOf("a"), "r.example/a:1", PullIfNotPresent)
	b.run(2 * time.Second)
	b.ensure(0, podOf("b"), "r.example/b:1", PullIfNotPresent)
	b.run(time.Minute)
	b.endedAt("b r.example/b:1", 9*time.Second) // with the base, not with the whole of a
	b.endedAt("a r.example/a:1", 10*time.Second)
}

func TestAPullThatWaitsForABrokenOneFailsToo(t *testing.T) {
	// b waits for the base that a brings when the registry of both goes down, which b finds when it has to turn to it.
	c := plain(entry("r.example/a:1", of("base", 900)), entry("r.example/b:1", of("base", 900)))
	c.Nodes[0].Bandwidth = 100 * mega
	c.Nodes[0].Kubelet.MaxParallelImagePulls = 2
	b := newBench(t, 1, c)
	b.ensure(0, podOf("a"), "r.example/a:1", PullIfNotPresent)
	b.ensure(0, podOf("b"), "r.example/b:1", PullIfNotPresent)
	b.run(2 * time.Second)
	b.m.RegistryDown(b.engine.Now(), "r.example")
	b.run(time.Minute)
	b.endedAt("a r.example/a:1", 2*time.Second)
	b.endedAt("b r.example/b:1", 2*time.Second)
	expect(t, "reason", b.results["b r.example/b:1"].Reason, ErrImagePull)
	expect(t, "on disk", b.m.Disk("node-0").Images, int64(0))
}

func TestAPullThatWaitsForABrokenOneDownloadsItself(t *testing.T) {
	c := plain(entry("registry.example/a:1", of("base", 900)), entry("other.example/b:1", of("base", 900), of("", 100)))
	c.Nodes[0].Bandwidth = 100 * mega
	c.Nodes[0].Kubelet.MaxParallelImagePulls = 2
	b := newBench(t, 1, c)
	b.ensure(0, podOf("a"), "registry.example/a:1", PullIfNotPresent)
	b.ensure(0, podOf("b"), "other.example/b:1", PullIfNotPresent)
	b.run(4 * time.Second)
	b.m.RegistryDown(b.engine.Now(), "registry.example")
	b.run(time.Minute)

	// b has its 100 MB at 2 s and waits. At 4 s a fails with 300 MB for nothing; b then needs 900 MB from its own
	// registry, 9 s.
	b.endedAt("a registry.example/a:1", 4*time.Second)
	b.endedAt("b other.example/b:1", 13*time.Second)
	expect(t, "reason of the broken one", b.results["a registry.example/a:1"].Reason, ErrImagePull)
	expect(t, "bytes of the broken one", b.records[0].Bytes, int64(300*mega))
	expect(t, "on disk", b.m.Disk("node-0").Images, int64(1000*mega))
	if len(b.m.nodes["node-0"].coming) != 0 || len(b.m.network.flows) != 0 {
		t.Error("something is still under way")
	}
}

func TestPullsOfOneNodeTakeTurnsUnlessTheyMayBeParallel(t *testing.T) {
	// Three images of 100 MB at 100 MB/s.
	tests := []struct {
		name     string
		parallel int
		ends     [3]time.Duration
	}{
		{"serial pulls are first come, first served", 1, [3]time.Duration{1 * time.Second, 2 * time.Second, 3 * time.Second}},
		// Two share 100 MB/s and end at 2 s; the third has it alone until 3 s.
		{"two at a time share the node's bandwidth", 2, [3]time.Duration{2 * time.Second, 2 * time.Second, 3 * time.Second}},
		{"any number at a time", 0, [3]time.Duration{3 * time.Second, 3 * time.Second, 3 * time.Second}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := plain(entry("r.example/a:1", of("", 100)), entry("r.example/b:1", of("", 100)), entry("r.example/c:1", of("", 100)))
			c.Nodes[0].Bandwidth = 100 * mega
			c.Nodes[0].Kubelet.MaxParallelImagePulls = test.parallel
			b := newBench(t, 1, c)
			for i, image := range []string{"r.example/a:1", "r.example/b:1", "r.example/c:1"} {
				b.ensure(0, podOf(fmt.Sprint("p", i)), image, PullIfNotPresent)
			}
			b.run(time.Minute)
			for i, image := range []string{"r.example/a:1", "r.example/b:1", "r.example/c:1"} {
				b.endedAt(fmt.Sprintf("p%d %s", i, image), test.ends[i])
			}
		})
	}
}

func TestTheTimeOfAPullTellsWaitingApart(t *testing.T) {
	// As recorded: a pull of 5.001 s that is asked for 300 ms after another of that length.
	b := newBench(t, 1, plain())
	five := func(time.Duration) Scripted { return Scripted{Took: 5001 * time.Millisecond} }
	b.ensureScripted(0, podOf("x"), "registry.example/x:1", PullIfNotPresent, five)
	b.run(300 * time.Millisecond)
	b.ensureScripted(0, podOf("y"), "registry.example/y:1", PullIfNotPresent, five)
	b.run(time.Minute)
	expect(t, "says", b.results["y registry.example/y:1"].Events[0].Message,
		`Successfully pulled image "registry.example/y:1" in 5.001s (9.702s including waiting). Image size: 100000000 bytes.`)
	s := b.m.Stats("node-0")
	expect(t, "time under way", s.Pulling, 10002*time.Millisecond)
	expect(t, "time waited", s.Queued, 4701*time.Millisecond)
}

func TestASlowRegistryAndItsRecoveryChangeThePullsUnderWay(t *testing.T) {
	c := plain(entry("registry.example/a:1", of("", 1000)))
	c.Registries = []Registry{{Host: "registry.example", Bandwidth: 100 * mega}}
	b := newBench(t, 1, c)
	b.ensure(0, podOf("a"), "registry.example/a:1", PullIfNotPresent)
	b.run(2 * time.Second)
	b.m.RegistrySlow(b.engine.Now(), "registry.example", 10*mega)
	b.run(12 * time.Second)
	b.m.RegistrySlow(b.engine.Now(), "registry.example", 0)
	b.run(20 * time.Second)
	b.m.RegistrySlow(b.engine.Now(), "registry.example", -1)
	b.run(time.Minute)
	// 200 MB in 2 s, 100 MB in 10 s, nothing in 8 s, the other 700 MB in 7 s.
	b.endedAt("a registry.example/a:1", 27*time.Second)
}

func TestCancelledPullsComeToNothing(t *testing.T) {
	b := newBench(t, 1, plain(entry("r.example/a:1", of("", 1000)), entry("r.example/b:1", of("", 1000))))
	first := b.ensure(0, podOf("a"), "r.example/a:1", PullIfNotPresent)
	second := b.ensure(0, podOf("b"), "r.example/b:1", PullIfNotPresent)
	third := b.ensure(0, podOf("c"), "r.example/a:1", PullIfNotPresent)
	b.run(500 * time.Millisecond)
	b.m.Cancel(b.engine.Now(), second.Pull) // waits for its turn
	b.m.Cancel(b.engine.Now(), first.Pull)  // under way
	b.run(time.Minute)
	b.endedAt("c r.example/a:1", 1500*time.Millisecond)
	expect(t, "pulls that ended", len(b.ended), 1)
	s := b.m.Stats("")
	expect(t, "pulls", s.Pulls, 1)
	expect(t, "bytes, in vain too", s.Bytes, int64(1500*mega))
	expect(t, "active", s.Active, 0)
	expect(t, "waiting", s.Waiting, 0)
	b.m.Cancel(b.engine.Now(), third.Pull) // over: nothing
	b.m.Cancel(b.engine.Now(), nil)
}
