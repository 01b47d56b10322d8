package manifest

import (
	v1 "k8s.io/api/core/v1"
	api "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go validateContainers, validateInitContainers.
func validateContainers(s *v1.PodSpec, spec *field.Path) field.ErrorList {
	var errs field.ErrorList
	if len(s.Containers) == 0 {
		errs = append(errs, field.Required(spec.Child("containers"), ""))
	}
	seen := map[string]bool{}
	for _, part := range []struct {
		name string
		list []v1.Container
	}{{"initContainers", s.InitContainers}, {"containers", s.Containers}} {
		for i := range part.list {
			c, at := &part.list[i], spec.Child(part.name).Index(i)
			errs = append(errs, validateContainer(c, at)...)
			if seen[c.Name] && c.Name != "" {
				errs = append(errs, field.Duplicate(at.Child("name"), c.Name))
			}
			seen[c.Name] = true
		}
	}
	return errs
}

func validateContainer(c *v1.Container, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if c.Name == "" {
		errs = append(errs, field.Required(path.Child("name"), ""))
	} else {
		for _, message := range validation.IsDNS1123Label(c.Name) {
			errs = append(errs, field.Invalid(path.Child("name"), c.Name, message))
		}
	}
	if c.Image == "" {
		errs = append(errs, field.Required(path.Child("image"), ""))
	}
	errs = append(errs, oneOf(c.ImagePullPolicy, path.Child("imagePullPolicy"), v1.PullAlways, v1.PullIfNotPresent, v1.PullNever)...)
	errs = append(errs, validateResources(&c.Resources, path.Child("resources"), validateContainerResource)...)
	errs = append(errs, validatePorts(c.Ports, path.Child("ports"))...)
	if c.RestartPolicy != nil {
		errs = append(errs, oneOf(*c.RestartPolicy, path.Child("restartPolicy"),
			v1.ContainerRestartPolicyAlways, v1.ContainerRestartPolicyNever, v1.ContainerRestartPolicyOnFailure)...)
	}
	errs = append(errs, validateProbe(c.StartupProbe, path.Child("startupProbe"))...)
	errs = append(errs, validateProbe(c.LivenessProbe, path.Child("livenessProbe"))...)
	errs = append(errs, validateProbe(c.ReadinessProbe, path.Child("readinessProbe"))...)
	if l := c.Lifecycle; l != nil {
		errs = append(errs, validateHook(l.PostStart, path.Child("lifecycle", "postStart"))...)
		errs = append(errs, validateHook(l.PreStop, path.Child("lifecycle", "preStop"))...)
	}
	return errs
}

// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go validateContainerPorts.
func validatePorts(ports []v1.ContainerPort, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	seen := map[string]bool{}
	for i := range ports {
		p, at := &ports[i], path.Index(i)
		if p.Name != "" {
			for _, message := range validation.IsValidPortName(p.Name) {
				errs = append(errs, field.Invalid(at.Child("name"), p.Name, message))
			}
			if seen[p.Name] {
				errs = append(errs, field.Duplicate(at.Child("name"), p.Name))
			}
			seen[p.Name] = true
		}
		if p.ContainerPort == 0 {
			errs = append(errs, field.Required(at.Child("containerPort"), ""))
		} else {
			errs = append(errs, validatePort(p.ContainerPort, at.Child("containerPort"))...)
		}
		if p.HostPort != 0 {
			errs = append(errs, validatePort(p.HostPort, at.Child("hostPort"))...)
		}
		errs = append(errs, oneOf(p.Protocol, at.Child("protocol"), v1.ProtocolSCTP, v1.ProtocolTCP, v1.ProtocolUDP)...)
	}
	return errs
}

func validatePort(port int32, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, message := range validation.IsValidPortNum(int(port)) {
		errs = append(errs, field.Invalid(path, port, message))
	}
	return errs
}

// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go validateProbe.
func validateProbe(p *v1.Probe, path *field.Path) field.ErrorList {
	if p == nil {
		return nil
	}
	errs := validateHandlers(path, p.Exec != nil, p.HTTPGet != nil, p.TCPSocket != nil, p.GRPC != nil)
	for _, f := range []struct {
		name  string
		value int32
	}{
		{"initialDelaySeconds", p.InitialDelaySeconds}, {"timeoutSeconds", p.TimeoutSeconds}, {"periodSeconds", p.PeriodSeconds},
		{"successThreshold", p.SuccessThreshold}, {"failureThreshold", p.FailureThreshold},
	} {
		errs = append(errs, api.ValidateNonnegativeField(int64(f.value), path.Child(f.name))...)
	}
	if g := p.TerminationGracePeriodSeconds; g != nil && *g <= 0 {
		errs = append(errs, field.Invalid(path.Child("terminationGracePeriodSeconds"), *g, "must be greater than 0"))
	}
	return errs
}

func validateHook(h *v1.LifecycleHandler, path *field.Path) field.ErrorList {
	if h == nil {
		return nil
	}
	return validateHandlers(path, h.Exec != nil, h.HTTPGet != nil, h.TCPSocket != nil, h.Sleep != nil)
}

// Source: kubernetes v1.37.2 pkg/apis/core/validation/validation.go validateHandler.
func validateHandlers(path *field.Path, given ...bool) field.ErrorList {
	count := 0
	for _, is := range given {
		if is {
			count++
		}
	}
	switch count {
	case 0:
		return field.ErrorList{field.Required(path, "must specify a handler type")}
	case 1:
		return nil
	}
	return field.ErrorList{field.Forbidden(path, "may not specify more than 1 handler type")}
}
