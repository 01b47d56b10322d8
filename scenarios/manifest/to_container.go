package manifest

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"towtank.dev/towtank/model"
)

func toContainers(list []model.Container) []v1.Container {
	var out []v1.Container
	for i := range list {
		out = append(out, toContainer(&list[i]))
	}
	return out
}

func toContainer(c *model.Container) v1.Container {
	out := v1.Container{
		Name: c.Name, Image: c.Image, ImagePullPolicy: v1.PullPolicy(c.ImagePullPolicy),
		Resources:     v1.ResourceRequirements{Requests: toResources(c.Requests, nil), Limits: toResources(c.Limits, nil)},
		RestartPolicy: pointer[v1.ContainerRestartPolicy](string(c.RestartPolicy)),
		StartupProbe:  toProbe(c.StartupProbe), LivenessProbe: toProbe(c.LivenessProbe), ReadinessProbe: toProbe(c.ReadinessProbe),
	}
	for i := range c.Ports {
		p := &c.Ports[i]
		out.Ports = append(out.Ports, v1.ContainerPort{
			Name: p.Name, ContainerPort: p.ContainerPort, HostPort: p.HostPort, HostIP: p.HostIP, Protocol: v1.Protocol(p.Protocol),
		})
	}
	toEnv(c.EnvRefs, &out)
	for i := range c.RestartRules {
		r := &c.RestartRules[i]
		rule := v1.ContainerRestartRule{Action: v1.ContainerRestartRuleAction(r.Action)}
		if r.Operator != "" {
			rule.ExitCodes = &v1.ContainerRestartRuleOnExitCodes{Operator: v1.ContainerRestartRuleOnExitCodesOperator(r.Operator), Values: r.Codes}
		}
		out.RestartPolicyRules = append(out.RestartPolicyRules, rule)
	}
	if c.PostStart != nil || c.PreStop != nil {
		out.Lifecycle = &v1.Lifecycle{PostStart: toHook(c.PostStart), PreStop: toHook(c.PreStop)}
	}
	return out
}

// toEnv writes an environment that needs the same ConfigMaps and Secrets; what its variables are called is not
// known any more.
func toEnv(refs []model.ConfigReference, out *v1.Container) {
	for i := range refs {
		r := &refs[i]
		object := v1.LocalObjectReference{Name: r.Name}
		var optional *bool
		if r.Optional {
			optional = &r.Optional
		}
		env := v1.EnvVar{Name: "VARIABLE_" + number(int32(i)), ValueFrom: &v1.EnvVarSource{}}
		switch {
		case r.Kind == model.KindConfigMap && r.Key == "":
			out.EnvFrom = append(out.EnvFrom, v1.EnvFromSource{ConfigMapRef: &v1.ConfigMapEnvSource{LocalObjectReference: object, Optional: optional}})
		case r.Key == "":
			out.EnvFrom = append(out.EnvFrom, v1.EnvFromSource{SecretRef: &v1.SecretEnvSource{LocalObjectReference: object, Optional: optional}})
		case r.Kind == model.KindConfigMap:
			env.ValueFrom.ConfigMapKeyRef = &v1.ConfigMapKeySelector{LocalObjectReference: object, Key: r.Key, Optional: optional}
			out.Env = append(out.Env, env)
		default:
			env.ValueFrom.SecretKeyRef = &v1.SecretKeySelector{LocalObjectReference: object, Key: r.Key, Optional: optional}
			out.Env = append(out.Env, env)
		}
	}
}

func toProbe(p *model.Probe) *v1.Probe {
	if p == nil {
		return nil
	}
	return &v1.Probe{
		ProbeHandler:        toProbeHandler(&p.Handler),
		InitialDelaySeconds: p.InitialDelaySeconds, TimeoutSeconds: p.TimeoutSeconds, PeriodSeconds: p.PeriodSeconds,
		SuccessThreshold: p.SuccessThreshold, FailureThreshold: p.FailureThreshold,
		TerminationGracePeriodSeconds: p.TerminationGracePeriodSeconds,
	}
}

func toProbeHandler(h *model.Handler) v1.ProbeHandler {
	if h.Kind == "grpc" {
		port := intstr.Parse(h.Port)
		return v1.ProbeHandler{GRPC: &v1.GRPCAction{Port: port.IntVal, Service: &h.Service}}
	}
	hook := toHook(h)
	return v1.ProbeHandler{Exec: hook.Exec, HTTPGet: hook.HTTPGet, TCPSocket: hook.TCPSocket}
}

func toHook(h *model.Handler) *v1.LifecycleHandler {
	if h == nil {
		return nil
	}
	switch h.Kind {
	case "exec":
		return &v1.LifecycleHandler{Exec: &v1.ExecAction{Command: h.Command}}
	case "httpGet":
		return &v1.LifecycleHandler{HTTPGet: &v1.HTTPGetAction{Path: h.Path, Scheme: v1.URIScheme(h.Scheme), Host: h.Host, Port: intstr.Parse(h.Port)}}
	case "tcpSocket":
		return &v1.LifecycleHandler{TCPSocket: &v1.TCPSocketAction{Host: h.Host, Port: intstr.Parse(h.Port)}}
	case "sleep":
		return &v1.LifecycleHandler{Sleep: &v1.SleepAction{Seconds: h.Seconds}}
	}
	return &v1.LifecycleHandler{}
}
