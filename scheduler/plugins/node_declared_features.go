package plugins

import (
	"fmt"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// Features that a node declares and a pod's spec can need. Those that matter only to updates of pods,
// or to nothing here, are no reason to reject a node.
// Source: kubernetes v1.37.2 component-helpers nodedeclaredfeatures/features/registry.go AllFeatures.
const (
	featureRestartAll  = "RestartAllContainersOnContainerExits"
	featureHostUsers   = "UserNamespacesHostNetworkSupport"
	featureBindOptions = "VolumeBindMountOptions"
)

// nodeDeclaredFeatures keeps pods to nodes that declare the features they need.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodedeclaredfeatures/nodedeclaredfeatures.go.
type nodeDeclaredFeatures struct{ skip, missing *framework.Status }

var (
	_ framework.PreFilterPlugin   = (*nodeDeclaredFeatures)(nil)
	_ framework.FilterPlugin      = (*nodeDeclaredFeatures)(nil)
	_ framework.Dependent         = (*nodeDeclaredFeatures)(nil)
	_ framework.EnqueueExtensions = (*nodeDeclaredFeatures)(nil)
)

func newNodeDeclaredFeatures(framework.Args, *framework.Handle) (framework.Plugin, error) {
	return &nodeDeclaredFeatures{
		skip:    framework.NewStatus(NodeDeclaredFeatures, framework.Skip),
		missing: framework.NewStatus(NodeDeclaredFeatures, framework.UnschedulableAndUnresolvable, "node(s) didn't match Pod's required features"),
	}, nil
}

// Name is NodeDeclaredFeatures.
func (*nodeDeclaredFeatures) Name() string { return NodeDeclaredFeatures }

// PreFilter finds out what the pod needs; most pods need nothing.
func (pl *nodeDeclaredFeatures) PreFilter(pod *framework.PodInfo, _ *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	needs := neededFeatures(pod.PodSpec)
	if len(needs) == 0 {
		return nil, nil, pl.skip
	}
	return needs, nil, nil
}

// neededFeatures infers the features that a spec needs of its node.
// Source: kubernetes v1.37.2 component-helpers nodedeclaredfeatures/framework.go InferForPodScheduling.
func neededFeatures(spec *model.PodSpec) []string {
	var needs []string
	if anyContainer(spec, restartsAll) {
		needs = append(needs, featureRestartAll)
	}
	if spec.HostNetwork && spec.HostUsers != nil && !*spec.HostUsers {
		needs = append(needs, featureHostUsers)
	}
	if anyContainer(spec, func(c model.Container) bool { return c.BindMountOptions }) {
		needs = append(needs, featureBindOptions)
	}
	return needs
}

func anyContainer(spec *model.PodSpec, is func(model.Container) bool) bool {
	return slices.ContainsFunc(spec.Containers, is) || slices.ContainsFunc(spec.InitContainers, is)
}

func restartsAll(c model.Container) bool {
	return slices.ContainsFunc(c.RestartRules, func(r model.RestartRule) bool { return r.Action == "RestartAllContainers" })
}

// Filter rejects nodes that lack a feature.
func (pl *nodeDeclaredFeatures) Filter(state any, _ *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	needs, ok := state.([]string)
	if !ok {
		return framework.NewStatus(NodeDeclaredFeatures, framework.Error, fmt.Sprintf("error reading %q from cycle-state: not found", "PreFilter"+NodeDeclaredFeatures))
	}
	for _, need := range needs {
		if !slices.Contains(node.Node.Status.DeclaredFeatures, need) {
			return pl.missing
		}
	}
	return nil
}

// FilterDependence is the node's object: what it declares.
func (*nodeDeclaredFeatures) FilterDependence() framework.Dependence { return framework.OnNodeObject }

// ScoreDependence does not matter: there is no score.
func (*nodeDeclaredFeatures) ScoreDependence() framework.Dependence { return framework.OnNodeObject }

// EventsToRegister is nodes that come or declare something else, and any update of the pod.
func (pl *nodeDeclaredFeatures) EventsToRegister() []framework.EventWithHint {
	return []framework.EventWithHint{
		{Event: framework.ClusterEvent{Resource: framework.Node, Action: framework.Add | framework.UpdateNodeDeclaredFeature}, Hint: pl.afterNode},
		{Event: framework.ClusterEvent{Resource: framework.TargetPod, Action: framework.Update}, Hint: pl.afterTarget},
	}
}

// afterNode queues the pod when a node is new or declares something else.
func (*nodeDeclaredFeatures) afterNode(_ *model.Pod, old, new model.Object) framework.Hint {
	was := nodeOf(old)
	return queueIf(was == nil || !slices.Equal(was.Status.DeclaredFeatures, nodeOf(new).Status.DeclaredFeatures))
}

// afterTarget queues the pod when it needs other features than before.
func (*nodeDeclaredFeatures) afterTarget(_ *model.Pod, old, new model.Object) framework.Hint {
	was, is := podOf(old), podOf(new)
	return queueIf(!slices.Equal(neededFeatures(was.Spec), neededFeatures(is.Spec)))
}
