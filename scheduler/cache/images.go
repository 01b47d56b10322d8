package cache

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// image is one image name in the cluster: its size, as the first node told it, and on how many nodes
// it is.
type image struct {
	size  int64
	nodes int
}

// addImages counts a node's images in and lists them on the node.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/cache/cache.go addNodeImageStates.
func (c *Cache) addImages(info *framework.NodeInfo, node *model.Node) {
	info.Images = nil
	for i := range node.Status.Images {
		for _, name := range node.Status.Images[i].Names {
			number := c.vocabulary.Image(name)
			if slices.ContainsFunc(info.Images, func(s framework.ImageState) bool { return s.Number == number }) {
				continue
			}
			state := c.images[number]
			if state == nil {
				state = &image{size: node.Status.Images[i].SizeBytes}
				c.images[number] = state
			}
			state.nodes++
			info.Images = append(info.Images, framework.ImageState{Number: number, Size: state.size})
		}
	}
	slices.SortFunc(info.Images, func(a, b framework.ImageState) int { return a.Number - b.Number })
	c.imageVersion++
}

// removeImages counts a node's images out.
func (c *Cache) removeImages(info *framework.NodeInfo) {
	for i := range info.Images {
		number := info.Images[i].Number
		if state := c.images[number]; state != nil {
			if state.nodes--; state.nodes == 0 {
				delete(c.images, number)
			}
		}
	}
	info.Images = nil
	c.imageVersion++
}

// countImages tells a node on how many nodes each of its images is, and says whether that may be news.
func (c *Cache) countImages(it *item) bool {
	if it.imagesSeen == c.imageVersion {
		return false
	}
	it.imagesSeen = c.imageVersion
	for i := range it.info.Images {
		s := &it.info.Images[i]
		s.Nodes = c.images[s.Number].nodes
	}
	return len(it.info.Images) > 0
}
