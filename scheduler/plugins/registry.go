package plugins

import (
	"slices"
	"strings"

	"towtank.dev/towtank/scheduler/framework"
)

// Entry is a plugin in a registry.
type Entry struct {
	Name string
	// Doc says in one line what the plugin does.
	Doc string
	// NewArgs makes empty arguments to decode into; nil when the plugin takes none.
	NewArgs func() framework.Args
	// New makes the plugin from complete arguments. It is nil for a plugin that kube-scheduler has and
	// this build does not: such a name is accepted in configurations and does nothing.
	New func(args framework.Args, h *framework.Handle) (framework.Plugin, error)
}

// Registry is a set of plugins by name. It is a value: With makes a larger one.
type Registry struct{ entries []Entry }

// Default is the registry of kube-scheduler's own plugins.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/registry.go NewInTreeRegistry.
func Default() *Registry {
	return &Registry{[]Entry{
		{Name: DefaultBinder, Doc: "writes the binding", New: newDefaultBinder},
		{Name: DefaultPreemption, Doc: "makes room by evicting pods of lower priority", NewArgs: func() framework.Args { return &DefaultPreemptionArgs{} }, New: newDefaultPreemption},
		{Name: DynamicResources, Doc: "allocates devices to resource claims (pods with claims are not modelled)", NewArgs: func() framework.Args { return &DynamicResourcesArgs{} }, New: newDynamicResources},
		{Name: ImageLocality, Doc: "prefers nodes that hold the pod's images", New: newImageLocality},
		{Name: InterPodAffinity, Doc: "keeps pods together or apart", NewArgs: func() framework.Args { return &InterPodAffinityArgs{} }, New: newInterPodAffinity},
		{Name: NodeAffinity, Doc: "keeps pods to nodes with the right labels", NewArgs: func() framework.Args { return &NodeAffinityArgs{} }, New: newNodeAffinity},
		{Name: NodeDeclaredFeatures, Doc: "keeps pods to nodes that declare the features they need", New: newNodeDeclaredFeatures},
		{Name: NodeName, Doc: "keeps a pod to the node it names", New: newNodeName},
		{Name: NodePorts, Doc: "rejects nodes whose host ports are taken", New: newNodePorts},
		{Name: NodeResourcesBalancedAllocation, Doc: "prefers nodes whose resources the pod brings into balance", NewArgs: func() framework.Args { return &NodeResourcesBalancedAllocationArgs{} }, New: newNodeResourcesBalancedAllocation},
		{Name: NodeResourcesFit, Doc: "rejects nodes without room, prefers emptier or fuller ones", NewArgs: func() framework.Args { return &NodeResourcesFitArgs{} }, New: newNodeResourcesFit},
		{Name: NodeUnschedulable, Doc: "rejects cordoned nodes", New: newNodeUnschedulable},
		{Name: NodeVolumeLimits, Doc: "rejects nodes that cannot attach more volumes", New: newNodeVolumeLimits},
		{Name: PodTopologySpread, Doc: "spreads pods over zones, nodes and other domains", NewArgs: func() framework.Args { return &PodTopologySpreadArgs{} }, New: newPodTopologySpread},
		{Name: PrioritySort, Doc: "takes the pod of highest priority first", New: newPrioritySort},
		{Name: SchedulingGates, Doc: "holds pods back until their gates are gone", New: newSchedulingGates},
		{Name: TaintToleration, Doc: "keeps pods off nodes with taints they do not tolerate", New: newTaintToleration},
		{Name: VolumeBinding, Doc: "binds volumes where the pod can reach them", NewArgs: func() framework.Args { return &VolumeBindingArgs{} }, New: newVolumeBinding},
		{Name: VolumeRestrictions, Doc: "rejects nodes where a volume is in exclusive use", New: newVolumeRestrictions},
		{Name: VolumeZone, Doc: "keeps pods to the zones of their volumes", New: newVolumeZone},
	}}
}

// With is the registry with one entry more, or another in its place.
func (r *Registry) With(e Entry) *Registry {
	entries := slices.Clone(r.entries)
	i, found := slices.BinarySearchFunc(entries, e.Name, byName)
	if found {
		entries[i] = e
	} else {
		entries = slices.Insert(entries, i, e)
	}
	return &Registry{entries}
}

// Entries are all plugins, by name.
func (r *Registry) Entries() []Entry { return r.entries }

// Lookup finds a plugin by name, nil when there is none.
func (r *Registry) Lookup(name string) *Entry {
	i, found := slices.BinarySearchFunc(r.entries, name, byName)
	if !found {
		return nil
	}
	return &r.entries[i]
}

// NewArgs makes empty arguments for the plugin, nil when it takes none or is unknown.
func (r *Registry) NewArgs(name string) framework.Args {
	if e := r.Lookup(name); e != nil && e.NewArgs != nil {
		return e.NewArgs()
	}
	return nil
}

func byName(e Entry, name string) int { return strings.Compare(e.Name, name) }
