package plugins

import "towtank.dev/towtank/scheduler/framework"

// Bounds of the image score: below the first a node earns nothing, at the second times the number of
// images it earns everything.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/imagelocality/image_locality.go.
const (
	mebibyte          = 1024 * 1024
	imageMinThreshold = 23 * mebibyte
	imageMaxThreshold = 1000 * mebibyte
)

// imageLocality prefers nodes that hold the pod's images.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/imagelocality/image_locality.go.
type imageLocality struct{ snapshot *framework.Snapshot }

var (
	_ framework.ScorePlugin = (*imageLocality)(nil)
	_ framework.Dependent   = (*imageLocality)(nil)
)

func newImageLocality(_ framework.Args, h *framework.Handle) (framework.Plugin, error) {
	return &imageLocality{h.Snapshot}, nil
}

// Name is ImageLocality.
func (*imageLocality) Name() string { return ImageLocality }

// Score weighs each image's size by the share of nodes that hold it, so that a rare image does not pull
// all its pods onto one node.
func (pl *imageLocality) Score(_ any, pod *framework.PodInfo, node *framework.NodeInfo) (int64, *framework.Status) {
	if len(node.Images) == 0 {
		return 0, nil
	}
	var sum int64
	for _, number := range pod.Images {
		if image := node.Image(number); image != nil {
			sum += scaledImageSize(image, len(pl.snapshot.Nodes))
		}
	}
	most := imageMaxThreshold * int64(len(pod.Images))
	if sum < imageMinThreshold {
		sum = imageMinThreshold
	} else if sum > most {
		sum = most
	}
	return framework.MaxNodeScore * (sum - imageMinThreshold) / (most - imageMinThreshold), nil
}

func scaledImageSize(image *framework.ImageState, nodes int) int64 {
	spread := float64(image.Nodes) / float64(nodes)
	return int64(float64(image.Size) * spread)
}

// FilterDependence does not matter: there is no filter.
func (*imageLocality) FilterDependence() framework.Dependence { return framework.OnNodeObject }

// ScoreDependence is the cluster: the share of nodes that hold an image, and the number of nodes.
func (*imageLocality) ScoreDependence() framework.Dependence { return framework.OnCluster }
