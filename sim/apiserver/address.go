package apiserver

import (
	"fmt"

	"towtank.dev/towtank/model"
)

// addresses are the cluster IPs that are taken.
type addresses map[string]bool

// assignAddress gives a service a cluster IP out of 10.96.0.0/16, by chance but the same in every run of
// a seed, unless it brings one or is to have none.
// Source: kubernetes v1.37.2 pkg/registry/core/service/storage/alloc.go initClusterIPs; kubeadm's service subnet.
func (s *Server) assignAddress(service *model.Service) {
	if service.Type == "ExternalName" {
		return
	}
	if service.ClusterIP == "" {
		src := s.names.addresses.Of(service.Namespace).Of(service.Name).Draw(uint64(s.engine.Now()))
		for {
			n := src.Uint64()%(1<<16-2) + 1
			ip := fmt.Sprintf("10.96.%d.%d", n>>8, n&255)
			if !s.addresses[ip] {
				service.ClusterIP = ip
				break
			}
		}
	}
	if service.ClusterIP != "None" {
		s.addresses[service.ClusterIP] = true
	}
}
