package scenarios

import (
	"math"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/images"
)

// loadImages reads an images block that stands in a scenario beside other files, named and with their content.
func loadImages(t *testing.T, block string, files ...string) *images.Config {
	t.Helper()
	text := "apiVersion: towtank.dev/v1alpha1\nkind: Scenario\n" + block
	s, err := Load([]string{write(t, append([]string{"scenario.yaml", text}, files...)...)}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Config.Images
}

func TestAScenarioThatSaysNothingOfImagesHasNone(t *testing.T) {
	if c := loadImages(t, "duration: 1h\n"); c != nil {
		t.Errorf("%+v, want nothing", c)
	}
}

func TestImagesHaveTheDefaultsThatAreDocumented(t *testing.T) {
	c := loadImages(t, "images: {}\n")
	if got, want := c.Default, (images.DefaultImage{Size: 200e6, Unpacked: 500e6}); got != want {
		t.Errorf("default image %+v, want %+v", got, want)
	}
	if r := c.OtherRegistries; !math.IsInf(r.Bandwidth, 1) || r.RoundTrip != sim.Constant(0.1) {
		t.Errorf("other registries %+v, want no limit and 100 ms", r)
	}
	if len(c.Nodes) != 1 || c.Nodes[0].Match != nil {
		t.Fatalf("%d descriptions of nodes, want one of all", len(c.Nodes))
	}
	n := c.Nodes[0]
	if n.Bandwidth != 50e6 || n.Unpack != 100e6 || n.Disk != 0 || n.Kubelet != images.DefaultKubelet() {
		t.Errorf("nodes %+v", n)
	}
}

func TestImagesAreReadInPlaceAndFromFiles(t *testing.T) {
	c := loadImages(t, imagesExample, "more.yaml", "- {image: nginx, size: 70M, unpacked: 190M}\n")
	if len(c.Catalogue) != 3 {
		t.Fatalf("%d images, want 3", len(c.Catalogue))
	}
	base := images.Layer{Digest: "base", Size: 900e6, Unpacked: 2e9}
	web, two, nginx := c.Catalogue[0], c.Catalogue[1], c.Catalogue[2]
	if web.Names[1] != "registry.example/shop/web:stable" || web.Layers[0] != base || web.Layers[1] != (images.Layer{Size: 100e6, Unpacked: 250e6}) {
		t.Errorf("web:1 %+v", web)
	}
	if two.Layers[0] != base || nginx.Layers[0] != (images.Layer{Size: 70e6, Unpacked: 190e6}) {
		t.Errorf("web:2 %+v, nginx %+v", two, nginx)
	}
	if r := c.Registries[0]; r.Bandwidth != 125e6 || r.RoundTrip != sim.Constant(0.02) || r.Private[0].Secrets[0] != "shop/regcred" {
		t.Errorf("registry %+v", r)
	}
	if r := c.OtherRegistries; r.Bandwidth != 10e6 || !r.Down {
		t.Errorf("other registries %+v", r)
	}
	spot, big, other := node("a", "spot"), node("big", ""), node("b", "")
	for i, matches := range [][3]bool{{true, false, false}, {false, true, false}} {
		for k, n := range []*model.Node{spot, big, other} {
			if c.Nodes[i].Match(n) != matches[k] {
				t.Errorf("entry %d and node %s: %v", i, n.Name, !matches[k])
			}
		}
	}
	if n := c.Nodes[0]; !math.IsInf(n.Bandwidth, 1) || n.Unpack != 200*(1<<20) || n.Disk != 100<<30 || n.Kubelet.MaxParallelImagePulls != 0 {
		t.Errorf("spot nodes %+v", n)
	}
	if n := c.Nodes[1]; n.Kubelet.MaxParallelImagePulls != 3 || n.Kubelet.ImageGCHighThresholdPercent != 90 || n.Preloaded[0] != "nginx" {
		t.Errorf("the big node %+v", n)
	}
}

const imagesExample = `images:
  catalogue:
  - image: registry.example/shop/web:1
    tags: [stable]
    layers: [{digest: base, size: 900M, unpacked: 2G}, {size: 100M}]
  - {image: "registry.example/shop/web:2", layers: [{digest: base}, {size: 50M}]}
  - more.yaml
  default: {size: 10M}
  registries:
  - {host: registry.example, bandwidth: 1Gbit/s, roundTrip: 20ms, private: [{repositories: [shop/*], secrets: [shop/regcred]}]}
  - {host: "*", bandwidth: 10MB/s, down: true}
  nodes:
  - {match: {labels: {pool: spot}}, bandwidth: unlimited, unpack: 200MiB/s, disk: 100Gi, serializeImagePulls: false}
  - {match: {name: big}, maxParallelImagePulls: 3, imageGCHighThresholdPercent: 90, preloaded: [nginx]}
`

func node(name, pool string) *model.Node {
	return &model.Node{ObjectMeta: model.ObjectMeta{Name: name, Labels: map[string]string{"pool": pool}}}
}

func TestBandwidths(t *testing.T) {
	for text, want := range map[string]float64{"1Gbit/s": 125e6, "100 Mbit/s": 12.5e6, "50MB/s": 50e6, "1.5GiB/s": 1.5 * (1 << 30), "8bit/s": 1, "unlimited": math.Inf(1)} {
		if got, err := parseBandwidth(text); err != nil || got != want {
			t.Errorf("%s is %g (%v), want %g", text, got, err, want)
		}
	}
	for _, text := range []string{"", "100", "1Gbps", "1Gb/s", "-1Mbit/s", "0B/s", "1e3B/s", "fast"} {
		if got, err := parseBandwidth(text); err == nil {
			t.Errorf("%q is %g, want an error", text, got)
		}
	}
}

func TestASchedulerSeesTheImagesThatAreOnNodes(t *testing.T) {
	// Equal nodes; one holds the pod's image of 2,000 MB, two of three do not: 100 × (2000/3 MB − 23 MiB) / (1000 MiB −
	// 23 MiB) = 62 points for it. A name that is not in full is not found, as in a real cluster with containerd.
	const text = `apiVersion: towtank.dev/v1alpha1
kind: Scenario
scheduler: {tieBreak: name}
cluster:
  nodes: [{count: 3, template: {status: {allocatable: {cpu: 8, memory: 32Gi}}}}]
  objects:
  - {apiVersion: v1, kind: Pod, metadata: {name: full}, spec: {containers: [{name: c, image: "docker.io/library/big:1"}]}}
  - {apiVersion: v1, kind: Pod, metadata: {name: short}, spec: {containers: [{name: c, image: "big:1"}]}}
images:
  catalogue: [{image: "big:1", size: 2G}]
  nodes: [{match: {name: node-2}, preloaded: ["big:1"]}]
duration: 1h
`
	got, _ := run(t, load(t, write(t, "s.yaml", text), Options{}).Config)
	nodes := map[string]string{}
	for _, p := range got.Pods {
		nodes[p.Name] = p.Node
	}
	if nodes["full"] != "node-2" || nodes["short"] != "node-0" {
		t.Errorf("pods are on %v, want full on node-2 and short on node-0", nodes)
	}
}

// Pulls of a fail for 30 s and then take 5 s. Those of b are nobody's business but the registry's: 3 round trips,
// one more, 200 MB at 50 MB/s, and the last layer's unpacking, 500 MB at 100 MB/s: 9.4 s.
func TestAnEntryAboutAPullLeavesOthersAsTheyAre(t *testing.T) {
	const text = `apiVersion: towtank.dev/v1alpha1
kind: Scenario
duration: 5m
cluster:
  nodes: [{template: {status: {allocatable: {cpu: 4, memory: 8Gi}}}}]
  objects:
  - {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeName: node-0, containers: [{name: c, image: "a:1"}]}}
  - {apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {nodeName: node-0, containers: [{name: c, image: "b:1"}]}}
images: {nodes: [{maxParallelImagePulls: 2}]}
behaviours: [{pull: [{image: "a:1", error: not found}, {from: 30s, takes: 5s}]}]
`
	m, _ := run(t, load(t, write(t, "s.yaml", text), Options{}).Config)
	started := map[string]float64{}
	for _, c := range m.Containers {
		started[c.Pod] = c.Started.Seconds()
	}
	if b := started["b"]; math.Abs(b-9.4) > 0.01 {
		t.Errorf("b has its image after %v s, want 9.4", b)
	}
	if a := started["a"]; a < 35 {
		t.Errorf("a has its image after %v s, want 30 s of failures and 5 more at least", a)
	}
}
