package images

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// pulled has an image pulled and, for a time, used by a container; the node's bandwidth must be unlimited.
func (b *bench) pulled(image string) {
	b.t.Helper()
	b.ensure(0, podOf("p-"+image), image, PullIfNotPresent)
	b.engine.RunUntil(b.engine.Now())
	if b.results["p-"+image+" "+image].State != Present {
		b.t.Fatalf("%s was not pulled", image)
	}
}

// has says which of r.example/a:1, b:1 ... the node holds, as letters in order.
func (b *bench) has() string {
	var out []byte
	for _, s := range b.m.nodes["node-0"].images {
		out = append(out, s.names[0].path()[0])
	}
	slices.Sort(out)
	return string(out)
}

// disk is a config of images a, b, c ... of 100 MB each on a disk of 1 GB, without layers in common, and with links
// that take no time.
func disk(images string) *Config {
	c := plain()
	for _, name := range images {
		c.Catalogue = append(c.Catalogue, entry(fmt.Sprintf("r.example/%c:1", name), of("", 100)))
	}
	c.Nodes[0].Bandwidth, c.Nodes[0].Disk = unlimited, giga
	c.Nodes[0].Kubelet.RegistryPullQPS = 0
	return c
}

func TestContainersKeepTheirImagesAndTheirBytes(t *testing.T) {
	c := disk("a")
	c.Catalogue = []Image{
		entry("r.example/a:1", Layer{"base", 80 * mega, 200 * mega}, Layer{"", 20 * mega, 50 * mega}),
		entry("r.example/b:1", Layer{"base", 80 * mega, 200 * mega}, Layer{"", 10 * mega, 20 * mega}),
	}
	b := newBench(t, 1, c)
	b.pulled("r.example/a:1")
	b.pulled("r.example/b:1")
	expect(t, "layers on disk, each once", b.m.Disk("node-0").Images, int64((280+70+30)*mega))

	first := b.m.Create(0, "node-0", "r.example/a:1")
	second := b.m.Create(0, "node-0", "r.example/b:1")
	expect(t, "in memory before they run", b.m.Disk("node-0").Cached, int64(0))
	b.m.Start(first)
	expect(t, "in memory with the first", b.m.Disk("node-0").Cached, int64(250*mega))
	b.m.Start(second)
	b.m.Start(second)
	expect(t, "in memory with both, the base once", b.m.Disk("node-0").Cached, int64(270*mega))
	b.m.Grow(0, first, 5*mega)
	b.m.Grow(0, second, 3*mega)
	b.m.Grow(0, second, -4*mega) // no more than there is
	expect(t, "written by the second", second.Bytes(), int64(0))
	expect(t, "written", b.m.Disk("node-0").Writable, int64(5*mega))
	b.m.Stop(first)
	expect(t, "in memory without the first", b.m.Disk("node-0").Cached, int64(220*mega))
	expect(t, "written by one that has ended", b.m.Disk("node-0").Writable, int64(5*mega))
	b.m.Remove(0, first)
	b.m.Remove(0, first)
	b.m.Remove(0, second)
	expect(t, "after both", b.m.Disk("node-0"), Disk{Capacity: giga, Images: 380 * mega})
	b.m.Remove(0, nil)
}

func TestGarbageIsCollectedBetweenTheThresholds(t *testing.T) {
	tests := []struct {
		name   string
		images string
		used   int64 // MB by others
		want   string
	}{
		// 100 − 20 available of 100 = 80 % is below 85 %.
		{"nothing goes below the high threshold", "abcdefgh", 0, "abcdefgh"},
		// 84 %: available 159 of 1,000 MB, 15 whole percent free, which is 85 % used to the kubelet; 1,000×20/100 − 159 =
		// 41 MB to free, one image.
		{"a percent that is begun counts", "abcdefgh", 41, "bcdefgh"},
		// 90 %: 200 − 100 = 100 MB to free, one image.
		{"the oldest goes until the low threshold is met", "abcdefghi", 0, "bcdefghi"},
		// 95 %: 200 − 50 = 150 MB to free, two images.
		{"two go when one is not enough", "abcdefghi", 50, "cdefghi"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, 1, disk(test.images))
			for _, name := range test.images {
				b.pulled(fmt.Sprintf("r.example/%c:1", name))
				b.run(time.Duration(b.engine.Now()) + 5*time.Minute) // so that each is detected by itself
			}
			b.m.SetUsed(b.engine.Now(), "node-0", test.used*mega)
			b.run(time.Duration(b.engine.Now()) + 11*time.Minute)
			expect(t, "left", b.has(), test.want)
		})
	}
}

func TestImagesGoInTheOrderOfTheirLastUse(t *testing.T) {
	// a is used still, b until 12 min, c until 22 min, and the others never, as far as passes see.
	b := newBench(t, 1, disk("abcdefgh"))
	n := b.m.nodes["node-0"]
	n.started = 0
	for _, name := range "abcdefgh" {
		b.pulled(fmt.Sprintf("r.example/%c:1", name))
	}
	hold := map[byte]*Container{}
	for _, name := range []byte("abc") {
		hold[name] = b.m.Create(b.engine.Now(), "node-0", fmt.Sprintf("r.example/%c:1", name))
	}
	b.run(11 * time.Minute)
	briefly := b.m.Create(b.engine.Now(), "node-0", "r.example/d:1")
	b.run(12 * time.Minute)
	b.m.Remove(b.engine.Now(), hold['b'])
	b.run(14 * time.Minute)
	b.m.Remove(b.engine.Now(), briefly) // unseen: there was no pass meanwhile
	b.run(22 * time.Minute)
	b.m.Remove(b.engine.Now(), hold['c'])
	b.run(31 * time.Minute)
	b.m.SetUsed(b.engine.Now(), "node-0", 550*mega) // 135 %: 1,000×20/100 − 0 = 200 MB a pass
	b.run(35*time.Minute - 1)
	expect(t, "before the pass", b.has(), "abcdefgh")
	b.run(35 * time.Minute)
	expect(t, "first two that were never used", b.has(), "abcfgh")
	b.run(40 * time.Minute)
	expect(t, "then two more", b.has(), "abch")
	// Now 950 MB: 200 − 50 = 150 MB have to go: h, and b, which was last seen in use at 10 min; c was at 20 min.
	b.run(45 * time.Minute)
	expect(t, "then the last, and the one that was used last longest ago", b.has(), "ac")
}

func TestYoungImagesAreSpared(t *testing.T) {
	// Pulled a minute before the pass, detected in it: too young then, old enough five minutes later.
	b := newBench(t, 1, disk("abcdefghi"))
	b.m.nodes["node-0"].started = 0
	b.run(4 * time.Minute)
	for _, name := range "abcdefghi" {
		b.pulled(fmt.Sprintf("r.example/%c:1", name))
	}
	b.run(5 * time.Minute)
	expect(t, "at 5 min", b.has(), "abcdefghi")
	b.run(10 * time.Minute)
	expect(t, "at 10 min", b.has(), "bcdefghi")
}

func TestWhenNothingCanGoTheNodeSaysSo(t *testing.T) {
	b := newBench(t, 1, disk("abcdefghi"))
	b.m.nodes["node-0"].started = 0
	var said []string
	b.api.Events.OnDone(func(e *model.Event) { said = append(said, fmt.Sprintf("%s x%d: %s", e.Reason, e.Count, e.Message)) })
	for _, name := range "abcdefghi" {
		b.pulled(fmt.Sprintf("r.example/%c:1", name))
		b.m.Create(0, "node-0", fmt.Sprintf("r.example/%c:1", name))
	}
	b.run(15 * time.Minute) // passes at 5, 10 and 15 min
	b.api.Events.Flush()
	const message = "Insufficient free disk space on the node's image filesystem (90% of 953.7 MiB used). Failed to free sufficient space by " +
		"deleting unused images (freed 0 bytes). Investigate disk usage, as it could be used by active images, logs, volumes, or other data."
	want := []string{"FreeDiskSpaceFailed x3: " + message, "ImageGCFailed x2: " + message}
	if !slices.Equal(said, want) {
		t.Errorf("%q, want %q", said, want)
	}
}

func TestLayersInCommonStayUntilTheLastImageGoes(t *testing.T) {
	c := disk("")
	c.Catalogue = []Image{entry("r.example/a:1", of("base", 800), of("", 50)), entry("r.example/b:1", of("base", 800), of("", 50))}
	b := newBench(t, 1, c)
	b.pulled("r.example/a:1")
	b.pulled("r.example/b:1")
	b.m.Create(0, "node-0", "r.example/b:1")
	b.run(11 * time.Minute)
	// 90 %: 100 MB have to go. The kubelet counts a as 850 MB; what it frees are 50 MB.
	expect(t, "left", b.has(), "b")
	expect(t, "on disk", b.m.Disk("node-0").Images, int64(850*mega))
	expect(t, "of what is left unused", b.m.DeleteUnused(b.engine.Now(), "node-0"), int64(0))
}

func TestImagesThatAreTooOldGoWithoutNeed(t *testing.T) {
	c := disk("ab")
	c.Nodes[0].Kubelet.ImageMaximumGCAge = time.Hour
	b := newBench(t, 1, c)
	b.m.nodes["node-0"].started = 0
	b.pulled("r.example/a:1")
	b.pulled("r.example/b:1")
	held := b.m.Create(0, "node-0", "r.example/b:1")
	b.run(62 * time.Minute)
	b.m.Remove(b.engine.Now(), held)
	b.run(65*time.Minute - 1)
	expect(t, "an hour after the kubelet's start", b.has(), "ab")
	b.run(65 * time.Minute)
	expect(t, "in the pass after that", b.has(), "b")
	b.run(120 * time.Minute) // last seen in use at 60 min: not more than an hour ago
	expect(t, "at two hours", b.has(), "b")
	b.run(125 * time.Minute)
	expect(t, "in the pass after that", b.has(), "")
}

func TestAKubeletThatBeginsAnewStillCollects(t *testing.T) {
	b := newBench(t, 1, disk("abcdefghi"))
	for _, name := range "abcdefghi" {
		b.pulled(fmt.Sprintf("r.example/%c:1", name))
	}
	b.run(time.Second)
	b.m.Restart(b.engine.Now(), "node-0")
	b.run(5*time.Minute + time.Second - 1)
	expect(t, "before its first pass", b.has(), "abcdefghi")
	b.run(5*time.Minute + time.Second)
	expect(t, "in its first pass", b.has(), "bcdefghi")
}

func TestADiskThatFillsBringsCollectionForward(t *testing.T) {
	c := disk("ab")
	c.Nodes[0].Kubelet.ImageMaximumGCAge = time.Hour
	b := newBench(t, 1, c)
	b.m.nodes["node-0"].started = 0
	b.pulled("r.example/a:1")
	b.run(12 * time.Minute)
	b.m.SetUsed(b.engine.Now(), "node-0", 800*mega) // 90 %
	b.run(15*time.Minute - 1)
	expect(t, "before the pass", b.has(), "a")
	b.run(15 * time.Minute)
	expect(t, "in the next pass", b.has(), "")
}

func TestUnusedImagesGoAtOnceWhenEvictionWantsIt(t *testing.T) {
	b := newBench(t, 1, disk("abc"))
	b.pulled("r.example/a:1")
	b.pulled("r.example/b:1")
	b.m.Create(0, "node-0", "r.example/b:1")
	b.run(10 * time.Minute)
	b.pulled("r.example/c:1") // too young
	expect(t, "freed", b.m.DeleteUnused(b.engine.Now(), "node-0"), int64(100*mega))
	expect(t, "left", b.has(), "bc")
}

func TestPassesThatDoNothingCostNothing(t *testing.T) {
	b := newBench(t, 1, disk("a"))
	b.pulled("r.example/a:1")
	b.run(24 * time.Hour)
	before := b.engine.Processed()
	b.run(7 * 24 * time.Hour)
	expect(t, "events in six days", b.engine.Processed()-before, uint64(0))
	expect(t, "events that wait", b.engine.Pending(), 0)
}

func TestTheNodesStatusFollowsWithinFortySeconds(t *testing.T) {
	c := disk("abc")
	c.Catalogue[1].Layers[0].Size = 300 * mega
	c.Nodes[0].Kubelet.NodeStatusMaxImages = 2
	c.Nodes[0].Preloaded = []string{"r.example/a:1"}
	b := newBench(t, 1, c)
	listed := func() (out []string) {
		n, _ := b.api.Nodes.Get("", "node-0")
		for _, i := range n.Status.Images {
			out = append(out, fmt.Sprint(i.Names[len(i.Names)-1], " ", i.SizeBytes/mega))
		}
		return out
	}
	expect(t, "at first", fmt.Sprint(listed()), "[r.example/a:1 100]")
	b.run(time.Minute)
	b.pulled("r.example/b:1")
	b.run(time.Minute)
	expect(t, "at once", fmt.Sprint(listed()), "[r.example/a:1 100]")
	b.run(time.Minute + 40400*time.Millisecond)
	expect(t, "40.4 s later, the largest first", fmt.Sprint(listed()), "[r.example/b:1 300 r.example/a:1 100]")
	b.pulled("r.example/c:1")
	b.run(time.Hour)
	n, _ := b.api.Nodes.Get("", "node-0")
	expect(t, "no more than two", len(n.Status.Images), 2)
	expect(t, "a digest comes before the tags", n.Status.Images[0].Names[0][:len("r.example/b@sha256:")], "r.example/b@sha256:")
}

func TestWhatANodesStatusListsIsThere(t *testing.T) {
	engine := newBench(t, 0, plain())
	n := &model.Node{ObjectMeta: model.ObjectMeta{Name: "node-0"}, Status: model.NodeStatus{Images: []model.ContainerImage{
		{Names: []string{"docker.io/library/app@sha256:" + fmt.Sprintf("%064d", 1), "docker.io/library/app:1"}, SizeBytes: 70 * mega}}}}
	if _, err := engine.api.Load(n); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"app:1", "docker.io/library/app:1", "app@sha256:" + fmt.Sprintf("%064d", 1)} {
		out := engine.ensure(0, podOf("p"), name, PullIfNotPresent)
		expect(t, name, out.State, Present)
		expect(t, name, out.ImageID, "docker.io/library/app@sha256:"+fmt.Sprintf("%064d", 1))
	}
	expect(t, "on disk, with what it unpacks to", engine.m.Disk("node-0").Images, int64((70+175)*mega))
	expect(t, "notes", len(engine.notes), 0)
	got, _ := engine.api.Nodes.Get("", "node-0")
	expect(t, "names", len(got.Status.Images[0].Names), 2)
}

func TestWhatContainersHaveIsInUse(t *testing.T) {
	b := newBench(t, 1, disk("ab"))
	b.m.nodes["node-0"].started = 0
	b.pulled("r.example/a:1")
	b.pulled("r.example/b:1")
	a := b.m.nodes["node-0"].images[0]
	expect(t, "containers before there is one", a.containers, 0)
	c := b.m.Create(b.engine.Now(), "node-0", "r.example/a:1")
	b.m.Start(c)
	expect(t, "containers that run", a.containers, 1)
	expect(t, "running layers", b.m.nodes["node-0"].layers[a.image.layers[0]].running, 1)
	b.m.Stop(c)
	expect(t, "containers that have ended", a.containers, 1)
	expect(t, "running layers then", b.m.nodes["node-0"].layers[a.image.layers[0]].running, 0)
	b.m.SetUsed(0, "node-0", 850*mega)
	b.run(11 * time.Minute)
	expect(t, "left", b.has(), "a")
	b.m.Remove(b.engine.Now(), c)
	b.run(15 * time.Minute)
	expect(t, "left when the container is removed", b.has(), "")
}

func TestImagesOfPodsThatRanBeforeTheRunAreThere(t *testing.T) {
	b := newBench(t, 1, plain())
	pod := podOf("p")
	pod.NodeName, pod.Spec.Containers = "node-0", []model.Container{{Name: "c", Image: "r.example/a:1"}, {Name: "d", Image: "r.example/b:1"}}
	pod.Status.Phase = model.PodRunning
	pod.Status.Containers = []model.ContainerStatus{{Name: "c", State: model.ContainerState{Kind: model.ContainerRunning}},
		{Name: "d", State: model.ContainerState{Kind: model.ContainerWaiting}}}
	if _, err := b.api.Load(pod); err != nil {
		t.Fatal(err)
	}
	bare := podOf("bare")
	bare.NodeName, bare.Spec.Containers = "node-0", []model.Container{{Name: "c", Image: "r.example/c:1"}}
	bare.Status.Phase = model.PodRunning
	if _, err := b.api.Load(bare); err != nil {
		t.Fatal(err)
	}
	b.run(time.Hour)
	expect(t, "of one that runs and tells nothing", b.ensure(0, podOf("q"), "r.example/c:1", PullIfNotPresent).State, Present)
	expect(t, "of the one that runs", b.ensure(0, podOf("q"), "r.example/a:1", PullIfNotPresent).State, Present)
	expect(t, "of the one that waits", b.ensure(0, podOf("q"), "r.example/b:1", PullIfNotPresent).State, Waiting)
	n, _ := b.api.Nodes.Get("", "node-0")
	expect(t, "in the node's status", len(n.Status.Images), 2)
}

func TestNodesThatGoTakeTheirPullsWithThem(t *testing.T) {
	b := newBench(t, 2, plain(entry("r.example/a:1", of("", 1000))))
	b.ensure(0, podOf("a"), "r.example/a:1", PullIfNotPresent)
	b.ensure(1, podOf("b"), "r.example/a:1", PullIfNotPresent)
	b.run(time.Second / 2)
	if err := b.api.Delete(model.KindNode, "", "node-0", apiserver.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	b.run(time.Minute)
	expect(t, "pulls that ended", len(b.ended), 1)
	expect(t, "active", b.m.Stats("").Active, 0)
	expect(t, "disk of a node that is gone", b.m.Disk("node-0"), Disk{})
}

func TestTheSameSeedGivesTheSameRun(t *testing.T) {
	run := func() string {
		c := plain(entry("r.example/a:1", of("base", 500), of("", 20)), entry("r.example/b:1", of("base", 500), of("", 30)))
		c.Registries = []Registry{{Host: "r.example", Bandwidth: gigabit, RoundTrip: exponential()}}
		b := newBench(t, 20, c)
		for i := range 20 {
			b.ensure(i, podOf(fmt.Sprint("a", i)), "r.example/a:1", PullIfNotPresent)
			b.ensure(i, podOf(fmt.Sprint("b", i)), "r.example/b:1", PullIfNotPresent)
		}
		b.run(time.Hour)
		return b.engine.Fingerprint().String()
	}
	expect(t, "fingerprint", run(), run())
}

func exponential() sim.Dist {
	info, _ := sim.Distribution("exponential")
	d, err := info.New(map[string]float64{"mean": 0.05})
	if err != nil {
		panic(err)
	}
	return d
}
