package scenarios

import (
	"fmt"
	"strconv"
	"strings"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim/images"
)

// images adds what a scenario's images come to, defaults included; nothing when it says nothing of them. The
// catalogue is among the inputs: only its length is listed.
func (l *parameterList) images(c *images.Config) {
	if c == nil {
		return
	}
	l.add("images.catalogue", fmt.Sprintf("%d images", len(c.Catalogue)))
	l.add("images.default.size", strconv.FormatInt(c.Default.Size, 10))
	l.add("images.default.unpacked", strconv.FormatInt(c.Default.Unpacked, 10))
	for i := range c.Registries {
		l.registry(&c.Registries[i])
	}
	l.registry(&c.OtherRegistries)
	for i := range c.Nodes {
		l.imagesOnNodes(&c.Nodes[i], decode.Index("images.nodes", i))
	}
}

func (l *parameterList) registry(r *images.Registry) {
	host := r.Host
	if host == "" {
		host = "*"
	}
	prefix := "images.registries[" + host + "]."
	l.add(prefix+"bandwidth", bandwidthText(r.Bandwidth))
	l.add(prefix+"roundTrip", distText(r.RoundTrip))
	if r.Down {
		l.add(prefix+"down", "true")
	}
	if len(r.Missing) > 0 {
		l.add(prefix+"missing", strings.Join(r.Missing, " "))
	}
	for i := range r.Private {
		p := &r.Private[i]
		l.add(decode.Index(prefix+"private", i), jsonText(struct {
			Repositories []string `json:"repositories"`
			Secrets      []string `json:"secrets,omitempty"`
			Nodes        bool     `json:"nodes,omitempty"`
		}{p.Repositories, p.Secrets, p.Nodes}))
	}
}

func (l *parameterList) imagesOnNodes(n *images.Node, path string) {
	l.add(path+".bandwidth", bandwidthText(n.Bandwidth))
	l.add(path+".unpack", bandwidthText(n.Unpack))
	if n.Disk > 0 {
		l.add(path+".disk", strconv.FormatInt(n.Disk, 10))
	}
	if n.Used > 0 {
		l.add(path+".used", strconv.FormatInt(n.Used, 10))
	}
	if n.Layout != images.OneFileSystem {
		l.add(path+".imageFs", map[images.Layout]string{images.ImagesApart: "dedicated", images.ImagesAlone: "split"}[n.Layout])
		l.add(path+".nodeUsed", strconv.FormatInt(n.NodeUsed, 10))
	}
	if len(n.Preloaded) > 0 {
		l.add(path+".preloaded", strings.Join(n.Preloaded, " "))
	}
	k := &n.Kubelet
	pulls := strconv.Itoa(k.MaxParallelImagePulls)
	if k.MaxParallelImagePulls == 0 {
		pulls = "any number"
	}
	l.add(path+".maxParallelImagePulls", pulls)
	l.add(path+".registryPullQPS", strconv.FormatFloat(k.RegistryPullQPS, 'g', -1, 64))
	l.add(path+".registryBurst", strconv.Itoa(k.RegistryBurst))
	l.add(path+".imageGCHighThresholdPercent", strconv.Itoa(k.ImageGCHighThresholdPercent))
	l.add(path+".imageGCLowThresholdPercent", strconv.Itoa(k.ImageGCLowThresholdPercent))
	l.add(path+".imageMinimumGCAge", k.ImageMinimumGCAge.String())
	l.add(path+".imageMaximumGCAge", k.ImageMaximumGCAge.String())
	l.add(path+".imagePullCredentialsVerificationPolicy", k.Verification)
	l.add(path+".nodeStatusMaxImages", strconv.Itoa(k.NodeStatusMaxImages))
}
