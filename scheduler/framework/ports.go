package framework

import "towtank.dev/towtank/model"

// AnyAddress is the host IP that stands for all of them.
const AnyAddress = "0.0.0.0"

// HostPort is a port taken on a node. IP and Protocol are never empty.
type HostPort struct {
	IP       string
	Protocol string
	Port     int32
}

// Conflicts says whether two ports cannot be taken on one node.
// Source: kubernetes v1.37.2 kube-scheduler framework/types.go HostPortInfo.CheckConflict.
func (p HostPort) Conflicts(q HostPort) bool {
	return p.Port == q.Port && p.Protocol == q.Protocol &&
		(p.IP == q.IP || p.IP == AnyAddress || q.IP == AnyAddress)
}

// hostPorts lists the host ports of sidecars and regular containers.
// Source: kubernetes v1.37.2 pkg/scheduler/util/utils.go GetHostPorts.
func hostPorts(spec *model.PodSpec) []HostPort {
	var ports []HostPort
	for i := range spec.InitContainers {
		if c := &spec.InitContainers[i]; c.Sidecar() {
			ports = appendHostPorts(ports, c)
		}
	}
	for i := range spec.Containers {
		ports = appendHostPorts(ports, &spec.Containers[i])
	}
	return ports
}

func appendHostPorts(ports []HostPort, c *model.Container) []HostPort {
	for i := range c.Ports {
		p := &c.Ports[i]
		if p.HostPort <= 0 {
			continue
		}
		port := HostPort{p.HostIP, p.Protocol, p.HostPort}
		if port.IP == "" {
			port.IP = AnyAddress
		}
		if port.Protocol == "" {
			port.Protocol = "TCP"
		}
		ports = append(ports, port)
	}
	return ports
}
