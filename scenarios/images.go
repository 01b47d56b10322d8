package scenarios

import (
	"math"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/images"
)

type imagesBlock struct {
	Catalogue  []yaml.Node          `yaml:"catalogue" doc:"Images whose layers are known: entries of image, size or layers; or paths of files with lists of such entries. Images without an entry have the default, and are counted in a note."`
	Default    imageSizeBlock       `yaml:"default" doc:"What images without an entry are like: one layer of their own."`
	Registries []registryBlock      `yaml:"registries" doc:"Where images come from."`
	Nodes      []imagesOnNodesBlock `yaml:"nodes" doc:"How nodes pull and keep images; the first entry that matches a node describes it."`
}

type imageSizeBlock struct {
	Size     *byteCount `yaml:"size" doc:"What is downloaded. Default 200M."`
	Unpacked *byteCount `yaml:"unpacked" doc:"What that unpacks to. Default 2.5 times the size."`
}

// imageEntry is an entry of the catalogue.
type imageEntry struct {
	Image    string       `yaml:"image"`
	Tags     []string     `yaml:"tags"`
	Size     *byteCount   `yaml:"size"`
	Unpacked *byteCount   `yaml:"unpacked"`
	Layers   []imageLayer `yaml:"layers"`
}

type imageLayer struct {
	Digest   string     `yaml:"digest"`
	Size     *byteCount `yaml:"size"`
	Unpacked *byteCount `yaml:"unpacked"`
}

type registryBlock struct {
	Host      string          `yaml:"host" doc:"Host in the names of its images, such as docker.io, or * for all that have no entry."`
	Bandwidth *bytesPerSecond `yaml:"bandwidth" doc:"What it sends to all nodes together, such as 1Gbit/s, 50MB/s or unlimited; shared fairly among downloads. Default unlimited."`
	RoundTrip *durationDist   `yaml:"roundTrip" doc:"Time from a request to its answer, a value or distribution; a pull makes 3 requests one after another, and 1 more before it downloads. Default 100ms."`
	Down      bool            `yaml:"down" doc:"Whether it refuses all requests from the start. Default false."`
	Missing   []string        `yaml:"missing" doc:"Images that it does not have, such as registry.example/shop/web:2."`
	Private   []privateBlock  `yaml:"private" doc:"Repositories that need credentials."`
}

type privateBlock struct {
	Repositories []string `yaml:"repositories" doc:"Paths without host and tag, such as shop/web; shop/* for all below, * for all."`
	Secrets      []string `yaml:"secrets" doc:"Pull secrets that give access: namespace/name, or a name in any namespace."`
	Nodes        bool     `yaml:"nodes" doc:"Whether kubelets have credentials of their own, so that every pod has access. Default false."`
}

type imagesOnNodesBlock struct {
	Match     matchNodesBlock `yaml:"match" doc:"Which nodes; what is left out matches all."`
	Bandwidth *bytesPerSecond `yaml:"bandwidth" doc:"What a node receives, shared fairly among its downloads. Default 50MB/s."`
	Unpack    *bytesPerSecond `yaml:"unpack" doc:"Speed of unpacking, by what is unpacked; the next layer is downloaded meanwhile. Default 100MB/s."`
	Disk      *byteCount      `yaml:"disk" doc:"Size of the file system with the images. Default: the node's capacity of ephemeral-storage; without one there is no garbage collection."`
	Used      *byteCount      `yaml:"used" doc:"What else is on it. Default 0."`
	ImageFs   string          `yaml:"imageFs" doc:"Which of images, containers' writable layers and the rest (emptyDirs, the system) are on that file system: shared (all), dedicated (images and writable layers) or split (images alone). What is not is on the node's, of the node's capacity of ephemeral-storage. Default shared."`
	NodeUsed  *byteCount      `yaml:"nodeUsed" doc:"What else is on the node's file system, where that is another. Default 0."`
	Preloaded []string        `yaml:"preloaded" doc:"Images that are there from the start, beside those that node.status.images lists."`

	SerializeImagePulls   *bool          `yaml:"serializeImagePulls" doc:"Whether images are pulled one after another. Default true, or false when maxParallelImagePulls is above 1."`
	MaxParallelImagePulls *int           `yaml:"maxParallelImagePulls" doc:"How many images are pulled at a time when pulls are not serial. Default any number."`
	RegistryPullQPS       *float64       `yaml:"registryPullQPS" doc:"How many pulls a second may begin; one more fails. 0 is any number. Default 5."`
	RegistryBurst         *int           `yaml:"registryBurst" doc:"How many may begin at once after a rest. Default 10."`
	HighThreshold         *int           `yaml:"imageGCHighThresholdPercent" doc:"Disk usage from which unused images are collected. Default 85."`
	LowThreshold          *int           `yaml:"imageGCLowThresholdPercent" doc:"Disk usage down to which they are. Default 80."`
	MinimumAge            *time.Duration `yaml:"imageMinimumGCAge" doc:"Age below which they are spared. Default 2m."`
	MaximumAge            *time.Duration `yaml:"imageMaximumGCAge" doc:"Time without use after which they are collected without need; 0s is never. Default 0s."`
	Verification          string         `yaml:"imagePullCredentialsVerificationPolicy" doc:"Which images on a node need the pod's credentials again: NeverVerify, NeverVerifyPreloadedImages or AlwaysVerify. Default NeverVerifyPreloadedImages."`
	StatusMaxImages       *int           `yaml:"nodeStatusMaxImages" doc:"How many images node.status.images lists; -1 is all. Default 50."`
}

type matchNodesBlock struct {
	Name   string            `yaml:"name" doc:"Name of the node."`
	Labels map[string]string `yaml:"labels" doc:"Labels that the node has."`
}

// The effective values of what a scenario with images leaves out.
// Source: guesses from published pull times: 25 to 220 MB/s down, 50 to 150 MB/s unpacked, 0.4 s of round trips.
const (
	defaultRoundTrip     = 100 * time.Millisecond
	defaultNodeBandwidth = 50e6
	defaultUnpack        = 100e6
)

// images is what the scenario says of images; nil when it says nothing.
func (r *reader) images() *images.Config {
	b := r.doc.Images
	if b == nil {
		return nil
	}
	c := &images.Config{Default: images.DefaultImage{Size: images.DefaultImageSize}}
	d := r.decoder(r.file)
	if b.Default.Size != nil {
		c.Default.Size = int64(*b.Default.Size)
	}
	c.Default.Unpacked = unpacked(b.Default.Unpacked, c.Default.Size)
	cat := &catalogueReader{reader: r, config: c, names: map[string]string{}, layers: map[string]images.Layer{}}
	for i := range b.Catalogue {
		cat.item(d, decode.Resolve(&b.Catalogue[i]), decode.Index("images.catalogue", i))
	}
	c.OtherRegistries = images.Registry{Bandwidth: math.Inf(1), RoundTrip: sim.Constant(defaultRoundTrip.Seconds())}
	for i := range b.Registries {
		r.imageRegistry(d, c, &b.Registries[i], decode.Index("images.registries", i))
	}
	for i := range b.Nodes {
		c.Nodes = append(c.Nodes, r.imagesOnNodes(d, &b.Nodes[i], decode.Index("images.nodes", i)))
	}
	c.Nodes = append(c.Nodes, r.imagesOnNodes(d, &imagesOnNodesBlock{}, ""))
	return c
}

// unpacked is what so many bytes unpack to.
func unpacked(given *byteCount, size int64) int64 {
	if given != nil {
		return int64(*given)
	}
	return int64(images.UnpackedPerDownloaded * float64(size))
}

// imageRegistry adds a registry.
func (r *reader) imageRegistry(d *decode.Decoder, c *images.Config, b *registryBlock, path string) {
	at := func(field string) *yaml.Node { return decode.Walk(r.root, path+"."+field) }
	made := images.Registry{Host: b.Host, Bandwidth: math.Inf(1), RoundTrip: b.RoundTrip.dist(), Down: b.Down, Missing: b.Missing}
	if b.Bandwidth != nil {
		made.Bandwidth = float64(*b.Bandwidth)
	}
	if made.RoundTrip == nil {
		made.RoundTrip = sim.Constant(defaultRoundTrip.Seconds())
	}
	r.imageNames(d, path+".missing", b.Missing)
	for i := range b.Private {
		made.Private = append(made.Private, r.private(d, &b.Private[i], decode.Index(path+".private", i)))
	}
	twice := slices.ContainsFunc(c.Registries, func(have images.Registry) bool { return have.Host == b.Host })
	switch {
	case b.Host == "":
		d.Add(decode.Walk(r.root, path), path+".host", "missing, want the host of a registry, e.g. docker.io, or *")
	case twice || b.Host == "*" && c.OtherRegistries.Host == "*":
		d.Add(at("host"), path+".host", "%s has an entry already, want one for each host", b.Host)
	case b.Host == "*":
		c.OtherRegistries = made
	case !isHost(b.Host):
		d.Add(at("host"), path+".host", "%q is not the host of a registry, want e.g. docker.io, localhost:5000 or *", b.Host)
	default:
		c.Registries = append(c.Registries, made)
	}
}

// isHost says whether a name can begin with that host.
func isHost(host string) bool {
	n, err := images.ParseName(host + "/any/image:1")
	return err == nil && n.Host == host
}

func (r *reader) private(d *decode.Decoder, b *privateBlock, path string) images.Private {
	if len(b.Repositories) == 0 {
		d.Add(decode.Walk(r.root, path), path+".repositories", "missing, want e.g. [shop/*]")
	}
	for i, repository := range b.Repositories {
		at := decode.Index(path+".repositories", i)
		plain := strings.TrimSuffix(repository, "/*")
		if n, err := images.ParseName("registry.example/" + plain); repository != "*" && (err != nil || n.Repository != "registry.example/"+plain) {
			d.Add(decode.Walk(r.root, at), at, "%q is not the path of a repository, want e.g. shop/web, shop/* or *", repository)
		}
	}
	for i, secret := range b.Secrets {
		at := decode.Index(path+".secrets", i)
		if namespace, name, has := strings.Cut(secret, "/"); secret == "" || has && (namespace == "" || name == "" || strings.Contains(name, "/")) {
			d.Add(decode.Walk(r.root, at), at, "%q is not the name of a secret, want namespace/name, or a name in any namespace", secret)
		}
	}
	return images.Private{Repositories: b.Repositories, Secrets: b.Secrets, Nodes: b.Nodes}
}

// imageNames notes names that are none.
func (r *reader) imageNames(d *decode.Decoder, path string, names []string) {
	for i, name := range names {
		if _, err := images.ParseName(name); err != nil {
			at := decode.Index(path, i)
			d.Add(decode.Walk(r.root, at), at, "%q is not the name of an image, want e.g. registry.example/shop/web:1", name)
		}
	}
}

// imagesOnNodes describes the nodes of an entry.
func (r *reader) imagesOnNodes(d *decode.Decoder, b *imagesOnNodesBlock, path string) images.Node {
	n := images.Node{Bandwidth: defaultNodeBandwidth, Unpack: defaultUnpack, Preloaded: b.Preloaded, Kubelet: images.DefaultKubelet()}
	if b.Match.Name != "" || len(b.Match.Labels) > 0 {
		n.Match = b.Match.matches
	}
	if b.Bandwidth != nil {
		n.Bandwidth = float64(*b.Bandwidth)
	}
	if b.Unpack != nil {
		n.Unpack = float64(*b.Unpack)
	}
	if b.Disk != nil {
		n.Disk = int64(*b.Disk)
	}
	if b.Used != nil {
		n.Used = int64(*b.Used)
	}
	r.layout(d, b, path, &n)
	r.imageNames(d, path+".preloaded", b.Preloaded)
	r.kubeletOfImages(d, b, path, &n.Kubelet)
	return n
}

// layouts are the words for which file systems nodes have.
var layouts = map[string]images.Layout{"": images.OneFileSystem, "shared": images.OneFileSystem, "dedicated": images.ImagesApart, "split": images.ImagesAlone}

// layout sets which file systems nodes have.
func (r *reader) layout(d *decode.Decoder, b *imagesOnNodesBlock, path string, n *images.Node) {
	layout, ok := layouts[b.ImageFs]
	n.Layout = layout
	if b.NodeUsed != nil {
		n.NodeUsed = int64(*b.NodeUsed)
	}
	add := func(field, format string, args ...any) {
		d.Add(decode.Walk(r.root, path+"."+field), path+"."+field, format, args...)
	}
	switch {
	case !ok:
		add("imageFs", "%s", decode.Unknown("file system", b.ImageFs, []string{"shared", "dedicated", "split"}))
	case layout != images.OneFileSystem && b.Disk == nil:
		add("imageFs", "%s without disk, want the size of that file system there", b.ImageFs)
	case layout == images.OneFileSystem && b.NodeUsed != nil:
		add("nodeUsed", "there is no other file system, want imageFs dedicated or split beside it, or used in its place")
	}
}

// matches says whether the entry is about a node.
func (b matchNodesBlock) matches(n *model.Node) bool {
	if b.Name != "" && b.Name != n.Name {
		return false
	}
	for key, value := range b.Labels {
		if have, ok := n.Labels[key]; !ok || have != value {
			return false
		}
	}
	return true
}

// kubeletOfImages sets what an entry says of the kubelet.
func (r *reader) kubeletOfImages(d *decode.Decoder, b *imagesOnNodesBlock, path string, k *images.Kubelet) {
	add := func(field, format string, args ...any) {
		d.Add(decode.Walk(r.root, path+"."+field), path+"."+field, format, args...)
	}
	r.parallelPulls(b, k, add)
	if q := b.RegistryPullQPS; q != nil {
		if k.RegistryPullQPS = *q; *q < 0 {
			add("registryPullQPS", "%g is negative, want 0 or more", *q)
		}
	}
	for _, f := range []struct {
		name      string
		given     *int
		to        *int
		low, high int
	}{
		{"registryBurst", b.RegistryBurst, &k.RegistryBurst, 0, math.MaxInt32},
		{"imageGCHighThresholdPercent", b.HighThreshold, &k.ImageGCHighThresholdPercent, 0, 100},
		{"imageGCLowThresholdPercent", b.LowThreshold, &k.ImageGCLowThresholdPercent, 0, 100},
		{"nodeStatusMaxImages", b.StatusMaxImages, &k.NodeStatusMaxImages, -1, math.MaxInt32},
	} {
		if f.given == nil {
			continue
		}
		if *f.to = *f.given; *f.given < f.low || *f.given > f.high {
			add(f.name, "%d is out of range, want %d to %d", *f.given, f.low, f.high)
		}
	}
	if k.ImageGCLowThresholdPercent > k.ImageGCHighThresholdPercent {
		add("imageGCLowThresholdPercent", "%d is above the high threshold %d, want at most that", k.ImageGCLowThresholdPercent, k.ImageGCHighThresholdPercent)
	}
	if b.MinimumAge != nil {
		k.ImageMinimumGCAge = *b.MinimumAge
	}
	if b.MaximumAge != nil {
		k.ImageMaximumGCAge = *b.MaximumAge
	}
	if v := b.Verification; v != "" {
		policies := []string{images.AlwaysVerify, images.NeverVerify, images.NeverVerifyPreloadedImages}
		if k.Verification = v; !slices.Contains(policies, v) {
			add("imagePullCredentialsVerificationPolicy", "%s", decode.Unknown("policy", v, policies))
		}
	}
}

// parallelPulls sets how many images are pulled at a time.
// Source: kubernetes v1.37.2 pkg/kubelet/apis/config/v1beta1/defaults.go; validation/validation.go.
func (r *reader) parallelPulls(b *imagesOnNodesBlock, k *images.Kubelet, add func(field, format string, args ...any)) {
	if n := b.MaxParallelImagePulls; n != nil {
		if k.MaxParallelImagePulls = *n; *n < 1 {
			add("maxParallelImagePulls", "%d, want 1 or more", *n)
		}
	}
	switch serial := b.SerializeImagePulls; {
	case serial == nil:
	case *serial && k.MaxParallelImagePulls > 1:
		add("maxParallelImagePulls", "%d while serializeImagePulls is true, want one of them", k.MaxParallelImagePulls)
	case !*serial && b.MaxParallelImagePulls == nil:
		k.MaxParallelImagePulls = 0
	}
}
