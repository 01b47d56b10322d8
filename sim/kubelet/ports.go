package kubelet

import "towtank.dev/towtank/model"

// anyAddress stands for all addresses of a host.
const anyAddress = "0.0.0.0"

// hostPorts calls a function with each port that a pod takes on its host, until it says no. Plain init containers
// have none by the time that others need them.
// Source: kubernetes v1.37.2 pkg/scheduler/util/utils.go GetHostPorts.
func hostPorts(spec *model.PodSpec, each func(p *model.ContainerPort) (goesOn bool)) bool {
	ports := func(c *model.Container) bool {
		for i := range c.Ports {
			if p := &c.Ports[i]; p.HostPort > 0 && !each(p) {
				return false
			}
		}
		return true
	}
	for i := range spec.Containers {
		if !ports(&spec.Containers[i]) {
			return false
		}
	}
	for i := range spec.InitContainers {
		if c := &spec.InitContainers[i]; c.Sidecar() && !ports(c) {
			return false
		}
	}
	return true
}

// portsTaken says whether a pod asks for a port of the host that another one of the node has.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/nodeports/node_ports.go Fits.
func (h *host) portsTaken(pod *model.Pod) bool {
	return !hostPorts(pod.Spec, func(want *model.ContainerPort) bool {
		for w := h.first; w != nil; w = w.next {
			if w.counted && w.pod.UID != pod.UID && !hostPorts(w.pod.Spec, func(has *model.ContainerPort) bool { return !collide(want, has) }) {
				return false
			}
		}
		return true
	})
}

// collide says whether two ports of one host cannot both be had.
// Source: kubernetes v1.37.2 kube-scheduler framework/types.go HostPortInfo.CheckConflict.
func collide(a, b *model.ContainerPort) bool {
	address := func(p *model.ContainerPort) string {
		if p.HostIP == "" {
			return anyAddress
		}
		return p.HostIP
	}
	x, y := address(a), address(b)
	return a.HostPort == b.HostPort && a.Protocol == b.Protocol && (x == y || x == anyAddress || y == anyAddress)
}
