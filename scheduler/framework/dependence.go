package framework

// Dependence says what, besides the pod, the answer of a plugin for one node can depend on. It is an
// upper bound: a plugin that declares too little is wrong, one that declares too much is slow.
type Dependence uint8

// From anything to least. The zero value is always correct.
const (
	// OnAnything: recomputed for every pod and node.
	OnAnything Dependence = iota
	// OnCluster: objects of the cluster and pods anywhere; kept while nothing changes.
	OnCluster
	// OnDomains: this node and the pods in its topology domains.
	OnDomains
	// OnNode: this node and the pods on it.
	OnNode
	// OnNodeObject: this node's object alone (labels, taints, spec, allocatable); pods do not matter.
	OnNodeObject
)

// Dependent is implemented by plugins that say what their answers depend on.
type Dependent interface {
	// FilterDependence is about Filter, ScoreDependence about the raw Score.
	FilterDependence() Dependence
	ScoreDependence() Dependence
}
