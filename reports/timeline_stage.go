package reports

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// see reads the containers' stages out of their statuses. What a status dates is told of as it was, even when
// it was written later.
func (p *podLines) see(now sim.Time, containers []model.Container, statuses []model.ContainerStatus) {
	for i := range containers {
		line := p.lines[containers[i].Name]
		if line == nil {
			continue
		}
		at := slices.IndexFunc(statuses, func(s model.ContainerStatus) bool { return s.Name == containers[i].Name })
		if at < 0 {
			line.to(now, StageSpan{Stage: p.waits(line.Container, "")})
			continue
		}
		s := &statuses[at]
		line.again = p.again(&containers[i], line.Init, &s.State)
		line.catchUp(s)
		switch s.State.Kind {
		case model.ContainerRunning:
			// Being ready is later than being started: only the first stage after a start is dated back, and none
			// into a silence that the container ran through.
			from := now
			if s.State.Started < now && !line.runs(s.RestartCount) && !line.lost(s.State.Started) {
				from = max(s.State.Started, line.since())
			}
			line.to(from, StageSpan{Stage: running(s, &containers[i]), Restart: s.RestartCount, running: true})
		case model.ContainerTerminated:
			line.to(max(s.State.Finished, line.since()), ending(&s.State, s.RestartCount))
		default:
			line.to(now, StageSpan{Stage: p.waits(line.Container, s.State.Reason), Reason: s.State.Reason, Restart: s.RestartCount})
		}
	}
}

// again says whether the kubelet will start a container again that has ended so.
func (p *podLines) again(c *model.Container, init bool, s *model.ContainerState) bool {
	policy := p.last.Spec.RestartPolicy
	if c.RestartPolicy != "" {
		policy = c.RestartPolicy
	}
	if init && !c.Sidecar() && policy == model.RestartAlways {
		policy = model.RestartOnFailure
	}
	return !p.last.Deleting && !p.last.Terminal() && (policy == model.RestartAlways || policy == model.RestartOnFailure && s.ExitCode != 0)
}

// running tells the stages of a container that runs apart.
func running(s *model.ContainerStatus, c *model.Container) ContainerStage {
	switch {
	case s.Ready:
		return StageReady
	case c.StartupProbe != nil && !s.Started:
		return StageStarting
	}
	return StageUnready
}

func ending(s *model.ContainerState, restart int32) StageSpan {
	stage := StageFailed
	if s.ExitCode == 0 {
		stage = StageEnded
	}
	return StageSpan{Stage: stage, Reason: s.Reason, ExitCode: s.ExitCode, Restart: restart}
}

// waits is the stage of a container that does not run.
func (p *podLines) waits(container, reason string) ContainerStage {
	switch reason {
	case "CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError", "CreateContainerError",
		"RunContainerError", "ErrImageNeverPull", "InvalidImageName":
		if p.fetching[container] == StagePulling {
			return StagePulling
		}
		return StageBackOff
	}
	if stage, ok := p.fetching[container]; ok {
		return stage
	}
	return StageWaiting
}

// runs says whether the line is in a running stage of that start.
func (l *ContainerLine) runs(restart int32) bool {
	n := len(l.Spans)
	return n > 0 && l.Spans[n-1].running && l.Spans[n-1].Restart == restart
}

// restart is which start of the container the last span is about.
func (l *ContainerLine) restart() int32 {
	if n := len(l.Spans); n > 0 {
		return l.Spans[n-1].Restart
	}
	return 0
}

// lost says whether nothing has been known of the container for a while that began after an instant.
func (l *ContainerLine) lost(at sim.Time) bool {
	n := len(l.Spans)
	return n > 0 && l.Spans[n-1].Stage == StageUnknown && at <= l.Spans[n-1].From
}

// since is the beginning of the last span.
func (l *ContainerLine) since() sim.Time {
	if n := len(l.Spans); n > 0 {
		return l.Spans[n-1].From
	}
	return sim.Time(-1 << 62)
}

// catchUp adds the start before, or its end, when no status told of it by itself.
func (l *ContainerLine) catchUp(s *model.ContainerStatus) {
	n := len(l.Spans)
	if n == 0 || s.Last.Kind != model.ContainerTerminated {
		return
	}
	last := l.Spans[n-1]
	restart := s.RestartCount
	if s.State.Kind != model.ContainerWaiting {
		restart--
	}
	ended := last.Stage == StageEnded || last.Stage == StageFailed
	switch {
	case last.running && last.Restart <= restart:
	case !last.running && s.Last.Started >= last.From && (!ended || s.Last.Started > last.From):
		l.to(s.Last.Started, StageSpan{Stage: StageUnready, Restart: restart, running: true})
	default:
		return
	}
	l.to(max(s.Last.Finished, l.since()), ending(&s.Last, restart))
}

// to begins a stage, unless the container is in it already.
func (l *ContainerLine) to(at sim.Time, next StageSpan) {
	if n := len(l.Spans); n > 0 {
		last := &l.Spans[n-1]
		if last.Stage == next.Stage && last.Reason == next.Reason && last.Restart == next.Restart {
			return
		}
		at = max(at, last.From)
		last.To = at
	}
	next.From = at
	l.Spans = append(l.Spans, next)
}

// tidy takes out spans without length, but for ends, and joins equals.
func (l *ContainerLine) tidy() {
	out := l.Spans[:0]
	for _, s := range l.Spans {
		if s.To == s.From && s.Stage != StageEnded && s.Stage != StageFailed {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Stage == s.Stage && out[n-1].Reason == s.Reason && out[n-1].Restart == s.Restart {
			out[n-1].To = s.To
			continue
		}
		out = append(out, s)
	}
	l.Spans = out
}
