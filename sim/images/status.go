package images

import (
	"cmp"
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

const (
	// listingPeriod is how often the kubelet lists the runtime's images for its status, from its start on.
	// Source: kubernetes v1.37.2 pkg/kubelet/images/image_gc_manager.go Start.
	listingPeriod = 30 * time.Second
	// statusPeriod is how often it computes its status; each time is up to statusJitter times longer.
	// Source: kubernetes v1.37.2 pkg/kubelet/apis/config/v1beta1/defaults.go nodeStatusUpdateFrequency;
	// pkg/kubelet/kubelet.go Run.
	statusPeriod = 10 * time.Second
	statusJitter = 0.04
	// maxNames bounds the names of an image in the status.
	// Source: kubernetes v1.37.2 pkg/kubelet/nodestatus/setters.go MaxNamesPerImageInNodeStatus.
	maxNames = 5
)

// imagesChanged has the node's status follow: at the first status that is computed after the next listing, up to
// about 40 s later.
func (m *Manager) imagesChanged(now sim.Time, n *node) {
	if !m.known() || n.gone || !n.reporting.IsZero() {
		return
	}
	n.number++
	m.scratch = sim.NewKey(m.engine.Seed(), "images.nodes.status").Of(n.name).Draw(n.number)
	lag := time.Duration(float64(statusPeriod) * (1 + statusJitter) * m.scratch.Float64())
	listing := now.TruncateFrom(n.started, listingPeriod).Add(listingPeriod)
	n.reporting = m.at(listing.Add(lag), opReport, n)
}

// report writes what the node holds into its status.
func (m *Manager) report(_ sim.Time, n *node) {
	n.reporting = sim.Handle{}
	if object, ok := m.api.Nodes.Get("", n.name); ok {
		m.publish(n, object)
	}
}

// publish writes the images into a node's status unless they are there.
func (m *Manager) publish(n *node, object *model.Node) {
	list := n.list()
	if len(list) == 0 && len(object.Status.Images) == 0 || object.UID == "" {
		return
	}
	if slices.EqualFunc(list, object.Status.Images, func(a, b model.ContainerImage) bool {
		return a.SizeBytes == b.SizeBytes && slices.Equal(a.Names, b.Names)
	}) {
		return
	}
	changed := apiserver.Copy(object).(*model.Node)
	changed.Status.Images = list
	if err := m.api.Update(changed); err != nil {
		panic("images: " + err.Error())
	}
}

// list is what the status of a node says of its images: the largest, each with its digests and tags.
// Source: kubernetes v1.37.2 pkg/kubelet/nodestatus/setters.go Images.
func (n *node) list() []model.ContainerImage {
	sorted := slices.Clone(n.images)
	slices.SortFunc(sorted, func(a, b *stored) int {
		return cmp.Or(cmp.Compare(b.image.size, a.image.size), cmp.Compare(b.image.id, a.image.id))
	})
	if most := n.settings.Kubelet.NodeStatusMaxImages; most >= 0 && len(sorted) > most {
		sorted = sorted[:most]
	}
	out := make([]model.ContainerImage, 0, len(sorted))
	for _, s := range sorted {
		var names, tags []string
		for _, name := range s.names {
			if digest := name.Repository + "@" + s.image.digest; !slices.Contains(names, digest) {
				names = append(names, digest)
			}
			if name.Digest == "" {
				tags = append(tags, name.String())
			}
		}
		names = append(names, tags...)
		out = append(out, model.ContainerImage{Names: names[:min(len(names), maxNames)], SizeBytes: s.image.size})
	}
	return out
}
