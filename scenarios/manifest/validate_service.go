package manifest

import (
	"fmt"

	v1 "k8s.io/api/core/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateService checks what the model reads of a service.
// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go ValidateService, ValidateServicePort.
func validateService(s *v1.ServiceSpec, spec *field.Path) field.ErrorList {
	errs := metavalidation.ValidateLabels(s.Selector, spec.Child("selector"))
	errs = append(errs, oneOf(s.Type, spec.Child("type"), v1.ServiceTypeClusterIP, v1.ServiceTypeExternalName, v1.ServiceTypeLoadBalancer, v1.ServiceTypeNodePort)...)
	errs = append(errs, oneOf(s.SessionAffinity, spec.Child("sessionAffinity"), v1.ServiceAffinityClientIP, v1.ServiceAffinityNone)...)
	errs = append(errs, optional(text(s.InternalTrafficPolicy), spec.Child("internalTrafficPolicy"), "Cluster", "Local")...)
	errs = append(errs, optional(s.ExternalTrafficPolicy, spec.Child("externalTrafficPolicy"), v1.ServiceExternalTrafficPolicyCluster, v1.ServiceExternalTrafficPolicyLocal)...)
	errs = append(errs, optional(text(s.TrafficDistribution), spec.Child("trafficDistribution"),
		v1.ServiceTrafficDistributionPreferClose, v1.ServiceTrafficDistributionPreferSameZone, v1.ServiceTrafficDistributionPreferSameNode)...)
	headless := s.ClusterIP == v1.ClusterIPNone
	if len(s.Ports) == 0 && !headless && s.Type != v1.ServiceTypeExternalName {
		errs = append(errs, field.Required(spec.Child("ports"), ""))
	}
	seen := map[string]bool{}
	for i := range s.Ports {
		p, at := &s.Ports[i], spec.Child("ports").Index(i)
		if p.Port < 1 || p.Port > 65535 {
			errs = append(errs, field.Invalid(at.Child("port"), p.Port, "must be between 1 and 65535, inclusive"))
		}
		errs = append(errs, oneOf(p.Protocol, at.Child("protocol"), v1.ProtocolSCTP, v1.ProtocolTCP, v1.ProtocolUDP)...)
		if len(s.Ports) > 1 && p.Name == "" {
			errs = append(errs, field.Required(at.Child("name"), ""))
		}
		key := fmt.Sprint(p.Port, p.Protocol)
		if seen[key] {
			errs = append(errs, field.Duplicate(at, p.Port))
		}
		seen[key] = true
	}
	return errs
}
