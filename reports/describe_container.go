package reports

import (
	"fmt"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
)

// containers describes containers of an object one after another; space indents the block.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeContainers.
func (d *Describer) containers(s *sheet, label, space string, of model.Object, containers []model.Container, statuses []model.ContainerStatus) {
	if len(containers) == 0 {
		label += ": " + noneWord
	} else {
		label += ":"
	}
	s.put(0, "%s%s", space, label)
	for i := range containers {
		c := &containers[i]
		at := slices.IndexFunc(statuses, func(s model.ContainerStatus) bool { return s.Name == c.Name })
		var status *model.ContainerStatus
		if at >= 0 {
			status = &statuses[at]
		}
		var more ContainerDetail
		if d.Container != nil {
			more = d.Container(of, c.Name)
		}
		describeBasics(s, space, c, status)
		block(s, "Command", more.Command, false)
		block(s, "Args", more.Args, false)
		if status != nil {
			d.state(s, "State", &status.State)
			if status.Last.Kind == model.ContainerTerminated {
				d.state(s, "Last State", &status.Last)
			}
			s.put(2, "Ready:\t%s", capital(status.Ready))
			s.put(2, "Restart Count:\t%d", status.RestartCount)
		}
		describeResources(s, 2, c.Limits, c.Requests)
		describeProbe(s, "Liveness", c.LivenessProbe)
		describeProbe(s, "Readiness", c.ReadinessProbe)
		describeProbe(s, "Startup", c.StartupProbe)
		block(s, "Environment Variables from", more.EnvFrom, false)
		block(s, "Environment", more.Env, true)
		block(s, "Mounts", more.Mounts, true)
	}
}

// block writes lines below a title; always says that there are none, too.
func block(s *sheet, title string, lines []string, always bool) {
	switch {
	case len(lines) > 0:
		s.put(2, "%s:", title)
	case always:
		s.put(2, "%s:\t%s", title, noneWord)
	}
	for _, line := range lines {
		s.put(3, "%s", line)
	}
}

func describeBasics(s *sheet, space string, c *model.Container, status *model.ContainerStatus) {
	s.put(1, "%s%s:", nameIndent(space), c.Name)
	if status != nil {
		s.put(2, "Container ID:\t%s", status.ContainerID)
	}
	s.put(2, "Image:\t%s", c.Image)
	if status != nil {
		s.put(2, "Image ID:\t%s", status.ImageID)
	}
	var ports, hostPorts []string
	for _, p := range c.Ports {
		port := fmt.Sprintf("%d/%s", p.ContainerPort, p.Protocol)
		host := fmt.Sprintf("%d/%s", p.HostPort, p.Protocol)
		if p.Name != "" {
			port, host = port+" ("+p.Name+")", host+" ("+p.Name+")"
		}
		ports, hostPorts = append(ports, port), append(hostPorts, host)
	}
	describePorts(s, "Port", ports)
	describePorts(s, "Host Port", hostPorts)
}

// nameIndent is what stands before names of containers and volumes in a block that is indented.
func nameIndent(space string) string {
	if space == "" {
		return ""
	}
	return " "
}

func describePorts(s *sheet, title string, ports []string) {
	if len(ports) > 1 {
		title += "s"
	}
	s.put(2, "%s:\t%s", title, orNone(strings.Join(ports, ", ")))
}

// state describes a container's state.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeStatus.
func (d *Describer) state(s *sheet, name string, state *model.ContainerState) {
	switch state.Kind {
	case model.ContainerRunning:
		s.put(2, "%s:\tRunning", name)
		s.put(3, "Started:\t%s", d.clock(state.Started))
	case model.ContainerTerminated:
		s.put(2, "%s:\tTerminated", name)
		if state.Reason != "" {
			s.put(3, "Reason:\t%s", state.Reason)
		}
		if state.Message != "" {
			s.put(3, "Message:\t%s", state.Message)
		}
		s.put(3, "Exit Code:\t%d", state.ExitCode)
		s.put(3, "Started:\t%s", d.clock(state.Started))
		s.put(3, "Finished:\t%s", d.clock(state.Finished))
	default:
		s.put(2, "%s:\tWaiting", name)
		if state.Reason != "" {
			s.put(3, "Reason:\t%s", state.Reason)
		}
	}
}

func describeResources(s *sheet, level int, limits, requests model.ResourceList) {
	for _, part := range [...]struct {
		title string
		list  model.ResourceList
	}{{"Limits", limits}, {"Requests", requests}} {
		if len(part.list) > 0 {
			s.put(level, "%s:", part.title)
		}
		for _, r := range sortedResources(part.list) {
			s.put(level+1, "%s:\t%s", r.Name, model.FormatQuantity(r.Name, r.Quantity))
		}
	}
}

func sortedResources(l model.ResourceList) model.ResourceList {
	l = slices.Clone(l)
	slices.SortFunc(l, func(a, b model.ResourceAmount) int { return strings.Compare(a.Name, b.Name) })
	return l
}

// describeProbe says what a probe does and when.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go DescribeProbe.
func describeProbe(s *sheet, title string, p *model.Probe) {
	if p == nil {
		return
	}
	what, h := "unknown", &p.Handler
	switch h.Kind {
	case "exec":
		what = fmt.Sprintf("exec %v", h.Command)
	case "httpGet":
		what = "http-get " + strings.ToLower(h.Scheme) + "://" + h.Host + ":" + h.Port + h.Path
	case "tcpSocket":
		what = "tcp-socket " + h.Host + ":" + h.Port
	case "grpc":
		what = "grpc <pod>:" + h.Port + " " + h.Service
	}
	s.put(2, "%s:\t%s delay=%ds timeout=%ds period=%ds successThreshold=%d failureThreshold=%d", title, what,
		p.InitialDelaySeconds, p.TimeoutSeconds, p.PeriodSeconds, p.SuccessThreshold, p.FailureThreshold)
}
