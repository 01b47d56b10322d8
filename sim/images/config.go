package images

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// Config says what images, registries and nodes are like. It is read-only: many runs share one.
type Config struct {
	// Catalogue are the images whose layers are known.
	Catalogue []Image
	// Default is what images are like that are not in the catalogue.
	Default DefaultImage
	// Registries by host. Hosts that are not listed are like OtherRegistries.
	Registries      []Registry
	OtherRegistries Registry
	// Nodes in order of precedence: the first that matches a node describes it. A last one that matches all
	// nodes always stands there.
	Nodes []Node
}

// Image is an entry of the catalogue.
type Image struct {
	// Names are references to it: its tags, in any of the registries. There is at least one.
	Names  []string
	Layers []Layer
}

// Layer is one layer of an image.
type Layer struct {
	// Digest names the layer: layers of the same name are the same, and nodes hold them once. "" is a layer that
	// no other image has.
	Digest string
	// Size is what is downloaded, in bytes; Unpacked is what it takes on disk beside that.
	Size     int64
	Unpacked int64
}

// DefaultImage is what an image is like that the catalogue does not know: one layer of its own.
type DefaultImage struct {
	Size     int64
	Unpacked int64
}

// Registry is where images come from.
type Registry struct {
	// Host is the registry's domain in image names, such as docker.io; "" for OtherRegistries.
	Host string
	// Bandwidth is what it sends at most to all together, in bytes a second; +Inf: any amount.
	Bandwidth float64
	// RoundTrip is the time from a request to its answer, in seconds.
	RoundTrip sim.Dist
	// Down: it answers nothing at first.
	Down bool
	// Missing are references that it does not have at first.
	Missing []string
	// Private are its repositories that need credentials; the first that matches decides.
	Private []Private
}

// Private is a set of repositories that need credentials.
type Private struct {
	// Repositories are paths without host and tag, such as shop/web; a trailing /* takes all below.
	Repositories []string
	// Secrets are the pull secrets that give access: namespace/name, or a name in any namespace.
	Secrets []string
	// Nodes: kubelets have credentials of their own, so that every pod has access.
	Nodes bool
}

// Node is what the nodes that match have in common.
type Node struct {
	// Match is nil for all nodes.
	Match func(n *model.Node) bool
	// Bandwidth is what a node receives at most, in bytes a second; +Inf: any amount.
	Bandwidth float64
	// Unpack is how fast it unpacks, in bytes (unpacked) a second; +Inf: at once.
	Unpack float64
	// Disk is the capacity of the file system that images are on, in bytes; 0: what the node's status gives as
	// capacity of ephemeral-storage. With neither there is no garbage collection.
	Disk int64
	// Used is what is on it beside images and containers.
	Used int64
	// Layout says what else is on that file system, and NodeUsed what is on the node's own beside what pods
	// write, where that is another.
	Layout   Layout
	NodeUsed int64
	// Preloaded are images that are there before the kubelet starts.
	Preloaded []string
	Kubelet   Kubelet
}

// Layout says on which file systems of a node what is written.
// Source: kubernetes v1.37.2 pkg/kubelet/stats/provider.go HasDedicatedImageFs, HasDedicatedContainerFs.
type Layout uint8

const (
	// OneFileSystem holds all.
	OneFileSystem Layout = iota
	// ImagesApart has images and the writable layers of containers on a file system of their own.
	ImagesApart
	// ImagesAlone has images alone on a file system of their own; writable layers are on the node's.
	ImagesAlone
)

// Kubelet are the kubelet's settings that concern images, with the names of its configuration.
type Kubelet struct {
	// MaxParallelImagePulls is how many images are pulled at a time; 1 is serializeImagePulls, 0 is any number.
	MaxParallelImagePulls int
	// RegistryPullQPS and RegistryBurst limit how often pulls begin; a QPS of 0 does not limit.
	RegistryPullQPS float64
	RegistryBurst   int
	// ImageGCHighThresholdPercent of disk usage begins garbage collection, which ends at the low threshold.
	ImageGCHighThresholdPercent int
	ImageGCLowThresholdPercent  int
	// ImageMinimumGCAge spares images that were first seen less long ago.
	ImageMinimumGCAge time.Duration
	// ImageMaximumGCAge ends images that were not used for longer; 0: none.
	ImageMaximumGCAge time.Duration
	// Verification is imagePullCredentialsVerificationPolicy: NeverVerify, NeverVerifyPreloadedImages or
	// AlwaysVerify.
	Verification string
	// NodeStatusMaxImages is how many images node.status.images lists; -1: all.
	NodeStatusMaxImages int
}

// The policies for verifying credentials of images that are present.
// Source: kubernetes v1.37.2 pkg/kubelet/apis/config/types.go ImagePullCredentialsVerificationPolicy.
const (
	NeverVerify                = "NeverVerify"
	NeverVerifyPreloadedImages = "NeverVerifyPreloadedImages"
	AlwaysVerify               = "AlwaysVerify"
)

// DefaultKubelet is how a kubelet is set that nobody has configured.
// Source: kubernetes v1.37.2 pkg/kubelet/apis/config/v1beta1/defaults.go SetDefaults_KubeletConfiguration.
func DefaultKubelet() Kubelet {
	return Kubelet{MaxParallelImagePulls: 1, RegistryPullQPS: 5, RegistryBurst: 10, ImageGCHighThresholdPercent: 85,
		ImageGCLowThresholdPercent: 80, ImageMinimumGCAge: 2 * time.Minute, Verification: NeverVerifyPreloadedImages,
		NodeStatusMaxImages: 50}
}
