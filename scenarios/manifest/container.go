package manifest

import (
	v1 "k8s.io/api/core/v1"

	"towtank.dev/towtank/model"
)

func containers(list []v1.Container) []model.Container {
	var out []model.Container
	for i := range list {
		out = append(out, container(&list[i]))
	}
	return out
}

func container(c *v1.Container) model.Container {
	out := model.Container{
		Name: c.Name, Image: c.Image, ImagePullPolicy: string(c.ImagePullPolicy),
		Requests: resources(c.Resources.Requests), Limits: resources(c.Resources.Limits),
		StartupProbe: probe(c.StartupProbe), LivenessProbe: probe(c.LivenessProbe), ReadinessProbe: probe(c.ReadinessProbe),
	}
	for i := range c.Ports {
		p := &c.Ports[i]
		out.Ports = append(out.Ports, model.ContainerPort{
			Name: p.Name, ContainerPort: p.ContainerPort, HostPort: p.HostPort, HostIP: p.HostIP, Protocol: string(p.Protocol),
		})
	}
	out.EnvRefs = envRefs(c)
	for i := range c.VolumeMounts {
		out.BindMountOptions = out.BindMountOptions || len(c.VolumeMounts[i].BindMountOptions) > 0
	}
	if c.RestartPolicy != nil {
		out.RestartPolicy = model.RestartPolicy(*c.RestartPolicy)
	}
	for i := range c.RestartPolicyRules {
		r := &c.RestartPolicyRules[i]
		rule := model.RestartRule{Action: string(r.Action)}
		if r.ExitCodes != nil {
			rule.Operator, rule.Codes = string(r.ExitCodes.Operator), r.ExitCodes.Values
		}
		out.RestartRules = append(out.RestartRules, rule)
	}
	if l := c.Lifecycle; l != nil {
		out.PostStart, out.PreStop = hook(l.PostStart), hook(l.PreStop)
	}
	return out
}

// envRefs are the ConfigMaps and Secrets that a container's environment needs, in the order in which the
// kubelet looks for them.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go makeEnvironmentVariables.
func envRefs(c *v1.Container) []model.ConfigReference {
	var out []model.ConfigReference
	add := func(kind model.Kind, name, key string, optional *bool) {
		out = append(out, model.ConfigReference{Kind: kind, Name: name, Key: key, Optional: optional != nil && *optional})
	}
	for i := range c.EnvFrom {
		if r := c.EnvFrom[i].ConfigMapRef; r != nil {
			add(model.KindConfigMap, r.Name, "", r.Optional)
		}
		if r := c.EnvFrom[i].SecretRef; r != nil {
			add(model.KindSecret, r.Name, "", r.Optional)
		}
	}
	for i := range c.Env {
		from := c.Env[i].ValueFrom
		if from == nil {
			continue
		}
		if r := from.ConfigMapKeyRef; r != nil {
			add(model.KindConfigMap, r.Name, r.Key, r.Optional)
		}
		if r := from.SecretKeyRef; r != nil {
			add(model.KindSecret, r.Name, r.Key, r.Optional)
		}
	}
	return out
}

func probe(p *v1.Probe) *model.Probe {
	if p == nil {
		return nil
	}
	return &model.Probe{
		Handler:             handler(p.Exec, p.HTTPGet, p.TCPSocket, p.GRPC, nil),
		InitialDelaySeconds: p.InitialDelaySeconds, TimeoutSeconds: p.TimeoutSeconds, PeriodSeconds: p.PeriodSeconds,
		SuccessThreshold: p.SuccessThreshold, FailureThreshold: p.FailureThreshold,
		TerminationGracePeriodSeconds: p.TerminationGracePeriodSeconds,
	}
}

func hook(h *v1.LifecycleHandler) *model.Handler {
	if h == nil {
		return nil
	}
	out := handler(h.Exec, h.HTTPGet, h.TCPSocket, nil, h.Sleep)
	return &out
}

func handler(exec *v1.ExecAction, get *v1.HTTPGetAction, tcp *v1.TCPSocketAction, grpc *v1.GRPCAction, sleep *v1.SleepAction) model.Handler {
	switch {
	case exec != nil:
		return model.Handler{Kind: "exec", Command: exec.Command}
	case get != nil:
		return model.Handler{Kind: "httpGet", Path: get.Path, Scheme: string(get.Scheme), Host: get.Host, Port: get.Port.String()}
	case tcp != nil:
		return model.Handler{Kind: "tcpSocket", Host: tcp.Host, Port: tcp.Port.String()}
	case grpc != nil:
		out := model.Handler{Kind: "grpc", Port: number(grpc.Port)}
		if grpc.Service != nil {
			out.Service = *grpc.Service
		}
		return out
	case sleep != nil:
		return model.Handler{Kind: "sleep", Seconds: sleep.Seconds}
	}
	return model.Handler{}
}
