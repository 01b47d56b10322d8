package framework

import (
	"maps"
	"slices"

	"towtank.dev/towtank/model"
)

// ImageState is an image on a node, under one of its names. Nodes is how many nodes have it, as of the
// last snapshot in which this node had changed: upstream copies the count with the node.
type ImageState struct {
	Number int // of the name, in the Vocabulary
	Size   int64
	Nodes  int
}

// NodeInfo is a node and the pods on it, summed up. Plugins read it; only the cache, and trials on a
// private copy, change it.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/types.go NodeInfo.
type NodeInfo struct {
	// The fields that filters and scores of plain pods read come first: they share cache lines.

	Allocatable Resource
	Requested   Resource
	// NonZeroMilliCPU and NonZeroMemory sum the pods' NonZero requests.
	NonZeroMilliCPU int64
	NonZeroMemory   int64

	Pods []*PodInfo
	// Taints and Unschedulable are those of Node.
	Taints        []model.Taint
	Unschedulable bool
	// Images are sorted by number.
	Images []ImageState
	// Index is the node's place in dense arrays; it is used again when the node is gone.
	Index int
	// Node is nil for a node of which only pods are known.
	Node *model.Node
	Name string

	WithPodAffinity  []*PodInfo
	WithRequiredAnti []*PodInfo
	// Ports is the set of taken host ports: a port taken twice is free when one of the two goes.
	Ports []HostPort
	// Claims counts the pods using each persistent volume claim, by namespace/name.
	Claims map[string]int

	// Generation grows with every change, over all nodes of a scheduler.
	Generation uint64

	// Lists are where lists of pods grow; nil: anywhere.
	Lists *Lists[*PodInfo]
}

// SetNode gives the info its node object.
func (n *NodeInfo) SetNode(v *Vocabulary, node *model.Node) {
	n.Node, n.Name = node, node.Name
	n.Taints, n.Unschedulable = node.Taints, node.Unschedulable
	n.Allocatable = v.Allocatable(node.Status.Allocatable)
}

// Image finds an image of the node by the number of its name, nil when the node does not have it.
func (n *NodeInfo) Image(number int) *ImageState {
	low, high := 0, len(n.Images)
	for low < high {
		middle := (low + high) / 2
		if n.Images[middle].Number < number {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(n.Images) && n.Images[low].Number == number {
		return &n.Images[low]
	}
	return nil
}

// AddPod counts a pod in.
func (n *NodeInfo) AddPod(p *PodInfo) {
	n.Pods = n.Lists.Add(n.Pods, p)
	if p.HasPodAffinity {
		n.WithPodAffinity = n.Lists.Add(n.WithPodAffinity, p)
	}
	if p.HasRequiredPodAnti {
		n.WithRequiredAnti = n.Lists.Add(n.WithRequiredAnti, p)
	}
	n.count(p.Holding, 1)
	for _, port := range p.Ports {
		if !slices.Contains(n.Ports, port) {
			n.Ports = append(n.Ports, port)
		}
	}
	for _, key := range p.ClaimKeys {
		if n.Claims == nil {
			n.Claims = map[string]int{}
		}
		n.Claims[key]++
	}
}

// RemovePod counts a pod out and says whether it was there. The last pod takes its place, as upstream.
func (n *NodeInfo) RemovePod(p *PodInfo) bool {
	if p.HasPodAffinity {
		n.WithPodAffinity, _ = without(n.WithPodAffinity, p)
	}
	if p.HasRequiredPodAnti {
		n.WithRequiredAnti, _ = without(n.WithRequiredAnti, p)
	}
	var found bool
	if n.Pods, found = without(n.Pods, p); !found {
		return false
	}
	n.count(p.Holding, -1)
	for _, port := range p.Ports {
		if i := slices.Index(n.Ports, port); i >= 0 {
			n.Ports = slices.Delete(n.Ports, i, i+1)
		}
	}
	for _, key := range p.ClaimKeys {
		if n.Claims[key]--; n.Claims[key] <= 0 {
			delete(n.Claims, key)
		}
	}
	return true
}

// count adds what a pod holds, or takes it away.
func (n *NodeInfo) count(r *Requests, sign int64) {
	n.Requested.MilliCPU += sign * r.MilliCPU
	n.Requested.Memory += sign * r.Memory
	n.Requested.EphemeralStorage += sign * r.EphemeralStorage
	for i := range r.Scalars {
		n.Requested.addScalar(r.Scalars[i].Number, sign*r.Scalars[i].Amount)
	}
	n.NonZeroMilliCPU += sign * r.NonZeroMilliCPU
	n.NonZeroMemory += sign * r.NonZeroMemory
}

// without removes p, putting the last one in its place.
func without(pods []*PodInfo, p *PodInfo) ([]*PodInfo, bool) {
	i := slices.Index(pods, p)
	if i < 0 {
		return pods, false
	}
	last := len(pods) - 1
	pods[i], pods[last] = pods[last], nil
	return pods[:last], true
}

// Clone is a copy that can be changed without touching the original. Pods are shared.
func (n *NodeInfo) Clone() *NodeInfo {
	c := &NodeInfo{}
	n.CloneTo(c)
	return c
}

// CloneTo makes c such a copy, using the memory of the copy that it was before.
func (n *NodeInfo) CloneTo(c *NodeInfo) {
	old := *c
	*c = *n
	c.Lists = nil
	c.Requested.Scalars = append(old.Requested.Scalars[:0], n.Requested.Scalars...)
	c.Pods = append(old.Pods[:0], n.Pods...)
	c.WithPodAffinity = append(old.WithPodAffinity[:0], n.WithPodAffinity...)
	c.WithRequiredAnti = append(old.WithRequiredAnti[:0], n.WithRequiredAnti...)
	c.Ports = append(old.Ports[:0], n.Ports...)
	if c.Claims = old.Claims; c.Claims == nil {
		c.Claims = make(map[string]int, len(n.Claims))
	}
	clear(c.Claims)
	maps.Copy(c.Claims, n.Claims)
}
