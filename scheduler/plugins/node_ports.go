package plugins

import "towtank.dev/towtank/scheduler/framework"

// nodePorts rejects nodes on which a host port that the pod wants is taken.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodeports/node_ports.go.
type nodePorts struct{ skip, taken *framework.Status }

var (
	_ framework.PreFilterPlugin = (*nodePorts)(nil)
	_ framework.FilterPlugin    = (*nodePorts)(nil)
	_ framework.Dependent       = (*nodePorts)(nil)
)

func newNodePorts(framework.Args, *framework.Handle) (framework.Plugin, error) {
	return &nodePorts{
		skip:  framework.NewStatus(NodePorts, framework.Skip),
		taken: framework.NewStatus(NodePorts, framework.Unschedulable, "node(s) didn't have free ports for the requested pod ports"),
	}, nil
}

// Name is NodePorts.
func (*nodePorts) Name() string { return NodePorts }

// PreFilter skips pods without host ports.
func (pl *nodePorts) PreFilter(pod *framework.PodInfo, _ *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	if len(pod.Ports) == 0 {
		return nil, nil, pl.skip
	}
	return nil, nil, nil
}

// Filter compares the wanted ports with those taken.
func (pl *nodePorts) Filter(_ any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	if portsConflict(pod.Ports, node.Ports) {
		return pl.taken
	}
	return nil
}

func portsConflict(wanted, taken []framework.HostPort) bool {
	for _, want := range wanted {
		for _, have := range taken {
			if want.Conflicts(have) {
				return true
			}
		}
	}
	return false
}

// FilterDependence is the node and the pods on it.
func (*nodePorts) FilterDependence() framework.Dependence { return framework.OnNode }

// ScoreDependence does not matter: there is no score.
func (*nodePorts) ScoreDependence() framework.Dependence { return framework.OnNodeObject }
