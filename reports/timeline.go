package reports

import (
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// ContainerStage is what a container does at an instant, as people would say it.
type ContainerStage string

// The stages of a container.
const (
	StageNone     ContainerStage = ""          // there is no such container
	StageWaiting  ContainerStage = "waiting"   // for a node, for init containers, for volumes
	StagePulling  ContainerStage = "pulling"   // its image
	StageStarting ContainerStage = "starting"  // the runtime makes it, or its startup probe has not succeeded yet
	StageUnready  ContainerStage = "not ready" // it runs
	StageReady    ContainerStage = "ready"     // it runs
	StageBackOff  ContainerStage = "back-off"  // it waits for its next start, or for the next try at its image
	StageEnded    ContainerStage = "ended"     // with exit code 0
	StageFailed   ContainerStage = "failed"    // with another one
)

// StageSpan is a container's stay in one stage.
type StageSpan struct {
	From, To sim.Time
	Stage    ContainerStage
	// Reason is Kubernetes' own word (CrashLoopBackOff, OOMKilled, ...), "" where there is none.
	Reason   string
	ExitCode int32 // of an end
	Restart  int32 // which start of the container this is, from 0

	running bool
}

// ContainerLine is the life of one container, over all pods of one name.
type ContainerLine struct {
	Pod       string // namespace/name
	Container string
	Init      bool
	Spans     []StageSpan

	again bool // an end in the last span is not for good: the kubelet will start it again
}

// Timeline follows containers through the statuses of their pods.
type Timeline struct {
	Lines []*ContainerLine

	pods map[string]*podLines // by namespace/name
}

// podLines are the lines of the pods of one name.
type podLines struct {
	uid   string
	lines map[string]*ContainerLine
	// fetching says which containers' images are being pulled, as events tell.
	fetching map[string]ContainerStage
	last     *model.Pod
}

// Pod takes a pod in as it is from an instant on.
func (t *Timeline) Pod(now sim.Time, pod *model.Pod) {
	if t.pods == nil {
		t.pods = map[string]*podLines{}
	}
	p := t.pods[pod.Key()]
	if p == nil {
		p = &podLines{lines: map[string]*ContainerLine{}}
		t.pods[pod.Key()] = p
		p.add(t, pod, pod.Spec.InitContainers, true)
		p.add(t, pod, pod.Spec.Containers, false)
	}
	if p.uid != pod.UID {
		p.uid, p.fetching = pod.UID, map[string]ContainerStage{}
		now = min(now, pod.Created)
	}
	p.last = pod
	p.see(now, pod.Spec.InitContainers, pod.Status.InitContainers)
	p.see(now, pod.Spec.Containers, pod.Status.Containers)
}

func (p *podLines) add(t *Timeline, pod *model.Pod, containers []model.Container, init bool) {
	for i := range containers {
		line := &ContainerLine{Pod: pod.Key(), Container: containers[i].Name, Init: init}
		p.lines[line.Container] = line
		t.Lines = append(t.Lines, line)
	}
}

// Gone ends the lines of a pod whose object is no more.
func (t *Timeline) Gone(now sim.Time, pod *model.Pod) {
	p := t.pods[pod.Key()]
	if p == nil || p.uid != pod.UID {
		return
	}
	for i := range t.Lines {
		if t.Lines[i].Pod == pod.Key() {
			t.Lines[i].to(now, StageSpan{})
		}
	}
}

// Event takes an event in: of pulls nothing else tells.
func (t *Timeline) Event(now sim.Time, e *model.Event) {
	p := t.pods[e.Object.Namespace+"/"+e.Object.Name]
	name, ok := containerOf(e.Object.FieldPath)
	if p == nil || !ok || e.Object.UID != p.uid {
		return
	}
	switch e.Reason {
	case "Pulling":
		p.fetching[name] = StagePulling
	case "Pulled", "Created":
		p.fetching[name] = StageStarting
	case "Failed", "BackOff", "Started":
		delete(p.fetching, name)
	default:
		return
	}
	t.Pod(now, p.last)
}

// containerOf is the container that a field path of an event means, such as spec.containers{web}.
func containerOf(path string) (string, bool) {
	_, rest, ok := strings.Cut(path, "ontainers{")
	return strings.TrimSuffix(rest, "}"), ok
}

// Close ends all lines at the end of what is looked at.
func (t *Timeline) Close(end sim.Time) {
	for _, line := range t.Lines {
		if n := len(line.Spans); n > 0 {
			line.Spans[n-1].To = max(end, line.Spans[n-1].From)
		}
		line.tidy()
	}
}
