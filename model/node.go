package model

import "towtank.dev/towtank/sim"

// Node is a v1.Node.
type Node struct {
	ObjectMeta
	Unschedulable bool
	Taints        []Taint
	ProviderID    string
	PodCIDR       string
	Status        NodeStatus
}

// Kind is KindNode.
func (*Node) Kind() Kind { return KindNode }

// NodeStatus is what a node has and how it is.
type NodeStatus struct {
	Capacity         ResourceList
	Allocatable      ResourceList // defaulted to Capacity when read
	Conditions       []NodeCondition
	Images           []ContainerImage
	DeclaredFeatures []string
	Addresses        []NodeAddress
}

// NodeCondition is one condition of a node.
type NodeCondition struct {
	Type           string // Ready, MemoryPressure, DiskPressure, PIDPressure, NetworkUnavailable
	Status         string // True, False, Unknown
	Reason         string
	Message        string
	LastHeartbeat  sim.Time
	LastTransition sim.Time
}

// Condition returns the condition of that type, nil when there is none.
func (s *NodeStatus) Condition(kind string) *NodeCondition {
	for i := range s.Conditions {
		if s.Conditions[i].Type == kind {
			return &s.Conditions[i]
		}
	}
	return nil
}

// NodeAddress is one address of a node.
type NodeAddress struct{ Type, Address string }

// ContainerImage is an image that a node holds.
type ContainerImage struct {
	Names     []string
	SizeBytes int64
}

// Labels that place nodes in a topology.
const (
	LabelHostname   = "kubernetes.io/hostname"
	LabelZone       = "topology.kubernetes.io/zone"
	LabelRegion     = "topology.kubernetes.io/region"
	LabelZoneBeta   = "failure-domain.beta.kubernetes.io/zone"
	LabelRegionBeta = "failure-domain.beta.kubernetes.io/region"
)
